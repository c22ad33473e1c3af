// A page goes on until somebody acknowledges it: from chat to mail, SMS and a telephone that rings; and by whatever it is acknowledged, all
// rooms show it.
import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { MailRig, withMail } from './mail_rig.mjs'
import { startNtfy } from './push/ntfy.mjs'
import { startPushover } from './push/pushover.mjs'
import { Receiver } from './receiver.mjs'
import { textOf as slackText, together } from './slack/joined.mjs'
import { startTwilio } from './sms/server.mjs'
import { settingsOf, textOf as teamsText } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { startTeams } from './teams/server.mjs'
import { Person, Tocsin, textOf as consoleText, until, withSlack, withStandardWebhooks, withTwilio } from './support.mjs'

const SLOW = 60_000
const bo = '+491701234567'
const skip = withSlack.skip || withMail.skip || withTwilio.skip

const smsOf = (twilio, port) => `sms = { url = "${twilio.url}", account = "${twilio.account}", token = "${twilio.token}", from = "${twilio.number}",
  public_url = "http://127.0.0.1:${port}/connector/sms" },`
const alert = (tocsin) => tocsin.tocsin('alert', '--service', 'checkout', 'CardDeclined') // the rules that ship page product-responder
const portOf = (text) => /127\.0\.0\.1:(\d+)/.exec(text)[1]
const add = (text, ...rows) => text.replace('connectors = {', `connectors = {\n    ${rows.join('\n    ')}`)

// Slack, Teams, the console, a mailbox and telephones, with Ana in Slack and Bo by mail and telephone.
async function everything(t) {
  const rig = await MailRig.start(t)
  const twilio = await startTwilio()
  t.after(() => twilio.stop())
  const teams = await startTeams()
  t.after(() => teams.stop())
  const tea = new TeamsPerson(teams, { name: 'Tea', email: 'tea@example.com' })
  const team = teams.tenant.addTeam('Operations', { members: [tea.id] })
  teams.tenant.addChannel(team, 'incidents')
  const mail = `email = { address = "incidents@example.com", secret = "a secret of the end-to-end tests", smtp = "127.0.0.1:${rig.ports.submission}", imap = "127.0.0.1:${rig.ports.imaps}",
      user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem" },`
  const { slack, tocsin } = await together(t, 'sockets', {
    change: (text) => add(text, mail, smsOf(twilio, portOf(text)), `teams = { limits = { post = "none", edit = "none" }, ${settingsOf(teams, `team = "${team.id}"`)} },`),
    policy: ({ ana }) => `people {
        ana = { slack = "${ana.id}", ways = { "slack" } },
        bo = { name = "Bo", email = "bo@example.com", sms = "${bo}", ways = { "email", { "sms", after = "2s" }, { "call", after = "4s" } } },
      }
      team { name = "product-responder", people = { "ana", "bo" } }
      escalation { name = "product-responder", levels = { { person = "ana", after = "3s" }, { person = "bo", after = "5m" } } }`,
  })
  teams.inbound.url = `${tocsin.url}/connector/teams/messages`
  await until('all to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/running/g)?.length === 5, SLOW)
  await tea.install(team.channels.get(team.id))
  const cy = await new Person(tocsin, 'Cy').enter()
  t.after(() => cy.leave())
  return { rig, twilio, teams, slack, tocsin, cy, incidents: [...teams.tenant.places.values()] }
}

test('unacknowledged in Slack, then by mail and SMS, acknowledged by a key in a call, and seen in every room', { skip }, async (t) => {
  const { rig, twilio, teams, slack, tocsin, cy, incidents } = await everything(t)
  await alert(tocsin)
  await until('rooms', async () => new Set((await tocsin.incident('INC-1')).channels?.map((c) => c.connector)).size === 3, SLOW)
  for (const { connector, channel } of (await tocsin.incident('INC-1')).channels) if (connector === 'console') cy.join(channel)
  await until('Ana to be paged in Slack', () => slack.log.some((l) => /postMessage/.test(l.method) && /CardDeclined/.test(JSON.stringify(l)) && /Acknowledge/.test(JSON.stringify(l))), SLOW)
  const [mail] = await rig.receives('bo', 1)
  assert.match(mail.subject, /INC-1.*CardDeclined/)
  const sms = await until('an SMS', () => twilio.sent.messages[0], SLOW)
  assert.match(sms.body, /INC-1.*CardDeclined[^]*Reply \w{4} to acknowledge\./)
  assert.equal(sms.to, bo)
  const call = await until('a call', () => twilio.sent.calls[0], SLOW)
  await until('it to ring', () => call.status === 'ringing', SLOW)
  const heard = await twilio.answers(call, ['7', '1'])
  assert.match(heard[0], /INC-1.*CardDeclined\. Press 1 to acknowledge/)
  assert.match(heard[1], /^That key has no meaning/)
  assert.match(heard[2], /^Acknowledged/)

  const acknowledged = /Acknowledged by Bo by a key/
  const shown = { slack: () => slack.messages(slack.channel('inc-1').id).some((m) => acknowledged.test(slackText(m))),
    teams: () => incidents.some((place) => teams.messages(place).some((m) => acknowledged.test(teamsText(m)))),
    console: () => cy.messages.some((m) => acknowledged.test(consoleText(m))) }
  for (const [room, test] of Object.entries(shown)) await until(`the card in ${room} to say who has it\n${tocsin.log}`, test, SLOW)
  assert.deepEqual([twilio.violations, twilio.sent.messages.length, twilio.sent.calls.length], [[], 1, 1])
})

// ---- each way to acknowledge, one after the other ----

// A Tocsin whose product responder is Dan, reached in one way only, and paged.
async function paged(t, rows, dan) {
  const tocsin = await Tocsin.create({ change: (text) => add(text, rows(portOf(text))) })
  t.after(() => tocsin.remove())
  await appendFile(join(tocsin.directory, 'policy/team.lua'), `people { dan = { ${dan} } }\nteam { name = "product-responder", people = { "dan" } }\n`)
  await tocsin.start()
  await until('all to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/running/g)?.length === 2, SLOW)
  await alert(tocsin)
  const said = async (what) => (await tocsin.timeline('INC-1')).some((event) => JSON.stringify(event).includes(what))
  return { tocsin, acknowledged: (how) => until(`it to be acknowledged by ${how}\n${tocsin.log}`, () => said(how), SLOW), said }
}

test('a reply by SMS acknowledges, from that number and with its code, through lost answers and doubled and reordered callbacks', withTwilio, async (t) => {
  const twilio = await startTwilio()
  t.after(() => twilio.stop())
  twilio.held = []
  twilio.fail('messages.create', { status: 429, body: { code: 20429, message: 'Too Many Requests', status: 429 } })
  twilio.fail('messages.create', { after: 503 })
  const { tocsin, acknowledged } = await paged(t, (port) => (twilio.heard = `http://127.0.0.1:${port}/connector/sms/message`, smsOf(twilio, port)), `sms = "${bo}", ways = { "sms" }`)
  const sms = await until('an SMS', () => twilio.sent.messages[0], SLOW)
  await until('callbacks', () => twilio.held.length === 2, SLOW)
  await until('it to be found', () => twilio.log.some((call) => call.name === 'messages.list' && call.query.To === bo), SLOW)
  const [hint] = await until('it to be stored', async () => { const answers = await twilio.says(bo, 'what?'); return answers.length && answers }, SLOW)
  assert.match(hint, /reply with the code/)
  await twilio.release((list) => [...list, ...list].reverse())
  assert.deepEqual(twilio.callbacks.filter((c) => c.params.MessageStatus).map((c) => c.status), [204, 204, 204, 204])
  const code = /Reply (\w+) to/.exec(sms.body)[1]
  assert.deepEqual(await twilio.says('+491709999999', code), [])
  assert.match((await twilio.says(bo, `Ack ${code.toUpperCase()}!`))[0], /^Acknowledged: INC-1/)
  await acknowledged('SMS')
  assert.deepEqual([twilio.sent.messages.length, twilio.violations], [1, []])
  assert.ok(!tocsin.log.includes(twilio.token))
})

test('an SMS that fails is known at once, with the reason', withTwilio, async (t) => {
  const twilio = await startTwilio()
  t.after(() => twilio.stop())
  twilio.silent = true
  const { said } = await paged(t, (port) => smsOf(twilio, port), `sms = "${bo}", ways = { "sms" }`)
  const sms = await until('an SMS', () => twilio.sent.messages[0], SLOW)
  await until('it to be known', () => twilio.callbacks.some((c) => c.status === 204), SLOW)
  await twilio.becomes(sms, 'undelivered', { ErrorCode: '30006' })
  await until('the reason', () => said('that is a landline'), SLOW)
})

test("ntfy's button and Pushover's receipt acknowledge", async (t) => {
  const ntfy = await startNtfy()
  t.after(() => ntfy.stop())
  const one = await paged(t, (port) => `push = { service = "ntfy", url = "${ntfy.url}", token = "${ntfy.token}", public_url = "http://127.0.0.1:${port}/connector/push" },`, 'push = "dan-telephone"')
  const notification = await until('a notification', () => ntfy.notifications.find((n) => n.actions), SLOW)
  assert.equal(notification.priority, 5)
  await until('the button to work', async () => (await ntfy.presses(notification)).status === 204, SLOW)
  await one.acknowledged('a button')

  const pushover = await startPushover()
  t.after(() => pushover.stop())
  const [user] = pushover.users
  const two = await paged(t, (port) => `push = { service = "pushover", url = "${pushover.url}", token = "${pushover.token}", public_url = "http://127.0.0.1:${port}/connector/push" },`, `push = "${user}"`)
  const sent = await until('a notification', () => pushover.sent[0], SLOW)
  await until('its callback to be taken', async () => (await pushover.acknowledges(sent)) === 204, SLOW)
  await two.acknowledged('Pushover')
  assert.deepEqual([ntfy.violations, pushover.violations], [[], []])
})

test('a signed request acknowledges, and a forged, old or changed one does not', withStandardWebhooks, async (t) => {
  const receiver = await Receiver.start(t)
  const { tocsin, acknowledged } = await paged(t, () => `webhook = { url = "${receiver.url}/in", secret = "${receiver.secret}" },`, 'webhook = "dan"')
  const page = await until('a page', () => receiver.received.find((r) => r.type === 'page'), SLOW)
  const address = `${tocsin.url}/connector/webhook/`
  const ack = { type: 'page', data: { message: page.data.message, state: 'acknowledged', how: 'the desk' } }
  assert.equal(await receiver.tells(address, ack, { change: (headers) => ({ ...headers, 'webhook-id': 'evt_other' }) }), 401)
  assert.equal(await receiver.tells(address, ack, { at: new Date(Date.now() - 400_000) }), 401)
  assert.equal(await receiver.tells(address, { type: 'page', data: { ...ack.data, message: 'msg_0' } }), 404)
  await until('it to be taken', async () => (await receiver.tells(address, ack)) === 204, SLOW)
  await acknowledged('the desk')
  assert.deepEqual(receiver.refused, [])
})

test('requests share a connection, and one that is closed is opened again', withStandardWebhooks, async (t) => {
  const receiver = await Receiver.start(t)
  const { tocsin } = await paged(t, () => `webhook = { url = "${receiver.url}/in", secret = "${receiver.secret}" },`, 'webhook = "dan"')
  const got = (type, n) => until(`${n} of ${type}`, () => receiver.received.filter((r) => r.type === type).length === n, SLOW)
  await got('page', 1)
  await tocsin.tocsin('inc', 'INC-1', 'ack')
  await got('page.end', 1)
  assert.equal(receiver.connections.size, 1)
  receiver.server.closeIdleConnections()
  await tocsin.tocsin('inc', 'INC-1', 'page', '@dan', 'again')
  await got('page', 2)
  const times = receiver.received.filter((r) => r.type !== 'check').map((r) => r.times)
  assert.deepEqual([receiver.connections.size, times], [2, [1, 1, 1]])
})
