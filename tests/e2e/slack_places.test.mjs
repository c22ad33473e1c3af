// Where answers in Slack go and stay, and what ends with a channel, a message or the connector itself.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { until, withSlack } from './support.mjs'

const answers = (slack, channel, what) => slack.messages(channel).filter((m) => textOf(m).match(what))

test('in a channel that the app is not in, only the asker sees an answer', withSlack, async (t) => {
  const { slack, tocsin, ana, ben, w } = await together(t)
  await ana.slash('general', 'checkout is slow')
  const answer = await sees(slack, 'general', /INC-1/)
  assert.equal(answer.ephemeral, ana.id)
  for (const line of ['INC-1 sev major', 'INC-1 pause waiting for the bank for 2h', 'INC-1 resume', 'nonsense words here please --x']) await ben.slash('general', line)
  await until('the answers', () => answers(slack, 'general', /./).length >= 5)
  for (const m of slack.messages('general')) assert.ok([ana.id, ben.id].includes(m.ephemeral), textOf(m))
  assert.ok(!slack.channel('general').members.has(w.bot.id))
  // Once the app is there, everybody reads what changes something.
  await ana.invite('general')
  await ana.slash('general', 'INC-1 sev minor')
  await sees(slack, 'general', /INC-1.*minor/s, (m) => !m.ephemeral)
  await ana.remove('general')
  await ana.slash('general', 'INC-1 sev major')
  await until('an answer for her alone', () => answers(slack, 'general', /INC-1.*major/s).filter((m) => m.ephemeral === ana.id).length)
  assert.equal((await tocsin.incident('INC-1')).severity, 'major')
  assert.deepEqual(slack.violations, [])
})

test('what is said in a direct talk stays', withSlack, async (t) => {
  const { slack, ana, w } = await together(t)
  for (const line of ['help', 'list', 'checkout is slow', 'INC-1 sev sideways', 'whoami']) await ana.say('@tocsin', line).acked
  const talk = w.talk(ana.id)
  await until('five answers', () => talk.messages.filter((m) => m.user === w.bot.id).length >= 5)
  for (const m of talk.messages) assert.equal(m.ephemeral, undefined, textOf(m))
  assert.ok(talk.messages.every((m) => !m.deleted && !m.revisions.length))
  assert.deepEqual(slack.violations, [])
})

test('an edit ends with its message, and an unknown action is refused with those that there are', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel for the incident', () => slack.channel('inc-1-'))
  const card = await sees(slack, 'inc-1', /INC-1 checkout is slow/, (m) => m.blocks)
  await until('the card to be pinned', () => channel.pins.includes(card.ts))
  const announced = await sees(slack, 'incidents', /INC-1 checkout is slow/)
  await until('everything to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
  card.deleted = announced.deleted = true
  await ana.slash(channel.id, 'sev major')
  await until('it to be major', async () => (await tocsin.incident('INC-1')).severity === 'major')
  await until('edits to have been tried', () => slack.log.filter((l) => l.method === 'chat.update' && l.answer?.error === 'message_not_found').length >= 2)
  await until('nothing to be left', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))

  slack.fail('chat.postMessage', 'restricted_action', 1)
  await ana.slash(channel.id, 'update rolling back')
  const told = await until('a number', async () => (await tocsin.tocsin('inc', 'actions')).out.match(/actions again (\d+)/))
  const other = await tocsin.tocsin('inc', 'actions', 'again', '99999')
  assert.match(other.out + other.err, new RegExp(`No action 99999\\..*There is: ${told[1]}\\.`, 's'))
  assert.match((await tocsin.tocsin('inc', 'actions', 'again', told[1])).out, /Retrying/)
  await until('nothing to be left', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
})

test('a connector that is removed from the configuration gets nothing more, and people are told', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  await ana.slash('general', 'checkout is slow')
  await sees(slack, 'inc-1', /INC-1 checkout is slow/, (m) => m.blocks)
  slack.tokenError = 'token_revoked' // so that actions wait
  await tocsin.tocsin('inc', 'INC-1', 'note', 'first')
  await tocsin.tocsin('inc', 'INC-1', 'sev', 'major')
  await until('actions to wait', async () => /Not sent yet/.test((await tocsin.tocsin('inc', 'actions')).out))
  const file = tocsin.config
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/ {4}slack = \{.*\n/, ''))
  const reload = await tocsin.tocsin('reload')
  assert.match(reload.out + reload.err, /slack stopped/)
  await until('nothing to wait', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
  const dropped = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'dropped')
  assert.equal(dropped.length, 1)
  assert.match(dropped[0].text, /slack was removed from the configuration/)
  const calls = slack.log.length
  await tocsin.tocsin('inc', 'INC-1', 'resolve')
  await tocsin.tocsin('inc', 'another thing broke')
  assert.doesNotMatch((await tocsin.tocsin('inc', 'actions')).out, /slack/)
  assert.equal(slack.log.slice(calls).filter((l) => l.method.startsWith('chat.')).length, 0)

  // It is there again, and so is what comes from now on.
  slack.tokenError = ''
  writeFileSync(file, text)
  const before = slack.inbound.sockets.map((one) => one.socket)
  await tocsin.tocsin('reload')
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/slack +running/))
  await until('new sockets', () => slack.inbound.sockets.filter((one) => !before.includes(one.socket)).length >= 2)
  await ana.slash('general', 'a third thing broke')
  await sees(slack, 'inc-3', /INC-3 a third thing broke/)
})
