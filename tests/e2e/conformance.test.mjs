// `tocsin connector test`: our connectors pass it against their real platforms, and a broken one fails what it breaks.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertOnce, assertPassed, conform, named, noReceipts, says } from './conform.mjs'
import { startIntercom } from './intercom/server.mjs'
import { IrcPerson, IrcServer, withIrc } from './irc_rig.mjs'
import { startGitHub } from './github/server.mjs'
import { startJira } from './jira/server.mjs'
import { MailRig, withMail } from './mail_rig.mjs'
import { startNtfy } from './push/ntfy.mjs'
import { startPushover } from './push/pushover.mjs'
import { Receiver } from './receiver.mjs'
import { SlackPerson } from './slack/person.mjs'
import { startSlack } from './slack/server.mjs'
import { settingsOf } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { startTwilio } from './sms/server.mjs'
import { startTeams } from './teams/server.mjs'
import { WebChat } from './webchat.mjs'
import { startZendesk } from './zendesk/server.mjs'
import { Person, needs, run, withSlack, withStandardWebhooks, withTwilio } from './support.mjs'

// What these cannot do, and what no test here can bring about.
const noPlatform = ['rate-limited', 'slow', 'cut', 'unreachable']
const noTickets = ['ticket', 'ticket: a parent', 'ticket: follow', 'ticket: one that is not there', 'ticket: comment', 'ticket: states']
const notDesk = ['find a customer', 'tell a customer', 'tell an unknown customer', ...noTickets]
const notWebchat = ['delete', 'picture', ...noReceipts, 'channels', 'channels: the same name twice', 'pin', 'find a person', ...notDesk]

const notTracker = ['post', 'edit', 'edit: a message that is gone', 'delete', 'thread', 'card', 'long text', 'hostile text', 'hostile card', 'picture', 'direct talk', 'page', ...noReceipts, 'channels',
  'channels: the same name twice', 'pin', 'find a person', 'find a customer', 'tell a customer', 'tell an unknown customer', 'ticket: a parent', 'refused: no such channel',
  'heard', 'heard again', 'events']
// What only pages, and perhaps does not call, or tells customers, too.
const notPager = ({ calls, tells }) => ['post', 'edit', 'edit: a message that is gone', 'delete', 'thread', 'card', 'long text', 'hostile text', 'hostile card', 'picture', 'direct talk',
  ...(calls ? [] : ['page: a call']), 'channels', 'channels: the same name twice', 'pin', 'find a person', ...(tells ? ['find a customer', ...noTickets] : notDesk), 'refused: no such channel']
const fastTickets = ['create', 'comment', 'follow', 'state'].map((kind) => `["ticket.${kind}"] = "none"`).concat('["*"] = "none"')

// A connector that does one thing wrong.
const faulty = (chat, breaks) => `faulty = { url = "${chat.url}", token = "a token of the tests", breaks = "${breaks}" }`
const given = ['--user', 'ana', '--email', 'ana@example.com', '--customer', 'acme', '--address', 'ops@acme.example']

// Most of the time they wait, so they run side by side.
describe('conformance', { concurrency: 3 }, () => {
  test('the console passes', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-conform-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const socket = join(directory, 'console.sock')
    const ben = await says(t, async (text) => {
      const person = await new Person({ socket }, 'Ben').enter()
      person.say(text)
      t.after(() => person.leave())
    })
    const result = await conform(t, 'plugins/console.so', `console = { socket = "${socket}", trust = true }`, ['--user', 'ana', ...ben])
    assertPassed(result, ['delete', 'thread', 'picture', ...noReceipts, 'pin', 'find a person', ...notDesk, 'heard again', 'webhooks of strangers', ...noPlatform])
    const silent = await conform(t, 'plugins/console.so', `console = { socket = "${socket}", trust = true }`, ['--only', 'heard', '--says', 'true'])
    assert.match(silent.checks.heard.why, /expected an event with the text/)
  })

  test('Slack passes, and nothing is posted twice', withSlack, async (t) => {
    const slack = await startSlack()
    t.after(() => slack.stop())
    const ana = new SlackPerson(slack, { name: 'Ana', email: 'ana@example.com', tz: 'Europe/London' })
    const members = [ana.id, slack.workspace.bot.id]
    const shared = slack.workspace.addChannel('ext-acme', { creator: ana.id, members })
    slack.workspace.addChannel('incidents', { creator: ana.id, members })
    const kinds = ['open', 'topic', 'invite', 'remove', 'archive', 'bookmark'].map((kind) => `channel.${kind}`)
    const fast = ['post', 'page', 'edit', 'desk.tell', 'pin', 'person.find', 'desk.find', 'group.members', ...kinds].map((kind) => `["${kind}"] = "none"`)
    const result = await conform(t, 'plugins/slack.so',
      `slack = { token = "${slack.botToken}", app_token = "${slack.appToken}", api_url = "${slack.apiUrl}",
        limits = { ${fast} } }`,
      ['--user', ana.id, '--email', 'ana@example.com', '--customer', 'acme', '--address', shared.id,
      ...(await says(t, (text) => ana.say('incidents', text)))])
    assertPassed(result, [...noReceipts, ...noTickets])
    assert.deepEqual(slack.violations.filter((what) => !/: needs /.test(what)), []) // what the suite leaves out, the connector does too
    assertOnce(slack.messages('incidents').filter((m) => !/long text/.test(m.text)).map((m) => m.text)) // a long text has several parts
    assertOnce(slack.messages('ext-acme').map((m) => m.text), 2)
  })

  for (const rooms of ['thread', 'channel']) {
    test(`Teams passes, with a ${rooms} for each incident`, async (t) => {
      const teams = await startTeams()
      t.after(() => teams.stop())
      const ana = new TeamsPerson(teams, { name: 'Ana', email: 'ana@example.com' })
      const team = teams.tenant.addTeam('Operations', { members: [ana.id] })
      teams.tenant.addChannel(team, 'incidents')
      await ana.install(team.channels.get(team.id))
      const kinds = ['open', 'topic', 'invite', 'remove', 'archive'].map((kind) => `channel.${kind}`)
      const fast = ['post', 'page', 'edit', 'delete', 'person.find', ...kinds].map((kind) => `["${kind}"] = "none"`)
      const result = await conform(t, 'plugins/teams.so',
        `teams = { limits = { ${fast} }, ${settingsOf(teams, `team = "${team.id}", channel = "incidents", rooms = "${rooms}"`)} }`,
        ['--user', ana.id, '--email', 'ana@example.com'])
      assertPassed(result, [...noReceipts, 'pin', ...notDesk, 'heard', 'heard again', 'duplicate', 'reordered', 'events'])
      assert.deepEqual(teams.violations, [])
    })
  }

  test('e-mail passes, and no mail arrives twice', withMail, async (t) => {
    const rig = await MailRig.start(t)
    const result = await conform(t, 'plugins/email.so',
      `email = { address = "incidents@example.com", secret = "a secret of the end-to-end tests", smtp = "127.0.0.1:${rig.ports.submission}",
        imap = "127.0.0.1:${rig.ports.imaps}", user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem",
        customers = { acme = "ops@acme.example" }, channels = { incidents = "oncall@lists.example.com" } }`,
      ['--user', 'ana@example.com', '--customer', 'acme',
      ...(await says(t, (text) => rig.send({ from: 'hank@acme.example', to: 'incidents@example.com', subject: 'Slow', text })))])
    assertPassed(result, ['delete', ...noReceipts, 'channels', 'channels: the same name twice', 'pin', 'find a person', 'find a customer', ...noTickets])
    const unique = new Map((await rig.receives('oncall', 30)).map((mail) => [mail.messageId, mail.subject])) // a mail that comes again is the same mail
    assertOnce([...unique.values()])
    assertOnce((await rig.receives('ops', 2)).map((mail) => mail.text), 2)
  })

  test('IRC passes, and nothing is posted twice but what was cut off', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana')
    const result = await conform(t, 'plugins/irc.so',
      `irc = { server = "127.0.0.1:${server.port}", tls = "none", identity = "nick", pace = 10, limits = { ["*"] = "none" } }`,
      ['--user', 'ana', ...(await says(t, (text) => ana.say(text)))])
    assertPassed(result, ['edit', 'edit: a message that is gone', 'delete', 'thread', 'picture', ...noReceipts, 'pin', 'find a person', ...notDesk, 'webhooks of strangers', 'duplicate', 'reordered', 'rate-limited'])
    const unsure = /cut|does not answer|too often|cannot be reached|in the middle|under way/ // no server can tell whether these arrived
    assertOnce(ana.messages.filter((m) => !unsure.test(m.text)).map((m) => m.text))
  })

  for (const [name, flavour] of [['GitHub', 'github'], ['Gitea', 'gitea']]) {
    test(`${name} passes, and nothing is written twice`, async (t) => {
      const github = await startGitHub({ flavour })
      t.after(() => github.stop())
      github.addUser('tocsin', { token: 'ghp_tocsin' })
      const shop = github.addRepository('acme/shop')
      const result = await conform(t, 'plugins/github.so',
        `github = { url = "${github.url}", api_url = "${github.apiUrl}", token = "ghp_tocsin", repository = "acme/shop", limits = { ${fastTickets} } }`, ['--peer', 'api_url'])
      assertPassed(result, notTracker)
      assert.deepEqual(github.violations, [])
      assertOnce(shop.issues.map((i) => i.title))
      assertOnce(shop.issues.flatMap((i) => i.comments).map((c) => c.body), 1)
    })
  }

  for (const cloud of [true, false]) {
    test(`Jira ${cloud ? 'Cloud' : 'Data Center'} passes, and nothing is written twice`, async (t) => {
      const jira = await startJira({ cloud })
      t.after(() => jira.stop())
      jira.addUser('tocsin', { token: 'secret' })
      const pay = jira.addProject('PAY')
      jira.lag = true // no search knows what was just written
      const result = await conform(t, 'plugins/jira.so', `jira = { url = "${jira.url}", ${cloud ? 'email = "tocsin@example.com", ' : ''}token = "secret", project = "PAY",
        limits = { ${fastTickets} } }`, [])
      assertPassed(result, notTracker)
      assert.deepEqual(jira.violations, [])
      assertOnce(pay.issues.map((i) => i.summary))
      assertOnce(pay.issues.flatMap((i) => i.comments).map((c) => c.body), 1)
      assert.ok(pay.issues.flatMap((i) => i.comments).every((c) => c.properties['sd.public.comment'].internal))
    })
  }

  test('Zendesk passes, and no reply is written twice', async (t) => {
    const zendesk = await startZendesk()
    t.after(() => zendesk.stop())
    const { desk } = zendesk
    const acme = desk.addOrganization({ name: 'Acme GmbH', domain_names: ['acme.example'], external_id: 'acme' })
    const hank = desk.addUser({ name: 'Hank', email: 'hank@acme.example', organization: acme })
    const ticket = desk.opens(hank, { subject: 'Slow', text: 'Since 9:00.' })
    const result = await conform(t, 'plugins/zendesk.so',
      `zendesk = { url = "${zendesk.url}", email = "${zendesk.admin.email}", token = "${zendesk.token}", interval = "1s",
        customers = { acme = "hank@acme.example" }, limits = { ["*"] = "none", post = "none" } }`,
      ['--channel', String(ticket.id), '--user', String(zendesk.admin.id), '--customer', 'acme', '--email', 'hank@acme.example',
      ...(await says(t, (text) => desk.opens(hank, { subject: 'Slow', text })))])
    assertPassed(result, ['edit', 'edit: a message that is gone', 'delete', 'thread', 'picture', 'page', ...noReceipts, 'channels', 'channels: the same name twice', 'pin', 'find a person'])
    assert.deepEqual(zendesk.violations, [])
    for (const at of desk.tickets.values()) assertOnce(desk.comments(at).filter((c) => c.author_id === zendesk.admin.id).map((c) => c.body), 0)
  })

  test('Intercom passes, and nothing is written twice', async (t) => {
    const intercom = await startIntercom()
    t.after(() => intercom.stop())
    const { workspace } = intercom
    const hank = workspace.addContact({ email: 'hank@acme.example', name: 'Hank' })
    const [tracker, work] = [workspace.addType('Incident', 'Tracker'), workspace.addType('Work', 'Back-office')]
    const { id } = workspace.contactWrites(hank, 'since 9:00')
    const result = await conform(t, 'plugins/intercom.so',
      `intercom = { url = "${intercom.url}", token = "${intercom.token}", admin = "${workspace.me.id}", inbox = "https://app.intercom.com/a/inbox/${workspace.app.id_code}",
        tracker = "${tracker.id}", work = "${work.id}", requester = "incidents@example.com", interval = "1s" }`,
      ['--channel', id, '--customer', 'acme', '--address', 'hank@acme.example', '--email', 'hank@acme.example', ...(await says(t, (text) => workspace.contactWrites(hank, text)))])
    assertPassed(result, ['edit', 'edit: a message that is gone', 'delete', 'thread', 'picture', 'direct talk', 'page', ...noReceipts, 'channels',
      'channels: the same name twice', 'pin', 'find a person', ...noPlatform])
    const ours = workspace.conversations.flatMap((c) => [{ ...c.source, part_type: 'comment' }, ...c.parts]).concat(workspace.tickets.flatMap((x) => x.parts)).filter((p) => p.author.id === workspace.me.id)
    assertOnce(ours.filter((p) => p.part_type === 'comment').map((p) => p.body), 2)
    assertOnce(ours.filter((p) => p.part_type === 'note').map((p) => p.body))
    assertOnce(workspace.tickets.map((x) => x.ticket_attributes._default_title_), 5)
    assert.deepEqual(intercom.violations, [])
  })

  test('Twilio passes, and nobody gets a message twice', withTwilio, async (t) => {
    const twilio = await startTwilio()
    t.after(() => twilio.stop())
    const result = await conform(t, 'plugins/sms.so',
      `sms = { url = "${twilio.url}", account = "${twilio.account}", token = "${twilio.token}", from = "${twilio.number}", public_url = "http://127.0.0.1:1/connector/sms" }`,
      ['--user', '+491701234567', '--peer', 'url'])
    assertPassed(result, [...notPager({ calls: true }), 'heard', 'heard again', 'events'])
    assert.deepEqual(twilio.violations, [])
    assertOnce(twilio.sent.messages.map((m) => m.body))
    assert.ok(twilio.sent.calls.length >= 8 && twilio.sent.calls.every((c) => c.status === 'completed'))
  })

  test('ntfy passes, and no telephone sounds twice', async (t) => {
    const ntfy = await startNtfy()
    t.after(() => ntfy.stop())
    const result = await conform(t, 'plugins/push.so', `push = { service = "ntfy", url = "${ntfy.url}", token = "${ntfy.token}", public_url = "http://127.0.0.1:1/connector/push", limits = { ["*"] = "none" } }`,
      ['--user', 'ana-telephone', '--peer', 'url'])
    assertPassed(result, [...notPager({}), 'heard', 'heard again', 'events'])
    assert.deepEqual(ntfy.violations, [])
    assertOnce(ntfy.notifications.map((n) => n.title))
    assert.equal(ntfy.notifications.filter((n) => n.message === 'Acknowledged by Bo' && !n.actions).length, 8)
  })

  test('Pushover passes, and no telephone sounds twice but for what was cut off', async (t) => {
    const pushover = await startPushover()
    t.after(() => pushover.stop())
    const result = await conform(t, 'plugins/push.so', `push = { service = "pushover", url = "${pushover.url}", token = "${pushover.token}", limits = { ["*"] = "none" } }`, ['--user', [...pushover.users][0], '--peer', 'url'])
    assertPassed(result, [...notPager({}), 'heard', 'heard again', 'events'])
    assert.deepEqual(pushover.violations, [])
    const unsure = /cut|does not answer|in the middle|under way/ // Pushover cannot tell whether these arrived
    assertOnce(pushover.sent.map((s) => s.form.title).filter((title) => !unsure.test(title)))
    assert.equal(pushover.sent.filter((s) => s.state === 'canceled').length, 8)
  })

  test('a receiver of Standard Webhooks passes, and each request has one id', withStandardWebhooks, async (t) => {
    const receiver = await Receiver.start(t)
    const result = await conform(t, 'plugins/webhook.so', `webhook = { url = "${receiver.url}/in", secret = "${receiver.secret}" }`,
      ['--user', 'ana', '--customer', 'acme', '--address', 'ops@acme.example'])
    assertPassed(result, [...notPager({ tells: true }), 'heard', 'heard again', 'events'])
    assert.deepEqual(receiver.refused, [])
    assertOnce(receiver.received.filter((r) => r.type === 'page' || r.type === 'desk.tell').map((r) => r.data.text ?? r.data.card.title))
  })

  test('the connector of the manual passes', async (t) => {
    const chat = await WebChat.start(t)
    const result = await conform(t, 'connectors/webchat.so',
      `webchat = { url = "${chat.url}", token = "a token of the tests", secret = "a secret of the tests", limits = { post = "none" } }`, ['--user', 'ana'])
    assertPassed(result, [...notWebchat, 'heard', 'heard again', 'events'])
    assertOnce([...chat.messages.values()].map((m) => m.html))
  })

  test('a platform that speaks https is slow, cut off and unreachable behind a proxy', { skip: needs('openssl') ? false : 'openssl is not installed' }, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-conform-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name))
    const made = await run(needs('openssl'), ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert,
      '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'])
    assert.equal(made.code, 0, made.err)
    const chat = await WebChat.start(t, { key: await readFile(key), cert: await readFile(cert) })
    const result = await conform(t, 'connectors/webchat.so',
      `webchat = { url = "${chat.url}", token = "a token of the tests", secret = "a secret of the tests", limits = { post = "none" } }`, ['--user', 'ana'],
      { SSL_CERT_FILE: cert })
    assertPassed(result, [...notWebchat, 'heard', 'heard again', 'rate-limited', 'events'])
    assertOnce([...chat.messages.values()].map((m) => m.html))
  })

  test('each check fails when what it checks is broken', async (t) => {
    const chat = await WebChat.start(t)
    const all = await conform(t, 'connectors/faulty.so', faulty(chat, ''), given)
    assertPassed(all, ['heard', 'heard again', 'events'])
    const names = Object.keys(all.checks).filter((name) => !['declare', 'heard', 'heard again'].includes(name))
    const work = async () => {
      for (let name; (name = names.shift()); ) {
        const around = name === 'events' || name === 'no secret is told' ? [] : ['--only', name] // those two look at what the others brought
        const { code, checks } = await conform(t, 'connectors/faulty.so', faulty(chat, name), [...given, ...around])
        assert.equal(code, 1, `${name} is broken, and passes`)
        assert.deepEqual(named(checks, 'failed'), [name])
        assert.match(checks[name].why, /expected/)
      }
    }
    await Promise.all([work(), work(), work()])
  })

  test('what is declared badly is said', async (t) => {
    const { code, checks } = await conform(t, 'connectors/bare.so', 'bare = {}', [])
    assert.equal(code, 1)
    assert.equal(checks.declare.result, 'failed')
    assert.match(checks.declare.why, /summary/)
  })
})
