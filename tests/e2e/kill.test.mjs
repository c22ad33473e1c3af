// kill -9 of the daemon, and of the connector's runner, at every step of the main flow: what was acknowledged is kept, each
// action happens once, and people continue where they were.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Person, Tocsin, sleep, textOf, throwError, until, withSdk } from './support.mjs'

// Each step acts; then `holds` must become true, and stay true after a restart.
const steps = [
  {
    name: 'the error arrives',
    act: ({ tocsin }) => throwError(tocsin.dsn),
    holds: async ({ tocsin }) => (await tocsin.incident('INC-1'))?.status === 'triage',
  },
  {
    name: 'it is accepted',
    act: ({ ana }) => ana.say('/inc accept INC-1'),
    holds: async ({ tocsin }) => (await tocsin.incident('INC-1')).roles.lead === 'ana',
  },
  {
    name: 'a note is made',
    act: ({ ana }) => ana.say('/inc INC-1 note the bank says it is them'),
    holds: async ({ tocsin }) => (await tocsin.timeline('INC-1')).some((e) => /the bank says/.test(e.text)),
  },
  {
    name: 'it is paused',
    act: ({ ana }) => ana.say('/inc INC-1 pause waiting for the bank for 1h'),
    holds: async ({ tocsin }) => (await tocsin.incident('INC-1')).status === 'paused',
  },
  {
    name: 'it is resumed',
    act: ({ ana }) => ana.say('/inc INC-1 resume'),
    holds: async ({ tocsin }) => (await tocsin.incident('INC-1')).status === 'investigating',
  },
  {
    name: 'it is resolved',
    act: ({ ana }) => ana.say('/inc INC-1 resolve the bank is back'),
    holds: async ({ tocsin }) => (await tocsin.incident('INC-1')).status === 'resolved',
  },
]

async function setUp(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  return { tocsin, ana }
}

// The supervisor waits longer after each crash; an operator's restart skips the wait.
async function killRunner(tocsin) {
  const [before] = tocsin.runners()
  process.kill(before, 'SIGKILL')
  await until('the runner to be gone', () => !isAlive(before))
  const restarted = await tocsin.tocsin('connector', 'restart', 'console')
  assert.equal(restarted.code, 0, restarted.err)
  await until('a new runner', () => tocsin.runners().some((pid) => pid !== before))
}

async function killDaemon(tocsin) {
  const runners = tocsin.runners()
  await tocsin.kill()
  await until('its runners to be gone', () => !runners.some(isAlive))
  await tocsin.start()
}

function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

// No message, card or event appears twice.
async function assertOnce({ tocsin, ana }) {
  const announced = ana.messages.filter((m) => m.room === 'incidents' && m.card?.title?.startsWith('INC-1 '))
  assert.equal(announced.length, 1, JSON.stringify(announced, null, 1))
  const events = await tocsin.timeline('INC-1')
  const of = (type, text) => events.filter((e) => e.type === type && text.test(e.text)).length
  assert.equal(of('status', /accepted/), 1)
  assert.equal(of('noted', /the bank says/), 1)
  assert.equal(of('status', /resolved/), 1)
  assertAscending(events)
}

function assertAscending(events) {
  for (let i = 1; i < events.length; i++) assert.ok(events[i].version > events[i - 1].version)
}

for (const [what, kill] of [['tocsind', killDaemon], ['the runner', killRunner]]) {
  test(`kill -9 of ${what} after every step`, withSdk, async (t) => {
    const world = await setUp(t)
    for (const step of steps) {
      await t.test(step.name, async () => {
        await step.act(world)
        await until(step.name, () => step.holds(world))
        await kill(world.tocsin)
        await world.ana.enterAgain()
        assert.ok(await step.holds(world), 'what held before the kill')
      })
    }
    await t.test('everything happened once', async () => {
      await world.ana.sees('the card as it ended', (m, text) => m.room === 'incidents' && /INC-1/.test(text) && /resolved/.test(text))
      await assertOnce(world)
    })
    await t.test('the journal is whole', async () => {
      await world.tocsin.stop()
      const verified = await world.tocsin.tocsin('verify')
      assert.equal(verified.code, 0, verified.err)
    })
  })
}

// The kill comes while the step is in progress. Nothing was acknowledged yet, so the step may be lost, but only as a whole.
test('kill -9 of tocsind in the middle of a step loses nothing by half', withSdk, async (t) => {
  const world = await setUp(t)
  await throwError(world.tocsin.dsn)
  await until('declared', () => world.tocsin.incident('INC-1'))
  let kept = 0
  for (let i = 0; i < 8; i++) {
    for (let k = 0; k < 20; k++) world.ana.say(`/inc INC-1 note number ${i * 20 + k}`)
    await sleep(2 * i) // a little later each time
    await killDaemon(world.tocsin)
    await world.ana.enterAgain()
    const events = await world.tocsin.timeline('INC-1')
    assertAscending(events)
    const notes = events.filter((e) => e.type === 'noted').map((e) => e.data.text)
    assert.equal(new Set(notes).size, notes.length, `a note appears twice: ${notes}`)
    const shown = await world.tocsin.tocsin('show', 'INC-1', '--json')
    kept = notes.length
    assert.equal(JSON.parse(shown.out).state.notes ?? 0, notes.length, 'the state does not match the events')
  }
  assert.ok(kept > 0, 'none of the kills came after a commit')
})

// What the runner was sending may have arrived. It is looked up by its key, so nothing is lost or posted twice.
test('kill -9 of the runner in the middle of sending', async (t) => {
  const { tocsin, ana } = await setUp(t)
  await tocsin.tocsin('declare', 'slow', 'checkout')
  const { channel } = await until('its channel', async () => (await tocsin.incident('INC-1')).channels?.[0])
  ana.join(channel)
  for (let i = 0; i < 6; i++) {
    for (let k = 0; k < 10; k++) await tocsin.tocsin('inc', 'INC-1', 'update', `number ${i * 10 + k}`)
    await killRunner(tocsin)
    await ana.enterAgain()
    assert.equal((await tocsin.incident('INC-1')).updates - 10, i * 10)
  }
  for (let n = 0; n < 60; n++) {
    const shown = new RegExp(`number ${n}(?![0-9])`)
    await ana.sees(`update ${n}`, (m, text) => m.room === channel && shown.test(text))
    const times = ana.messages.filter((m) => m.room === channel && shown.test(m.text ?? '')).length
    assert.ok(times <= 1, `update ${n} was posted ${times} times`)
  }
})

// Nobody waits for the disk to see an answer, so a kill may lose it; then it comes again as the same message. What the person said is
// durable before it is answered.
test('kill -9 as soon as an answer is seen', async (t) => {
  const { tocsin, ana } = await setUp(t)
  await tocsin.tocsin('declare', 'slow', 'checkout')
  const shows = (n) => new RegExp(`number ${n}\\.`)
  const answers = (person, n) =>
    person.messages.filter((m) => m.room === 'incidents' && m.from === 'tocsin' && shows(n).test(textOf(m)))
  const ids = []
  for (let n = 0; n < 10; n++) {
    ana.say(`/inc INC-1 update number ${n}.`)
    await until('an answer', () => answers(ana, n).length)
    await (n % 2 ? killRunner : killDaemon)(tocsin)
    ids.push(answers(ana, n)[0].id)
    await ana.enterAgain()
    await ana.sees('what she said', (m) => m.from === 'Ana' && shows(n).test(m.text))
  }
  const ben = await new Person(tocsin, 'Ben').enter()
  t.after(() => ben.leave())
  for (let n = 0; n < 10; n++) {
    await ben.sees(`what Ana said, ${n}`, (m) => m.from === 'Ana' && shows(n).test(m.text))
    await until(`answer ${n}`, () => answers(ben, n).length)
    for (const person of [ana, ben]) assert.deepEqual(answers(person, n).map((m) => m.id), [ids[n]])
  }
})

test('an acknowledged alert survives kill -9', async (t) => {
  const { tocsin } = await setUp(t)
  let acknowledged = 0
  for (let round = 0; round < 5; round++) {
    const sends = Array.from({ length: 10 }, (_, i) =>
      fetch(`${tocsin.url}/intake/alerts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tocsin.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ title: `Failure ${'abcdefghij'[round]}${'klmnopqrst'[i]}`, service: 'checkout' }),
      }).then((r) => (acknowledged += r.status === 202), () => 0))
    await Promise.race(sends)
    await killDaemon(tocsin)
    await Promise.all(sends)
    const kept = (await tocsin.incidents()).reduce((n, incident) => n + incident.state.alerts.length, 0) // a storm gathers several alerts in one incident
    assert.ok(kept >= acknowledged, `${acknowledged} acknowledged, ${kept} kept`)
  }
  assert.ok(acknowledged > 0)
})
