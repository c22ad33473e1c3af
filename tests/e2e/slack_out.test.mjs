// How messages reach Slack: within Slack's rate limits the important ones do not wait for the rest, and answering one person
// changes no channel.
import assert from 'node:assert/strict'
import test from 'node:test'
import { labels, sees, textOf, together } from './slack/joined.mjs'
import { SlackPerson } from './slack/person.mjs'
import { until, withSlack } from './support.mjs'

const SOON = 10000 // waiting for everything else would take more than half a minute

async function incident(slack, ana) {
  await ana.slash('general', 'checkout is slow')
  const card = await sees(slack, 'inc-1', /INC-1 checkout/, (m) => labels(m).includes('I lead'))
  return { channel: slack.channel('inc-1'), card }
}

test('a changed card does not wait for the topic', withSlack, async (t) => {
  const { slack, ana } = await together(t, 'sockets', { limits: 'shipped' })
  slack.limits.mode = 'strict'
  const { channel, card } = await incident(slack, ana)
  const shown = () => textOf(channel.messages.find((m) => m.ts === card.ts))
  for (let i = 0; i < 8; i++) {
    const severity = i % 2 ? 'critical' : 'major'
    await ana.slash(channel.id, `sev ${severity}`)
    await until(`the card to say ${severity}`, () => shown().includes(severity), SOON)
  }
  assert.deepEqual(slack.limits.refused, [])
})

test('an update does not wait until thirty newcomers are greeted', withSlack, async (t) => {
  const { slack, ana } = await together(t, 'sockets', { limits: 'shipped' })
  slack.limits.mode = 'strict'
  const { channel } = await incident(slack, ana)
  const people = Array.from({ length: 30 }, (_, i) => new SlackPerson(slack, { name: `Person ${i}`, email: `p${i}@example.com` }))
  for (const person of people) person.join(channel.id)
  await ana.slash(channel.id, 'update rolling back now')
  await until('the update', () => slack.messages(channel.id).find((m) => /rolling back now/.test(textOf(m)) && !m.ephemeral), SOON)
  const greeted = (p) => slack.messages(channel.id).some((m) => m.ephemeral === p.id)
  await until('all to be greeted', () => people.every(greeted), 60000)
  const invited = slack.log.filter((l) => l.method === 'conversations.invite').flatMap((l) => l.args.users.split(','))
  assert.ok(people.every((p) => !invited.includes(p.id)), 'people who joined by themselves are not invited')
})

test('in a channel that the app is not in, only the asker sees the answer and the app does not join', withSlack, async (t) => {
  const { slack, ana, ben, w } = await together(t)
  const random = w.addChannel('random', { creator: ben.id, members: [ben.id, ana.id] })
  const secret = w.addChannel('secret', { creator: ben.id, members: [ben.id], isPrivate: true })
  for (const channel of [random, secret]) {
    await ben.slash(channel.name, 'whoami')
    const answer = await until('an answer', () => slack.messages(channel.id).find((m) => /You are/.test(textOf(m))))
    assert.equal(answer.ephemeral, ben.id)
    assert.ok(!channel.members.has(w.bot.id))
  }
  assert.equal(slack.log.filter((l) => l.method === 'conversations.join').length, 0)
})

test('public channels are found without groups:read, and no message is lost without channels:history', withSlack, async (t) => {
  const { slack, ana } = await together(t)
  slack.scopes.delete('groups:read')
  slack.scopes.delete('channels:history')
  const { channel } = await incident(slack, ana)
  await sees(slack, 'incidents', /INC-1 checkout/)
  slack.fail('chat.postMessage', 429)
  await ana.slash(channel.id, 'update rolling back now')
  const said = () => slack.messages(channel.id).filter((m) => /rolling back now/.test(textOf(m)) && !m.ephemeral)
  await until('the update', () => said().length)
  assert.equal(said().length, 1)
})

test('a rate-limited call is not repeated before its time', withSlack, async (t) => {
  const { slack, ana } = await together(t)
  slack.fail('conversations.create', 429)
  for (const title of ['one is slow', 'two is slow', 'three is slow']) await ana.slash('general', title)
  await until('all channels', () => [1, 2, 3].every((n) => slack.channel(`inc-${n}`)))
  // The first call was answered "retry in a second"; calls that were not in flight by then come after that second.
  const [first, ...more] = slack.log.filter((l) => l.method === 'conversations.create').map((l) => l.at)
  assert.deepEqual(more.filter((at) => at > first + 500 && at < first + 1000), [])
  assert.ok(more.some((at) => at >= first + 1000))
})
