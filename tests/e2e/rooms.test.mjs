// One incident with rooms in several chats: what people write in one is in the others, in order, once.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { Person, textOf as consoleText, until, withSlack } from './support.mjs'

// An incident with a channel on Slack, where Ana and Ben are, and a room on the console, where Cy is.
async function withRooms(t, options) {
  const all = await together(t, 'sockets', options)
  const { slack, tocsin, ana, ben } = all
  const cy = await new Person(tocsin, 'Cy').enter()
  t.after(() => cy.leave())
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
  await sees(slack, 'inc-1', /INC-1 checkout/, (m) => m.blocks)
  await ben.join(channel)
  const room = 'inc-1-checkout-is-slow'
  await until('a room on the console', async () => (await tocsin.incident('INC-1')).channels.some((c) => c.connector === 'console' && c.channel === room))
  cy.join(room)
  await cy.sees('the card', (m, text) => m.room === room && /checkout is slow/.test(text))
  const inSlack = (what) => slack.messages(channel.id).find((m) => !m.deleted && what.test(textOf(m)))
  const inConsole = (what) => cy.find((m, text) => m.room === room && what.test(text))
  return { ...all, cy, channel, room, inSlack, inConsole }
}

test('what people write, change, delete and reply in one room is in the other', withSlack, async (t) => {
  const { slack, ana, ben, cy, channel, room, inSlack, inConsole } = await withRooms(t)
  const { message } = ana.say(channel, 'it is *the* gateway <https://status.example|again>')
  await until('the copy', () => inConsole(/^\*\*Ana María\*\* \(Slack\): it is \*\*the\*\* gateway again .*<https:\/\/status\.example>/))
  await ana.edit(channel, message, 'it is the bank')
  await until('the edit', () => inConsole(/^\*\*Ana María\*\* \(Slack\): it is the bank$/))

  cy.say('rolling *back* <!channel>', room)
  const copy = await until('the copy in Slack', () => inSlack(/^\*Cy\* \(Console\): rolling .*back/))
  ben.say(channel, 'to which version?', { thread: copy.ts })
  await until('the reply', () => inConsole(/^\*\*Ben\*\* \(Slack, in a thread\): to which version\?$/))
  assert.ok(!/<!channel>/.test(copy.text), 'nobody is notified by what only looks like markup')

  const secret = ben.say(channel, 'my password is hunter2')
  await until('the copy', () => inConsole(/hunter2/))
  await ben.delete(channel, secret.message)
  await until('the deletion', () => inConsole(/^\*\*Ben\*\* \(Slack\) deleted a message\.$/))
  assert.equal(inConsole(/hunter2/), undefined)
  assert.deepEqual(slack.violations, [])
})

test('a room takes no part while copies are off there', withSlack, async (t) => {
  const { tocsin, ana, cy, channel, room, inSlack, inConsole } = await withRooms(t)
  cy.say('!inc mirror off', room)
  await cy.sees('the answer', (m, text) => /turned copies of messages off for this room/.test(text))
  await ana.say(channel, 'only in Slack').acked
  cy.say('only on the console', room)
  cy.say('!inc mirror on', room)
  await cy.sees('the answer', (m, text) => /turned copies of messages on for this room/.test(text))
  await ana.say(channel, 'everywhere').acked
  await until('the copy', () => inConsole(/everywhere/))
  assert.equal(inConsole(/only in Slack/), undefined)
  assert.equal(inSlack(/only on the console/), undefined)
  assert.match((await tocsin.tocsin('inc', 'INC-1', 'open', 'slack')).err, /has a room on 'slack' already/)
})

const runnerOf = (tocsin, name) =>
  until(`a runner of ${name}`, () => tocsin.runners().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)))
const copied = (text) => /^\*{1,2}(?:Ana María|Ben|Cy)\*{1,2} \((?:Slack|Console)\): (word \d+)$/.exec(text)?.[1] ?? /^(word \d+)$/.exec(text)?.[1]

test('five hundred messages from both, through kills and an outage, stand in each room once and in order', withSlack, async (t) => {
  const { slack, tocsin, ana, ben, cy, channel, room } = await withRooms(t)
  const said = []
  for (let i = 0; i < 500; i++) {
    const text = `word ${i}`
    said.push(text)
    if (i % 3 === 0) {
      cy.say(text, room)
      await until(`${text} on the console`, () => cy.find((m, x) => m.room === room && x === text))
    } else await (i % 3 === 1 ? ana : ben).say(channel, text).acked
    if (i % 100 === 50) process.kill(await runnerOf(tocsin, i % 200 === 50 ? 'slack' : 'console'), 'SIGKILL')
    if (i % 200 === 150) await until('the console to be gone', () => cy.gone).then(() => cy.enterAgain())
  }
  await until('the last copies', () => cy.find((m, x) => /word 499/.test(x)) && slack.messages(channel.id).some((m) => /word 498/.test(textOf(m))), 60_000)
  await until('everything to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
  const inSlack = slack.messages(channel.id).filter((m) => !m.deleted).map((m) => copied(textOf(m))).filter(Boolean)
  const inConsole = cy.messages.filter((m) => m.room === room).map((m) => copied(consoleText(m))).filter(Boolean)
  assert.deepEqual([...inSlack].sort(), [...said].sort())
  assert.deepEqual([...inConsole].sort(), [...said].sort())
  const timeline = []
  for (let before = 0; ; ) {
    const page = await tocsin.api(`/incidents/INC-1/timeline?limit=500${before ? `&before=${before}` : ''}`)
    timeline.unshift(...page.events.reverse())
    if (page.events.length < 500) break
    before = timeline[0].version
  }
  const order = timeline.filter((e) => e.type === 'said').map((e) => /word \d+/.exec(e.text)[0])
  assert.deepEqual(order.toSorted(), said.toSorted(), 'each is said once')
  const foreign = (list, test) => list.filter((text) => test(Number(text.slice(5))))
  assert.deepEqual(foreign(inSlack, (i) => i % 3 === 0), foreign(order, (i) => i % 3 === 0))
  assert.deepEqual(foreign(inConsole, (i) => i % 3 !== 0), foreign(order, (i) => i % 3 !== 0))
})

test('a room whose platform was down gets one digest of what it missed, as it reads by then', withSlack, async (t) => {
  const { slack, tocsin, ana, cy, channel, room, inSlack } = await withRooms(t)
  const early = ana.say(channel, 'before')
  await early.acked
  slack.fail('*', 500, 1e6)
  cy.say('0 seconds in', room)
  await cy.sees('that Slack has trouble', (m, text) => m.room === room && /slack has trouble/.test(text), 60_000)
  for (let i = 1; i <= 30; i++) cy.say(`${i} seconds in`, room)
  await cy.sees('the last', (m, text) => text === '30 seconds in')
  slack.faults.length = 0
  const digest = await until('the digest', () => inSlack(/messages were written elsewhere while Slack could not be reached/), 90_000)
  for (let i = 5; i <= 30; i++) assert.match(textOf(digest), new RegExp(`\\*Cy\\* \\(Console\\): ${i} seconds in`))
  await until('everything to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out), 60_000)
  const single = slack.messages(channel.id).map(textOf).filter((text) => /^\*Cy\* \(Console\): \d+ seconds in/.test(text))
  assert.ok(single.length <= 5, `${single.length} came one by one`)
  assert.equal(new Set(single).size, single.length)
})
