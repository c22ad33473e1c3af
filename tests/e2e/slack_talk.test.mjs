// What is said, edited and deleted in an incident's channel on Slack, as its timeline has it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { until, withSlack } from './support.mjs'

// An incident that Ana and Ben work on in its channel, and ways to look at it.
async function withIncident(t, way) {
  const all = await together(t, way)
  const { slack, tocsin, ana, ben } = all
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
  const card = await sees(slack, 'inc-1', /INC-1 checkout/, (m) => m.blocks)
  await ben.join(channel)
  const texts = async () => (await tocsin.timeline('INC-1')).map((e) => e.text)
  const told = (what) => until(`${what} in the timeline`, async () => (await texts()).find((text) => what.test(text)))
  const answers = async (person, command, what) => {
    const before = new Set(slack.messages(channel.id))
    await person.slash(channel, command)
    return textOf(await until(`an answer to ${command}`, () => slack.messages(channel.id).find((m) => !before.has(m) && what.test(textOf(m)))))
  }
  return { ...all, channel, card, texts, told, answers }
}

test('what was deleted or edited away in Slack is shown by nothing', withSlack, async (t) => {
  const { tocsin, slack, ana, ben, channel, told, answers } = await withIncident(t)
  const secret = ben.say(channel, 'my password is hunter2')
  await secret.acked
  const edited = ben.say(channel, 'card 4111 of acme fails')
  await edited.acked
  await ana.react(channel, secret.message.ts, 'pushpin')
  await told(/pinned: my password/)
  await ben.edit(channel, edited.message, 'a card of acme fails')
  await ben.delete(channel, secret.message)
  await told(/Ben deleted a message/)
  await ana.react(channel, secret.message.ts, 'pushpin')
  await sees(slack, 'inc-1', /That message was deleted/, (m) => m.ephemeral === ana.id)

  const timeline = await answers(ana, 'timeline 50', /Timeline of INC-1/)
  assert.match(timeline, /Ben: \(deleted\)/)
  assert.match(timeline, /pinned: \(deleted\)/)
  assert.match(timeline, /Ben: a card of acme fails/)
  const said = [timeline, await answers(ben, 'search hunter2', /No incident has|Incidents with/), await answers(ben, 'search 4111', /No incident has|Incidents with/),
    JSON.stringify(await tocsin.timeline('INC-1')), JSON.stringify(await tocsin.api('/search?q=hunter2')), JSON.stringify(await tocsin.api('/search?q=4111')),
    (await tocsin.tocsin('inc', 'INC-1', 'timeline', '50')).out]
  for (const text of said) assert.doesNotMatch(text.replace(/No incident has.*/s, ''), /hunter2|4111/)
  assert.match(said[1] + said[2], /No incident has 'hunter2'.*No incident has '4111'/s)
})

test('edits and deletions that overtake what they change leave the newest words', withSlack, async (t) => {
  const { slack, ben, channel, texts, told } = await withIncident(t)
  slack.inbound.held = []
  const { message } = ben.say(channel, 'first')
  ben.edit(channel, message, 'second')
  ben.edit(channel, message, 'third')
  const gone = ben.say(channel, 'secret')
  ben.delete(channel, gone.message)
  slack.inbound.release((list) => list.reverse())
  await told(/^Ben: third$/)
  await told(/^Ben: \(deleted\)$/)
  assert.ok(!(await texts()).some((text) => /first|second|secret/.test(text)))
})
