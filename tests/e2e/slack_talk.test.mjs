// What people post, edit and delete in an incident's channel on Slack, as its timeline shows it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { until, withSlack } from './support.mjs'

// An incident that Ana and Ben work on in its channel, and ways to inspect it.
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

test('text that was deleted or edited away in Slack is shown nowhere', withSlack, async (t) => {
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
  const said = [timeline, await answers(ben, 'search hunter2', /No incident mentions|Incidents that mention/), await answers(ben, 'search 4111', /No incident mentions|Incidents that mention/),
    JSON.stringify(await tocsin.timeline('INC-1')), JSON.stringify(await tocsin.api('/search?q=hunter2')), JSON.stringify(await tocsin.api('/search?q=4111')),
    (await tocsin.tocsin('inc', 'INC-1', 'timeline', '50')).out]
  for (const text of said) assert.doesNotMatch(text.replace(/No incident mentions.*/s, ''), /hunter2|4111/)
  assert.match(said[1] + said[2], /No incident mentions 'hunter2'.*No incident mentions '4111'/s)
})

test('edits and deletions that arrive before their message leave the newest text', withSlack, async (t) => {
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

test('the timeline has forwarded messages, messages of apps, and files that must be looked up', withSlack, async (t) => {
  const { w, slack, tocsin, ana, ben, channel, texts, told } = await withIncident(t)
  const github = w.addUser({ name: 'GitHub', bot: true })
  const arrives = async (members) => {
    const message = w.addMessage(channel, { user: ben.id, team: w.team, text: '', ...members })
    const { revisions, ...event } = message
    await slack.inbound.event({ ...event, channel: channel.id, event_ts: message.ts, channel_type: 'channel' })
    return message
  }
  w.files.set('F0ABC12345', { id: 'F0ABC12345', name: 'dump.txt', permalink: 'https://tocsin.slack.com/files/F0ABC12345' })
  await arrives({ attachments: [{ is_share: true, author_name: 'Ana', text: 'the database is at 100% CPU', fallback: 'x', from_url: 'https://tocsin.slack.com/archives/C0ABCDEFG/p11' }] })
  const deploy = await arrives({ user: github.id, bot_id: 'B0GITHUB1', bot_profile: { name: 'GitHub' }, text: 'Deploy 1.4 finished' })
  await arrives({ user: undefined, subtype: 'bot_message', bot_id: 'B0CI00001', username: 'CI', text: `<@${w.bot.id}> resolve` })
  await arrives({ bot_id: 'B0GIPHY001', bot_profile: { name: 'Giphy' }, text: '!inc resolve rolled back by hand' })
  await arrives({ text: 'look', subtype: 'file_share', files: [{ id: 'F0ABC12345', mode: 'file_access', file_access: 'check_file_info' }] })
  await ana.react(channel, deploy.ts, 'pushpin')
  await told(/pinned: Deploy 1.4 finished/)
  const all = await texts()
  const bot = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'said').map((e) => e.text)
  assert.deepEqual(bot.slice(0, 5), [
    'Ben: forwarded from Ana: the database is at 100% CPU (https://tocsin.slack.com/archives/C0ABCDEFG/p11)',
    'GitHub (app): Deploy 1.4 finished',
    bot[2],
    'Ben: !inc resolve rolled back by hand',
    'Ben: look — dump.txt <https://tocsin.slack.com/files/F0ABC12345>',
  ], all.join('\n'))
  assert.match(bot[2], /^CI \(app\): .*resolve$/)
  assert.equal((await tocsin.incident('INC-1')).status, 'investigating')

  await ana.slash(channel, 'update rolled back to 1.3')
  const ours = await sees(slack, 'inc-1', /Update on/)
  await ana.react(channel, ours.ts, 'pushpin')
  await sees(slack, 'inc-1', /not in the timeline/, (m) => m.ephemeral === ana.id)
})

test('an alert without text can be declared, with a link to the reply itself', withSlack, async (t) => {
  const { w, tocsin, ana, channel } = await withIncident(t)
  const root = w.addMessage(channel, { user: ana.id, text: 'alerts' })
  const alert = w.addMessage(channel, { bot_id: 'B0ALERTS1', subtype: 'bot_message', text: '', thread_ts: root.ts, attachments: [{ fallback: '[FIRING:1] High error rate' }] })
  await ana.shortcut(channel, alert)
  const view = await until('a form', () => ana.view())
  assert.equal(view.blocks.find((b) => b.block_id === 'title').element.initial_value, '[FIRING:1] High error rate')
  await ana.submit(view, {})
  await until('the incident', async () => (await tocsin.incidents()).length === 2)
  const { links } = await tocsin.incident('INC-2')
  assert.equal(links[0].url, `https://tocsin.slack.com/archives/${channel.id}/p${alert.ts.replace('.', '')}?thread_ts=${root.ts}&cid=${channel.id}`)
})

test('an e-mail address that Slack turned into a link is read as it was typed', withSlack, async (t) => {
  const { tocsin, ana, channel } = await withIncident(t)
  await ana.say(channel, '!inc lead <mailto:ben@example.com|ben@example.com>').acked
  await until('Ben to lead', async () => (await tocsin.incident('INC-1')).roles?.lead === 'ben')
  await ana.say(channel, '!inc title Mail to <mailto:help@x.com|help@x.com> bounces').acked
  await until('the title', async () => (await tocsin.incident('INC-1')).title === 'Mail to help@x.com bounces')
})
