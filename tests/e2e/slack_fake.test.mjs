// Slack's own, unmodified libraries work against the fake Slack as they do against Slack.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'
import { startSlack } from './slack/server.mjs'
import { SlackPerson } from './slack/person.mjs'
import { freePort, modules, until, withSlack } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error', setName() {} }
const library = (name) => (withSlack.skip ? {} : require(name))
const { WebClient, ErrorCode } = library('@slack/web-api')
const { SocketModeClient } = library('@slack/socket-mode')
const { App, HTTPReceiver, SocketModeReceiver } = library('@slack/bolt')

async function fakeSlack(t) {
  const slack = await startSlack()
  const ends = [() => slack.stop()] // last, after everything that is connected
  t.after(async () => {
    for (const end of ends) await end()
  })
  const ana = new SlackPerson(slack, { name: 'Ana', email: 'ana@example.com', tz: 'Europe/Madrid' })
  const ben = new SlackPerson(slack, { name: 'Ben', email: 'ben@example.com' })
  const general = slack.workspace.addChannel('general', { creator: ana.id, members: [ana.id, ben.id, slack.workspace.bot.id] })
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logger: silent, retryConfig: { retries: 3, minTimeout: 10, maxTimeout: 50 } })
  return { slack, w: slack.workspace, ana, ben, general, client, atEnd: (end) => ends.unshift(end) }
}

const refused = (promise, code) => assert.rejects(promise, (error) => {
  assert.equal(error.code, ErrorCode.PlatformError, String(error))
  assert.equal(error.data.error, code)
  return true
})

// ---- @slack/web-api ----

test('WebClient: auth.test, channels, people, messages, threads', withSlack, async (t) => {
  const { slack, w, ana, ben, client } = await fakeSlack(t)
  const me = await client.auth.test()
  assert.equal(me.user_id, w.bot.id)
  assert.ok(me.response_metadata.scopes.includes('chat:write'))

  const { channel } = await client.conversations.create({ name: 'inc-1-checkout' })
  await client.conversations.invite({ channel: channel.id, users: `${ana.id},${ben.id}` })
  await client.conversations.setTopic({ channel: channel.id, topic: 'INC-1' })
  await client.conversations.setPurpose({ channel: channel.id, purpose: 'to mend it' })
  const { channel: info } = await client.conversations.info({ channel: channel.id })
  assert.deepEqual([info.topic.value, info.purpose.value, info.is_member, info.is_private], ['INC-1', 'to mend it', true, false])

  const metadata = { event_type: 'tocsin', event_payload: { key: 'k1' } }
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*hello*' } }]
  const posted = await client.chat.postMessage({ channel: channel.id, text: 'hello', blocks, metadata })
  assert.equal(posted.message.bot_id, me.bot_id)
  assert.ok(posted.message.blocks[0].block_id)
  await client.chat.postMessage({ channel: channel.id, text: 'below', thread_ts: posted.ts })
  const bare = await client.conversations.history({ channel: channel.id })
  assert.equal(bare.messages.find((m) => m.ts === posted.ts).metadata.event_payload, undefined)
  const full = await client.conversations.history({ channel: channel.id, include_all_metadata: true, oldest: posted.ts, inclusive: true })
  assert.deepEqual(full.messages.map((m) => [m.text, m.reply_count, m.metadata]), [['hello', 1, metadata]])
  const { messages } = await client.conversations.replies({ channel: channel.id, ts: posted.ts })
  assert.deepEqual(messages.map((m) => m.text), ['hello', 'below'])

  await client.chat.update({ channel: channel.id, ts: posted.ts, text: 'other' })
  const [changed] = slack.messages(channel.id)
  assert.deepEqual([changed.text, changed.blocks, changed.revisions[0].text], ['other', undefined, 'hello'])
  const { permalink } = await client.chat.getPermalink({ channel: channel.id, message_ts: posted.ts })
  assert.match(permalink, new RegExp(`/archives/${channel.id}/p${posted.ts.replace('.', '')}$`))
  await client.chat.postEphemeral({ channel: channel.id, user: ana.id, text: 'only you' })
  await client.chat.delete({ channel: channel.id, ts: posted.ts })
  assert.equal((await client.users.lookupByEmail({ email: 'Ana@example.com' })).user.id, ana.id)
  assert.equal((await client.users.info({ user: ben.id })).user.tz, 'Europe/London')
  assert.deepEqual(slack.violations, [])
})

test('WebClient: a picture is uploaded, and shown once Slack knows what it is', withSlack, async (t) => {
  const { slack, general, client } = await fakeSlack(t)
  const png = Buffer.from('89504e470d0a1a0a00', 'hex')
  const { files } = await client.files.uploadV2({ file: png, filename: 'picture.png' })
  const { id } = files[0].files[0]
  const blocks = [{ type: 'image', slack_file: { id }, alt_text: 'a picture' }]
  await refused(client.chat.postMessage({ channel: general.id, text: 'x', blocks }), 'invalid_blocks')
  for (let kind = ''; !kind;) kind = (await client.files.info({ file: id })).file.mimetype
  await client.chat.postMessage({ channel: general.id, text: 'x', blocks })
  assert.deepEqual(slack.uploads.get(id).bytes, png)
  assert.deepEqual([slack.messages(general.id).at(-1).blocks[0].slack_file, slack.violations], [{ id }, []])
})

test('WebClient: pins, bookmarks, reactions, user groups', withSlack, async (t) => {
  const { slack, ana, general, client } = await fakeSlack(t)
  const channel = general.id
  const { ts } = await client.chat.postMessage({ channel, text: 'card' })
  await client.pins.add({ channel, timestamp: ts })
  await refused(client.pins.add({ channel, timestamp: ts }), 'already_pinned')
  assert.equal((await client.pins.list({ channel })).items[0].message.ts, ts)
  await client.pins.remove({ channel, timestamp: ts })
  const { bookmark } = await client.bookmarks.add({ channel_id: channel, title: 'timeline', type: 'link', link: 'https://tocsin.example/1' })
  await client.bookmarks.edit({ channel_id: channel, bookmark_id: bookmark.id, title: 'all of it' })
  assert.deepEqual((await client.bookmarks.list({ channel_id: channel })).bookmarks.map((b) => b.title), ['all of it'])
  await client.bookmarks.remove({ channel_id: channel, bookmark_id: bookmark.id })
  await client.reactions.add({ channel, timestamp: ts, name: 'eyes' })
  await refused(client.reactions.add({ channel, timestamp: ts, name: 'eyes' }), 'already_reacted')
  assert.deepEqual((await client.reactions.get({ channel, timestamp: ts })).message.reactions[0].name, 'eyes')
  const { usergroup } = await client.usergroups.create({ name: 'On call', handle: 'oncall' })
  await client.usergroups.users.update({ usergroup: usergroup.id, users: ana.id })
  assert.deepEqual((await client.usergroups.users.list({ usergroup: usergroup.id })).users, [ana.id])
  assert.equal((await client.usergroups.list({ include_users: true })).usergroups[0].handle, 'oncall')
  assert.deepEqual(slack.violations, [])
})

test('WebClient: pages', withSlack, async (t) => {
  const { slack, w, general, client } = await fakeSlack(t)
  for (let i = 0; i < 25; i++) w.addMessage(general, { user: w.bot.id, text: `m${i}` })
  for (let i = 0; i < 15; i++) w.addChannel(`c${i}`)
  const pages = []
  for await (const page of client.paginate('conversations.history', { channel: general.id, limit: 10 })) pages.push(page)
  assert.deepEqual(pages.map((p) => [p.messages.length, p.has_more]), [[10, true], [10, true], [5, false]])
  assert.equal(pages[0].messages[0].text, 'm24')
  const names = new Set()
  for await (const page of client.paginate('conversations.list', { limit: 7, types: 'public_channel' })) for (const c of page.channels) names.add(c.name)
  assert.equal(names.size, 16)
  await refused(client.conversations.list({ cursor: 'nonsense' }), 'invalid_cursor')
  assert.deepEqual(slack.violations, [])
})

test('WebClient: what Slack refuses, and with which error code', withSlack, async (t) => {
  const { slack, w, ana, general, client } = await fakeSlack(t)
  const { channel: { id } } = await client.conversations.create({ name: 'taken' })
  const secret = w.addChannel('secret', { isPrivate: true, members: [ana.id] })
  const apart = w.addChannel('apart', { members: [ana.id] })
  const long = (n) => 'x'.repeat(n)
  const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } })
  const post = (more) => client.chat.postMessage({ channel: general.id, text: 'x', ...more })
  const { ts } = ana.say('general', 'mine').message
  const cases = [
    [client.conversations.create({ name: 'taken' }), 'name_taken'],
    [client.conversations.create({ name: 'Not.Allowed' }), 'invalid_name_specials'],
    [client.conversations.create({ name: long(81) }), 'invalid_name_maxlength'],
    [client.conversations.info({ channel: 'C0NOTTHERE' }), 'channel_not_found'],
    [client.conversations.info({ channel: secret.id }), 'channel_not_found'],
    [client.conversations.history({ channel: apart.id }), 'not_in_channel'],
    [client.conversations.invite({ channel: id, users: w.bot.id }), 'cant_invite_self'],
    [client.conversations.invite({ channel: id, users: 'U0NOBODY00' }), 'user_not_found'],
    [client.conversations.invite({ channel: general.id, users: ana.id }), 'already_in_channel'],
    [client.conversations.setTopic({ channel: id, topic: long(251) }), 'too_long'],
    [post({ text: '' }), 'no_text'],
    [post({ text: long(40_001) }), 'msg_too_long'],
    [post({ blocks: Array.from({ length: 51 }, () => section('x')) }), 'invalid_blocks'],
    [post({ blocks: [section(long(3001))] }), 'invalid_blocks'],
    [post({ blocks: [section('')] }), 'invalid_blocks'],
    [post({ blocks: [{ ...section('x'), colour: 'red' }] }), 'invalid_blocks'],
    [post({ blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] }), 'invalid_blocks'],
    [post({ blocks: Array.from({ length: 5 }, () => section(long(2900))) }), 'msg_blocks_too_long'],
    [post({ metadata: { event_type: 'x' } }), 'invalid_metadata_format'],
    [client.chat.update({ channel: general.id, ts, text: 'not mine' }), 'cant_update_message'],
    [client.chat.update({ channel: general.id, ts: '1.000001', text: 'none' }), 'message_not_found'],
    [client.chat.delete({ channel: general.id, ts }), 'cant_delete_message'],
    [client.chat.postEphemeral({ channel: id, user: ana.id, text: 'x' }), 'user_not_in_channel'],
    [client.users.lookupByEmail({ email: 'nobody@example.com' }), 'users_not_found'],
    [client.views.open({ trigger_id: '1.2.3', view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] } }), 'invalid_trigger_id'],
  ]
  for (const [promise, code] of cases) await refused(promise, code)
  await client.conversations.archive({ channel: id })
  await refused(client.chat.postMessage({ channel: id, text: 'x' }), 'is_archived')
  await refused(client.conversations.archive({ channel: id }), 'already_archived')
  await client.conversations.unarchive({ channel: id })
})

test('WebClient: tokens, scopes, and requests that no method accepts', withSlack, async (t) => {
  const { slack, general, client } = await fakeSlack(t)
  const with_ = (token) => new WebClient(token, { slackApiUrl: slack.apiUrl, logger: silent, retryConfig: { retries: 0 } })
  await refused(with_().auth.test(), 'not_authed')
  await refused(with_('xoxb-another').auth.test(), 'invalid_auth')
  await refused(with_(slack.appToken).auth.test(), 'not_allowed_token_type')
  await refused(with_(slack.botToken).apps.connections.open(), 'not_allowed_token_type')
  slack.scopes.delete('pins:write')
  await assert.rejects(client.pins.add({ channel: general.id, timestamp: '1.1' }), ({ data }) => {
    assert.equal(data.error, 'missing_scope')
    assert.equal(data.needed, 'pins:write')
    assert.ok(data.provided.includes('chat:write'))
    return true
  })
  for (const code of ['token_revoked', 'account_inactive', 'token_expired']) {
    slack.tokenError = code
    await refused(client.auth.test(), code)
  }
  slack.tokenError = ''
  assert.deepEqual(slack.violations, [])
  await refused(client.apiCall('no.such'), 'unknown_method')
  await refused(client.apiCall('chat.postMessage', { text: 'nowhere' }), 'invalid_arguments')
  await client.apiCall('auth.test', { colour: 'red' })
  const raw = async (method, type, body) => (await fetch(slack.apiUrl + method, { method: 'POST', body,
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': type } })).json()
  assert.equal((await raw('chat.postMessage', 'application/json', '{')).error, 'invalid_json')
  assert.equal((await raw('chat.postMessage', 'application/json', '[]')).error, 'json_not_object')
  assert.equal((await raw('chat.postMessage', 'text/plain', 'x')).error, 'invalid_post_type')
  assert.equal((await raw('conversations.info', 'application/json', JSON.stringify({ channel: general.id }))).ok, false)
  assert.equal((await raw('chat.postMessage', 'application/json; charset=utf-8', JSON.stringify({ channel: general.id, text: 'json' }))).ok, true)
  assert.equal(slack.violations.length, 7, slack.violations.join('\n'))
})

test('WebClient waits after 429 and retries what failed', withSlack, async (t) => {
  const { slack, general, client } = await fakeSlack(t)
  const post = (text) => client.chat.postMessage({ channel: general.id, text })
  const texts = () => slack.messages('general').map((m) => m.text)
  const waits = []
  client.on('rate_limited', (seconds) => waits.push(seconds))
  slack.fail('chat.postMessage', 429)
  await post('limited')
  assert.deepEqual(waits, [1])
  for (const how of [500, 503, 'cut before', 'malformed']) slack.fail('chat.update', how)
  const { ts } = await post('first')
  await assert.rejects(client.chat.update({ channel: general.id, ts, text: 'second' }))
  slack.faults = []
  await client.chat.update({ channel: general.id, ts, text: 'second' })
  slack.fail('chat.postMessage', 'cut after')
  await post('twice') // like every client that retries without looking
  slack.fail('chat.postMessage', 'internal_error')
  await refused(post('never'), 'internal_error')
  slack.fail('chat.postMessage', { slow: 150 })
  const from = Date.now()
  await post('slow')
  assert.ok(Date.now() - from >= 150)
  assert.deepEqual(texts(), ['limited', 'second', 'twice', 'twice', 'slow'])
})

test('WebClient within strict limits: every message arrives, some later', withSlack, async (t) => {
  const { slack, general, client } = await fakeSlack(t)
  slack.limits.mode = 'strict'
  slack.limits.scale = 5
  await Promise.all(Array.from({ length: 7 }, (_, i) => client.chat.postMessage({ channel: general.id, text: `${i}` })))
  assert.equal(slack.messages('general').length, 7)
  assert.ok(slack.limits.refused.length >= 2)
  assert.ok(slack.limits.refused.every((r) => r.method === 'chat.postMessage' && r.at))
})

// ---- @slack/socket-mode ----

test('SocketModeClient: envelopes, acknowledgements, retries, refresh', withSlack, async (t) => {
  const { slack, ana, atEnd } = await fakeSlack(t)
  slack.inbound.ackMs = 200
  const client = new SocketModeClient({ appToken: slack.appToken, logger: silent, clientPingTimeout: 300, clientOptions: { slackApiUrl: slack.apiUrl } })
  atEnd(() => client.disconnect())
  const got = []
  client.on('slack_event', (envelope) => got.push(envelope))
  client.on('slack_event', async ({ ack, body, retry_num: again }) => body.event?.text === 'slowly' && !again ? undefined : ack(body.command ? { text: 'on it' } : undefined))
  await client.start()
  assert.equal(slack.inbound.sockets.length, 1)

  await ana.say('general', 'hello').acked
  const { type, body, retry_num, accepts_response_payload } = got[0]
  assert.deepEqual([type, body.type, body.event.type, body.event.text, body.event.channel_type, retry_num, accepts_response_payload],
    ['events_api', 'event_callback', 'message', 'hello', 'channel', 0, false])
  assert.equal(body.authorizations[0].is_bot, true)

  assert.deepEqual(await ana.slash('general', 'it broke'), { text: 'on it' })
  assert.ok(slack.messages('general').some((m) => m.ephemeral === ana.id && m.text === 'on it'))

  await ana.say('general', 'slowly').acked
  const slow = got.filter((e) => e.body.event?.text === 'slowly')
  assert.deepEqual(slow.map((e) => [e.retry_num, e.retry_reason]), [[0, ''], [1, 'timeout']])
  assert.equal(slow[0].body.event_id, slow[1].body.event_id)

  for (const end of [() => slack.inbound.disconnect('refresh_requested', { after: 5000 }), () => slack.inbound.cut()]) {
    const [{ socket }] = slack.inbound.sockets
    end()
    await until('another connection', () => slack.inbound.sockets.length === 1 && slack.inbound.sockets[0].socket !== socket)
    await ana.say('general', 'still there?').acked
  }
  assert.equal(got.filter((e) => e.body.event?.text === 'still there?').length, 2)
  assert.deepEqual([slack.violations, slack.inbound.lost], [[], []])
})

test('SocketModeClient: connections share the events; a ticket opens one connection; a wrong token opens none', withSlack, async (t) => {
  const { slack, ana, atEnd } = await fakeSlack(t)
  const options = (appToken) => ({ appToken, logger: silent, autoReconnectEnabled: false, clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } } })
  const counts = [0, 0]
  for (const i of [0, 1]) {
    const client = new SocketModeClient(options(slack.appToken))
    client.on('slack_event', ({ ack }) => (counts[i]++, ack()))
    atEnd(() => client.disconnect())
    await client.start()
  }
  await Promise.all(Array.from({ length: 10 }, (_, i) => ana.say('general', `m${i}`).acked))
  assert.deepEqual(counts, [5, 5])

  await assert.rejects(new SocketModeClient(options('xapp-another')).start(), /invalid_auth/)
  slack.appScopes.clear()
  await assert.rejects(new SocketModeClient(options(slack.appToken)).start(), /missing_scope/)
  slack.appScopes.add('connections:write')
  const { url } = await new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl, logger: silent }).apps.connections.open()
  const { WebSocket } = require('ws')
  const opened = (address) => new Promise((done) => {
    const socket = new WebSocket(address)
    socket.on('error', () => done(false))
    socket.on('open', () => (socket.terminate(), done(true)))
  })
  assert.equal(await opened(url), true)
  assert.equal(await opened(url), false)
})

// ---- @slack/bolt ----

// An app as its authors would write it, which records what it received.
async function boltApp({ slack, atEnd }, receiver) {
  const seen = []
  const app = new App({ token: slack.botToken, receiver, logger: silent, clientOptions: { slackApiUrl: slack.apiUrl } })
  const note = (what, value) => seen.push([what, value])
  const modal = (text) => ({ type: 'modal', callback_id: 'pause', notify_on_close: true, title: { type: 'plain_text', text }, submit: { type: 'plain_text', text: 'Save' },
    blocks: [{ type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Why' }, element: { type: 'plain_text_input', action_id: 'value' } }] })
  app.message('hello', async ({ message, say }) => {
    note('message', message.text)
    await say({ text: `hello <@${message.user}>`, blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'pause', value: '1', text: { type: 'plain_text', text: 'Pause' } }] }] })
  })
  app.event('app_mention', async ({ event }) => note('mention', event.text))
  app.event('reaction_added', async ({ event }) => note('reaction', event.reaction))
  app.event('member_joined_channel', async ({ event }) => note('joined', event.user))
  app.event('channel_rename', async ({ event }) => note('renamed', event.channel.name))
  app.event('channel_archive', async ({ event }) => note('archived', event.channel))
  app.event('message', async ({ event }) => event.subtype && note(event.subtype, event.message?.text ?? event.previous_message?.text ?? event.files?.[0].name))
  app.command('/inc', async ({ command, ack, respond }) => {
    await ack(command.text === 'quick' ? 'at once' : undefined)
    for (let i = 0; command.text === 'often' && i < 5; i++) await respond(`answer ${i}`)
    if (command.text === 'often') await respond('one too many').catch((error) => note('respond', error.message))
  })
  app.action('pause', async ({ ack, body, client, respond }) => {
    await ack()
    note('pressed', body.actions[0].value)
    await client.views.open({ trigger_id: body.trigger_id, view: modal('Pause') })
    await respond({ text: 'somebody pauses', replace_original: true })
  })
  app.shortcut('declare', async ({ ack, shortcut }) => (await ack(), note(shortcut.type, shortcut.message.text)))
  app.view('pause', async ({ ack, view }) => {
    const { value } = view.state.values.reason.value
    if (value === 'no') return ack({ response_action: 'errors', errors: { reason: 'say more' } })
    if (value === 'change') return ack({ response_action: 'update', view: modal('Changed') })
    note('submitted', value)
    await ack()
  })
  app.view({ callback_id: 'pause', type: 'view_closed' }, async ({ ack }) => (await ack(), note('closed')))
  atEnd(async () => {
    await app.stop() // does not wait for its connection to end
    await until('its connection to end', () => !slack.inbound.sockets.length)
  })
  return { app, seen, saw: (what) => until(what, () => seen.find(([name]) => name === what)).then(([, value]) => value) }
}

const receivers = {
  'Socket Mode': async (slack) => {
    const receiver = new SocketModeReceiver({ appToken: slack.appToken, logger: silent })
    receiver.client.webClient.slackApiUrl = slack.apiUrl
    return { receiver, start: (app) => app.start() }
  },
  HTTP: async (slack) => {
    const port = await freePort()
    const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, port, logger: silent })
    return { receiver, start: async (app) => {
      await app.start(port)
      slack.inbound.requestUrl = `http://127.0.0.1:${port}`
      slack.inbound.paths = { events_api: '/slack/events', slash_commands: '/slack/events', interactive: '/slack/events' }
      assert.equal(await slack.inbound.verify(), true)
    } }
  },
}

for (const [way, make] of Object.entries(receivers)) {
  test(`Bolt by ${way}: messages, buttons, forms, commands, shortcuts`, withSlack, async (t) => {
    const all = await fakeSlack(t)
    const { slack, w, ana, ben, general } = all
    const { receiver, start } = await make(slack)
    const { app, seen, saw } = await boltApp(all, receiver)
    await start(app)

    const { message } = ana.say('general', 'hello there')
    assert.equal(await saw('message'), 'hello there')
    const card = await until('the answer', () => slack.messages('general').find((m) => m.bot_id))
    assert.equal(card.text, `hello <@${ana.id}>`)

    await ben.press(general, card, 'Pause')
    const form = await until('the form', () => ben.view())
    await until('the message to be replaced', () => card.text === 'somebody pauses')
    await ben.submit(form, { reason: 'no' })
    assert.deepEqual(ben.view().errors, { reason: 'say more' })
    await ben.submit(form, { reason: 'change' })
    assert.equal(ben.view().title.text, 'Changed')
    await ben.submit(form, { reason: 'the bank' })
    assert.equal(await saw('submitted'), 'the bank')
    assert.equal(ben.view(), undefined)
    await assert.rejects(ben.submit(form, {}), /is required/)

    const another = await app.client.views.open({ trigger_id: slack.trigger(ana.id), view: { type: 'modal', callback_id: 'pause', notify_on_close: true, title: { type: 'plain_text', text: 'x' }, blocks: [] } })
    await ana.close(w.views.find((v) => v.id === another.view.id))
    await saw('closed')

    await ana.slash('general', 'quick')
    assert.ok(slack.messages('general').some((m) => m.text === 'at once' && m.ephemeral === ana.id))
    await ana.slash('general', 'often')
    assert.match(await saw('respond'), /404/)
    assert.equal(slack.messages('general').filter((m) => /^answer/.test(m.text)).length, 5)

    await ana.shortcut(general, message)
    assert.equal(await saw('message_action'), 'hello there')
    await ana.say('general', `<@${w.bot.id}> help`).acked
    assert.match(await saw('mention'), /help/)
    await ana.edit(general, message, 'goodbye')
    assert.ok(await until('the edit', () => seen.find(([what, text]) => what === 'message_changed' && text === 'goodbye')))
    await ana.react(general, message.ts, 'eyes')
    assert.equal(await saw('reaction'), 'eyes')
    await ana.delete(general, message)
    assert.equal(await saw('message_deleted'), 'goodbye')
    await ana.upload('general', 'graph.png').acked
    assert.equal(await saw('file_share'), 'graph.png')
    const carl = new SlackPerson(slack, { name: 'Carl' })
    await carl.join('general')
    assert.equal(await saw('joined'), carl.id)
    await ana.rename('general', 'all-of-us')
    assert.equal(await saw('renamed'), 'all-of-us')
    await ana.archive('all-of-us')
    assert.equal(await saw('archived'), general.id)
    assert.equal(seen.filter(([what]) => what === 'message').length, 1)
    assert.deepEqual([slack.violations, slack.inbound.lost], [[], []])
  })
}

test('Bolt by HTTP: signatures, and events that are not acknowledged are sent again', withSlack, async (t) => {
  const { slack, ana, atEnd } = await fakeSlack(t)
  const { receiver, start } = await receivers.HTTP(slack)
  const seen = []
  const app = new App({ token: slack.botToken, receiver, logger: silent, clientOptions: { slackApiUrl: slack.apiUrl } })
  atEnd(() => app.stop())
  let failures = 2
  app.use(async ({ context, next }) => {
    seen.push([context.retryNum, context.retryReason])
    if (failures-- > 0) throw new Error('not now')
    await next()
  })
  app.command('/inc', ({ ack }) => ack())
  await start(app)

  const body = JSON.stringify({ type: 'event_callback', event: { type: 'message' } })
  const post = async (headers) => (await fetch(`${slack.inbound.requestUrl}/slack/events`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })).status
  const now = Math.floor(Date.now() / 1000)
  assert.equal(await post({}), 401)
  assert.equal(await post(slack.inbound.signed(body, now, 'another secret')), 401)
  assert.equal(await post(slack.inbound.signed(body, now - 600)), 401)
  assert.equal(seen.length, 0)

  await ana.say('general', 'again').acked
  assert.ok(seen.length >= 1)
  failures = 1
  assert.equal(await ana.slash('general', 'it broke'), undefined) // the person sees that it failed; it is not sent again
  assert.deepEqual(slack.inbound.lost.map((e) => e.type), ['slash_commands'])
  assert.deepEqual(await ana.slash('general', 'it broke'), {})
})
