// From an error to the customer's ticket and mailbox and back, through a real Request Tracker, OpenSMTPD and Dovecot, while tocsind and
// the connectors are killed: each step happens once. RT_WORD_KILLS says how often; `make check-long` takes 100.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { killDaemon, killRunner } from './kills.mjs'
import { MailRig, withMail } from './mail_rig.mjs'
import { RtRig, gate, withRtMail } from './rt_rig.mjs'
import { Person, Tocsin, freePort, sleep, textOf, throwError, until, withSdk } from './support.mjs'

const KILLS = Number(process.env.RT_WORD_KILLS ?? 6)
const PATIENCE = 60_000 // RT takes its time
const CUSTOMER = 'Hank <hank@acme.example>'

async function setUp(t) {
  const port = await freePort()
  const mail = await MailRig.start(t, gate(port))
  const rt = await RtRig.start(t, port)
  const row = `rt = { url = "${rt.url}", user = "tocsin", token = "${rt.token}", queue = "General", interval = "1s" },`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { ${row}`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/tickets.lua'), 'tickets { solve = true }\n')
  await tocsin.start()
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), ben.leave()))
  for (const fact of ['name Acme GmbH', 'tier gold', 'route rt hank@acme.example']) ana.say(`/inc customer Acme ${fact}`)
  await until('the directory', async () => (await tocsin.api('/customers/acme')).routes?.length === 1)
  await until('rt to run', async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'rt')?.state === 'running', PATIENCE)
  return { rt, mail, tocsin, ana, ben, kills: 0 }
}

// ---- kills ----

const victims = [killDaemon, (w) => killRunner(w, 'rt'), (w) => killRunner(w, 'rt'), killDaemon, (w) => killRunner(w, 'console')]

// At another moment each time: from at once to when all is done.
async function kill(world) {
  if (world.kills >= KILLS) return
  await sleep((world.kills * 271) % 2300)
  await victims[world.kills % victims.length](world)
  world.kills++
}

// ---- steps ----

async function told({ rt, mail, tocsin, ana, ben }, error) {
  const last = (await tocsin.incidents())[0]?.name
  return [error.message, ...[ana, ben].map((p) => `${p.name}: gone ${p.gone}, errors ${p.errors}`),
    ...ana.messages.slice(-20).map((m) => `${m.room} ${m.id} ${textOf(m)}`),
    ...(last ? await tocsin.timeline(last) : []).map((e) => JSON.stringify(e)), (await tocsin.tocsin('inc', 'actions')).out,
    tocsin.log.slice(-4000), rt.log.slice(-2000), mail.log.slice(-2000)].join('\n')
}

// Something happens, something is killed, and what was to follow has followed.
async function step(world, what, act, holds) {
  await act()
  await kill(world)
  try {
    return await until(what, holds, PATIENCE)
  } catch (error) {
    throw new Error(await told(world, error))
  }
}

// What a person typed before a kill may not have been taken yet: they look, and do it again.
async function ask(world, what, person, words, holds) {
  await step(world, what, () => person.say(words), async () => (await holds()) || (await again(world, person, words)))
  return holds()
}

async function again(world, person, words) {
  if (Date.now() - (world.asked ?? 0) < 8_000) return
  if (world.words === words) person.say(words)
  Object.assign(world, { asked: Date.now(), words })
}

const inMailbox = async ({ mail }, text) => (await mail.mails('hank')).find((m) => m.text.includes(text))
const inRt = async ({ rt }, text) => (await rt.said('Correspond')).find((s) => s.text.includes(text))
const draftWith = async ({ tocsin }, name, text) => (await tocsin.incident(name)).drafts?.find((d) => d.text.includes(text))

// One message, written by the one and approved by the other, is in RT and in the requester's mailbox.
async function write(world, name, from, by, text) {
  const draft = await ask(world, `the draft '${text}'`, from, `/inc ${name} tell Acme ${text}`, () => draftWith(world, name, text))
  await ask(world, `the mail '${text}'`, by, `/inc ${name} approve ${draft.number}`, () => inMailbox(world, text))
  const said = await inRt(world, text)
  assert.equal(said.by, 'tocsin')
  return { mail: await inMailbox(world, text), ticket: said.ticket }
}

async function flow(world, n) {
  const { rt, mail, tocsin, ana, ben } = world
  const name = `INC-${n}`
  const status = async () => (await tocsin.incident(name)).status
  await step(world, 'the incident', () => throwError(tocsin.dsn, { type: `Refused${'abcdefghijklmnopqrstuvwxyz'[n]}`, customer: 'acme' }),
    async () => (await tocsin.incidents()).find((i) => i.name === name))
  const room = await until('its room', async () => (await tocsin.incident(name)).channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)

  const first = await write(world, name, ana, ben, `We see it, case ${n}.`)
  assert.match(first.mail.subject, new RegExp(`\\[example\\.com #${first.ticket}\\]`))
  await step(world, 'the answer', () => mail.send({ from: CUSTOMER, to: 'support@example.com', subject: `Re: ${first.mail.subject}`,
    inReplyTo: first.mail.messageId, text: `Still slow in case ${n}.\n\nOn Mon, Nov 3, 2025 at 9:12 AM Support wrote:\n> We see it, case ${n}.` }),
  async () => (await tocsin.timeline(name)).find((e) => e.type === 'replied' && e.text.includes(`Still slow in case ${n}.`)))
  const second = await write(world, name, ben, ana, `Thank you for telling us, case ${n}.`)
  const third = await write(world, name, ana, ben, `It is over, case ${n}.`)
  assert.deepEqual([second.ticket, third.ticket], [first.ticket, first.ticket])
  await ask(world, 'it to be accepted', ana, `/inc ${name} accept`, async () => (await status()) !== 'triage')
  await ask(world, 'it to be resolved', ana, `/inc ${name} resolve the bank is back`, async () => (await status()) === 'resolved')
  await step(world, 'the ticket to be resolved', () => {}, async () =>
    (await rt.tickets()).find((ticket) => ticket.id === first.ticket)?.Status === 'resolved')
}

const twice = (all) => all.filter((one, i) => all.indexOf(one) !== i)

test(`from an error to the customer's ticket and mailbox and back, with ${KILLS} kills`,
  { skip: withRtMail.skip || withMail.skip || withSdk.skip }, async (t) => {
    const world = await setUp(t)
    const { rt, mail, tocsin } = world
    let n = 0
    while (world.kills < KILLS || n === 0) await flow(world, ++n)
    await flow(world, ++n) // nothing is killed any more

    const said = (await rt.said('Correspond')).filter((s) => s.by === 'tocsin').map((s) => s.text)
    assert.deepEqual(twice(said), [])
    assert.equal(said.length, 3 * n)
    assert.deepEqual(twice((await rt.said('Comment')).map((s) => `${s.ticket} ${s.text}`)), [])
    assert.equal((await rt.tickets()).length, n)
    await until('the last mail', () => mail.isIdle())
    const received = (await mail.mails('hank')).map((m) => m.text).filter((text) => /case \d+\./.test(text))
    assert.equal(received.length, 3 * n, received.join('\n----\n'))
    for (let i = 1; i <= n; i++)
      assert.equal((await tocsin.timeline(`INC-${i}`)).filter((e) => e.type === 'replied').length, 1)
    await tocsin.stop()
    const verified = await tocsin.tocsin('verify')
    assert.equal(verified.code, 0, verified.err)
  })
