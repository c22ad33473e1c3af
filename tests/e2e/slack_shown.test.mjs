// What people read in Slack: times in their own zone, values as they are.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { shown } from './slack/shown.mjs'
import { until, withSlack } from './support.mjs'

test('each reader sees times in their own zone', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel for the incident', () => slack.channel('inc-1-'))
  await sees(slack, 'inc-1', /INC-1/, (m) => m.blocks)
  await ana.slash(channel.id, 'pause waiting for the bank until tomorrow 9:00')
  const card = await until('the card to say so', () => slack.messages(channel.id).find((m) => /status\*?\npaused until/.test(textOf(m))))
  assert.match(shown(card, 'Europe/Madrid'), /paused until Tomorrow 9:00.AM: waiting for the bank/)
  // Which day that is elsewhere depends on the hour at which the test runs.
  assert.match(shown(card, 'Asia/Kolkata'), /paused until .*(12:30|1:30).PM/)
  assert.match(shown(card, 'America/New_York'), /paused until .*(3:00|4:00).AM/)
  assert.match(shown(card, 'Asia/Kolkata'), /declared Today .*by Ana María/)
  assert.match(textOf(card), /\|\w{3} \d+ \w{3} \d\d:\d\d UTC/) // for clients that cannot
  const announced = await sees(slack, 'incidents', /paused until/)
  assert.match(shown(announced, 'Asia/Kolkata'), /paused until .*(12:30|1:30).PM/)
  await ana.slash(channel.id, 'timeline')
  const timeline = await sees(slack, 'inc-1', /Timeline of INC-1/)
  assert.match(shown(timeline, 'Asia/Kolkata'), /paused it until .*(12:30|1:30).PM/)
  // Elsewhere a time has its zone.
  assert.doesNotMatch((await tocsin.tocsin('inc', 'INC-1')).out + JSON.stringify(await tocsin.timeline('INC-1')), /time:\d|<!date/)
  assert.deepEqual(slack.violations, [])
})

test('what machines and people call things is shown as it is', withSlack, async (t) => {
  const { slack, tocsin, ana, ben } = await together(t)
  const title = 'Error :fire: x [soon](time:5) <!date^5^{time}|now> :100: *b*'
  await ana.slash('general', `declare ${title.replace(/</g, '&lt;').replace(/>/g, '&gt;')}`)
  const card = await sees(slack, 'inc-1', /Error/, (m) => m.blocks)
  const plain = (text) => text.replaceAll('\u2060', '')
  assert.ok(plain(shown(card)).includes(title), shown(card))
  const channel = slack.channel('inc-1')
  await ben.slash(channel.id, 'list')
  const list = await until('the list', () => slack.messages(channel.id).find((m) => m.ephemeral === ben.id && /INC-1/.test(textOf(m))))
  assert.ok(plain(shown(list)).includes(title), shown(list))
  assert.ok(plain(card.text).includes('Error :fire: x'))
  assert.doesNotMatch(card.text, /:fire:/) // a notification shows emoji, too
  await until('the topic', () => /Error/.test(channel.topic.value))
  assert.doesNotMatch(channel.topic.value, /:fire:|<!/)

  for (const typed of ['a*b*c', 'x:fire:y', 'x~~no~~y', 'x_y_z']) {
    await ben.slash(channel.id, `sev ${typed}`)
    const refused = await until(`a refusal of ${typed}`, () => slack.messages(channel.id).find((m) => plain(shown(m)).includes(`Unknown severity '${typed}'`)))
    assert.equal(refused.ephemeral, ben.id)
  }
  // A person's own words are theirs.
  await ben.slash(channel.id, 'update it works :tada:')
  const update = await sees(slack, 'inc-1', /it works/)
  assert.match(shown(update), /it works ‹tada›/)
  assert.equal((await tocsin.incident('INC-1')).title, title)
  assert.deepEqual(slack.violations, [])
})
