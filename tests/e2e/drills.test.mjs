// The scripts that ship, played from beginning to end with seconds for minutes: on the console and in Slack, with what people do in them, and what the debrief says
// of it; across kills of the daemon; and beside what is real, which it does not touch.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { sees, together } from './slack/joined.mjs'
import { Person, Tocsin, textOf, until, withSlack } from './support.mjs'

const shipped = readFileSync(new URL('../../scripts/policy.lua', import.meta.url), 'utf8')
const scripts = [...shipped.matchAll(/^drill \{[\s\S]*?^\}/gm)].map((m) => m[0])

// Of the same names, so they replace those that ship.
const hurried = () => scripts.join('\n').replaceAll('after = "30s"', 'after = "1s"').replace(/"(\d+)m"/g, '"$1s"')
const team = 'team { name = "product-responder", people = { "ana", "bo" } }\npeople { ana = { console = "ana" }, bo = { console = "bo" } }\n'

const debriefOf = (tocsin, name) => tocsin.api(`/incidents/${name}/debrief`)
const owed = (debrief, kind, name) => debrief.owed.filter((row) => row.kind === kind && (!name || row.name.includes(name)))
const steps = async (tocsin, name) => (await tocsin.timeline(name)).filter((e) => e.type === 'drill_step')
const isOver = (tocsin, name) => until(`${name} to be over`, async () => (await tocsin.timeline(name)).some((e) => e.type === 'drill_over'))

async function onConsole(t, policy = hurried()) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy', 'drills.lua'), team + policy)
  await tocsin.start()
  const [ana, bo] = await Promise.all(['Ana', 'Bo'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), bo.leave()))
  return { tocsin, ana, bo }
}

async function begin({ tocsin, ana }, script) {
  ana.say(`/inc drills run ${script}`)
  const said = await ana.sees('the drill', (m, text) => m.room === 'incidents' && /DRILL · INC-\d+ is open/.test(text.replace(/\*\*/g, '')) && text.includes(script))
  const name = /INC-\d+/.exec(textOf(said))[0]
  ana.join((await until('its room', async () => (await tocsin.incident(name)).channels?.[0])).channel)
  return name
}

test('three scripts ship', () => assert.deepEqual(scripts.map((s) => /name = "([^"]+)"/.exec(s)[1]), ['gateway-fails', 'bad-release', 'chat-is-down']))

test('gateway-fails: customers write, are answered, and nothing is sent', async (t) => {
  const world = await onConsole(t)
  const { tocsin, ana, bo } = world
  const name = await begin(world, 'gateway-fails')
  await until('the alert', async () => (await tocsin.incident(name)).alerts?.length)
  ana.say(`/inc ${name} accept`)
  await until('Acme to write', async () => (await tocsin.timeline(name)).some((e) => e.type === 'replied'))
  ana.say(`/inc ${name} tell Acme We see it, and are on it.`)
  await until('a draft', async () => (await tocsin.incident(name)).drafts?.length)
  bo.say(`/inc ${name} approve`)
  await until('Acme to count as told', async () => (await tocsin.timeline(name)).some((e) => e.type === 'told' && /not sent: drill/.test(e.text)))
  await isOver(tocsin, name)
  assert.equal((await steps(tocsin, name)).length, 9)
  const debrief = await debriefOf(tocsin, name)
  assert.equal(debrief.script, 'gateway-fails')
  assert.equal(owed(debrief, 'obligation', 'triage')[0].state, 'done')
  assert.equal(owed(debrief, 'obligation', 'triage')[0].by, 'ana')
  assert.ok(owed(debrief, 'customer', 'Acme').some((row) => row.state === 'done'))
  assert.equal(owed(debrief, 'customer', 'Globex')[0].state, 'open')
  await ana.sees('the debrief', (m, text) => new RegExp(`Debrief of ${name}: gateway-fails`).test(text))
  assert.equal((await tocsin.incident(name)).status, 'closed')
  assert.deepEqual((await tocsin.api('/incoming')).incoming ?? [], [])
})

test('bad-release: a page is acknowledged, and the lead is handed over', async (t) => {
  const world = await onConsole(t)
  const { tocsin, ana, bo } = world
  const name = await begin(world, 'bad-release')
  await ana.sees('the page', (m, text) => m.room === '@ana' && text.includes(name) && /DRILL/.test(text))
  ana.say(`/inc ${name} ack`)
  ana.say(`/inc ${name} accept`)
  await until('Ana to lead', async () => (await tocsin.incident(name)).roles?.lead === 'ana')
  ana.say(`/inc ${name} handover lead to @bo`)
  await until('the offer', async () => (await tocsin.timeline(name)).some((e) => e.type === 'offered'))
  bo.say(`/inc ${name} lead me`)
  await until('Bo to lead', async () => (await tocsin.incident(name)).roles.lead === 'bo')
  bo.say(`/inc ${name} resolve rolled back`)
  await isOver(tocsin, name)
  const debrief = await debriefOf(tocsin, name)
  assert.equal(owed(debrief, 'page')[0].state, 'done')
  assert.equal(owed(debrief, 'handover', 'lead')[0].state, 'done')
  assert.equal(owed(debrief, 'handover', 'lead')[0].by, 'bo')
  await ana.sees('the debrief', (m, text) => /Debrief of INC-\d+: bad-release/.test(text) && /handover of lead to Bo: taken/.test(text))
})

test('chat-is-down on the console and in Slack: the drill waits, real incidents go on', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets', { policy: () => team + hurried() })
  const zoe = await new Person(tocsin, 'Zoe').enter()
  t.after(() => zoe.leave())
  await ana.slash('incidents', 'drills run chat-is-down')
  const name = 'INC-1'
  await sees(slack, 'inc-1', /DRILL/)
  await until('chat to fail', async () => (await tocsin.timeline(name)).some((e) => e.type === 'connector' && !e.data.flag))
  await tocsin.tocsin('alert', '--service', 'checkout', 'CardDeclined')
  await sees(slack, 'incidents', /INC-2 CardDeclined/)
  await zoe.sees('the real one', (m, text) => m.room === 'incidents' && /INC-2 CardDeclined/.test(text))
  const inc = await tocsin.tocsin('inc', name, 'note', 'by the command line')
  assert.equal(inc.code, 0, inc.err)
  await isOver(tocsin, name)
  const debrief = await debriefOf(tocsin, name)
  assert.deepEqual(owed(debrief, 'failure').map((row) => row.name).sort(), ['console', 'slack'])
  assert.ok(owed(debrief, 'failure', 'slack')[0].noticed)
  await sees(slack, 'inc-1', /Chat is back/, undefined, 90_000)
  await sees(slack, 'inc-1', /Debrief of INC-1: chat-is-down/, undefined, 90_000)
  assert.deepEqual(slack.violations, [])
})

test('kill -9 between and in steps neither loses nor repeats one', async (t) => {
  const script = `drill { name = "many", title = "Many steps", steps = { ${Array.from({ length: 12 }, (_, i) => `{ after = "${i + 1}s", note = "number ${i + 1}" }`).join(', ')} }, ends = "16s" }`
  const world = await onConsole(t, script)
  const { tocsin, ana, bo } = world
  const name = await begin(world, 'many')
  for (let i = 0; i < 5; i++) {
    await until('another step', async () => (await steps(tocsin, name)).length > 2 * i)
    await tocsin.kill()
    await tocsin.start()
    await Promise.all([ana.enterAgain(), bo.enterAgain()])
  }
  await isOver(tocsin, name)
  assert.deepEqual((await steps(tocsin, name)).map((e) => e.data.count), Array.from({ length: 12 }, (_, i) => i + 1))
  await ana.sees('the debrief', (m, text) => /Debrief of INC-\d+: many/.test(text))
  await tocsin.stop()
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})
