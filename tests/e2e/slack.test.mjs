// Incidents in Slack: the real daemon and connector against a fake Slack, by Socket Mode and by HTTP.
import { connect } from 'node:net'
import assert from 'node:assert/strict'
import test from 'node:test'
import { labels, press, sees, textOf, together } from './slack/joined.mjs'
import { SlackPerson } from './slack/person.mjs'
import { sleep, until, withSlack } from './support.mjs'

const ways = ['sockets', 'http']

for (const way of ways) {
  test(`an incident from declaring to closing, by ${way}`, withSlack, async (t) => {
    const { slack, tocsin, ana, ben, w } = await together(t, way)
    await ana.slash('general', 'checkout is slow')
    const channel = await until('a channel for the incident', () => slack.channel('inc-1-checkout-is-slow'))
    const card = await sees(slack, 'inc-1', /INC-1 checkout is slow/, (m) => m.blocks)
    await until('the card to be pinned', () => channel.pins.includes(card.ts), 60_000).catch(async (error) => {
      const calls = slack.log.slice(-40).map((l) => `${l.method} ${JSON.stringify(l.args ?? '').slice(0, 150)} ${JSON.stringify(l.answer)?.slice(0, 100)}`)
      throw new Error([error.message, card.ts, (await tocsin.tocsin('inc', 'actions')).out, ...calls, tocsin.log.slice(-2000)].join('\n'))
    })
    await until('Ana to be invited', () => channel.members.has(ana.id))
    await sees(slack, 'incidents', /INC-1 checkout is slow/)
    assert.match(channel.topic.value, /checkout is slow/)

    // a button
    ben.join(channel.id)
    await press(ben, channel, card, 'I lead')
    await until('Ben to lead', async () => (await tocsin.incident('INC-1')).roles?.lead === 'ben')
    await sees(slack, 'inc-1', /lead\*?\nBen/)
    await until('the topic to follow', () => /Ben leads/.test(channel.topic.value))
    await until('the announcement to lead there', () => slack.messages('incidents').some((m) => JSON.stringify(m.blocks).includes(`<#${channel.id}>`)))
    assert.ok(!slack.messages(channel.name).some((m) => JSON.stringify(m.blocks ?? '').includes(`<#${channel.id}>`)))

    // a form
    await press(ben, channel, card, 'Severity…')
    const severity = await until('a form', () => ben.view())
    await ben.submit(severity, { severity: 'major' })
    await until('it to be major', async () => (await tocsin.incident('INC-1')).severity === 'major')
    await press(ben, channel, card, 'Pause…')
    let pause = await until('a form for the pause', () => ben.view()?.title.text.startsWith('Pause') && ben.view())
    await ben.submit(pause, { reason: 'waiting for the bank', when: 'when pigs fly' })
    pause = await until('the form again', () => ben.view()?.id !== pause.id && ben.view())
    assert.match(JSON.stringify(pause.blocks[0]), /I can.t read .* as a time/)
    assert.ok(pause.blocks.some((b) => b.element?.initial_value === 'waiting for the bank'))
    await ben.submit(pause, { reason: 'waiting for the bank', when: '2h' })
    await until('it to be paused', async () => (await tocsin.incident('INC-1')).status === 'paused')
    await press(ben, channel, card, 'Resume')
    await until('it to be resumed', async () => (await tocsin.incident('INC-1')).status === 'investigating')

    // a person chosen in a form
    await press(ben, channel, card, 'Comms lead…')
    const comms = await until('a form for a person', () => ben.view()?.title.text.startsWith('Comms') && ben.view())
    await ben.submit(comms, { person: ana.id })
    await until('Ana to have comms', async () => (await tocsin.incident('INC-1')).roles?.comms === 'ana-maria')

    // messages: posted, edited, deleted, reacted to, with a file
    const { message } = ben.say(channel.id, 'it is the <https://gw.example|gateway> &amp; the bank, <@' + ana.id + '>')
    const said = await until('what was said', async () => (await tocsin.timeline('INC-1')).find((e) => e.type === 'said'))
    assert.equal(said.text, 'Ben: it is the gateway (https://gw.example) & the bank, @ana-maria')
    await ben.edit(channel, message, 'it is the bank')
    await ana.react(channel, message.ts, 'pushpin')
    await ben.say(channel.id, 'a graph', { files: [{ id: 'F1', name: 'graph.png', permalink: 'https://tocsin.slack.com/files/F1' }] }).acked
    await ben.delete(channel, message)
    const types = await until('all of this in the timeline', async () => {
      const list = (await tocsin.timeline('INC-1')).map((e) => e.type)
      return ['said', 'said_deleted', 'pinned'].every((x) => list.includes(x)) && list
    })
    assert.equal(types.filter((x) => x === 'said').length, 2)

    // resolved by a mention
    await ana.say(channel.id, `<@${w.bot.id}> resolve rolled back`).acked
    await until('it to be resolved', async () => (await tocsin.incident('INC-1')).status === 'resolved')
    await sees(slack, 'incidents', /resolved/)
    assert.equal((await tocsin.incidents()).length, 1)
    assert.deepEqual(slack.violations, [])
    assert.deepEqual(slack.inbound.lost, [])
  })
}

test('forms, shortcuts and direct messages declare', withSlack, async (t) => {
  const { slack, tocsin, ana, ben } = await together(t)
  await ana.slash('general', '')
  const empty = await until('the form', () => ana.view())
  assert.deepEqual(empty.blocks.map((b) => [b.block_id, b.optional]), [['title', false], ['sev', true], ['service', true], ['private', true]])
  await ana.submit(empty, { title: 'cards are refused' })
  await sees(slack, 'incidents', /INC-1 cards are refused/)

  const { message, channel } = ana.say('general', `<https://status.example|mails> of <@${ben.id}> are late\nsince nine`)
  await ana.shortcut(channel, message)
  const about = await until('the form about the message', () => ana.view() !== empty && ana.view())
  assert.equal(about.blocks[0].element.initial_value, 'mails of @ben are late')
  await ana.submit(about, {})
  await sees(slack, 'incidents', /INC-2 mails of @ben are late/)
  const links = (await tocsin.incident('INC-2')).links
  assert.match(links[0].url, new RegExp(`/archives/${channel.id}/p\\d+$`))

  await ana.say('@tocsin', 'the lights are out').acked
  await sees(slack, 'incidents', /INC-3 the lights are out/)
  assert.deepEqual(slack.violations, [])
})

test('a private incident has a private channel and is not announced', withSlack, async (t) => {
  const { slack, ana, ben } = await together(t)
  await ana.slash('general', 'declare --private somebody reads our mail')
  const channel = await until('the channel', () => slack.channel('inc-1'))
  assert.equal(channel.is_private, true)
  assert.equal(channel.name, 'inc-1')
  await until('Ana to be in it', () => channel.members.has(ana.id))
  await ben.slash('general', 'show INC-1')
  await until('an answer', () => slack.messages('general').find((m) => m.ephemeral === ben.id && /No incident INC-1/.test(textOf(m))))
  await ana.slash('general', 'INC-1 sev major')
  await until('the topic', () => /major/.test(channel.topic.value))
  await ana.slash(channel.name, `invite <@${ben.id}>`)
  await until('Ben to be in it', () => channel.members.has(ben.id))
  await ben.slash('general', 'INC-1 leave')
  await until('Ben to be out of it', () => !channel.members.has(ben.id))
  for (const open of ['incidents', 'general'])
    for (const m of slack.messages(open).filter((x) => x.ephemeral !== ana.id)) assert.doesNotMatch(JSON.stringify(m), /reads our mail/)
  assert.deepEqual(slack.violations, [])
})

test('a customer in a shared channel is told after a thumbs-up, and their replies arrive', withSlack, async (t) => {
  const slackOptions = { connector: 'customers = { C9ACME00001 = "acme" }' }
  const { slack, tocsin, ana, ben, w } = await together(t, 'sockets', slackOptions)
  const shared = w.addChannel('ext-acme', { creator: ana.id, members: [ana.id, w.bot.id], shared: true })
  w.channels.delete(shared.id)
  shared.id = 'C9ACME00001'
  w.channels.set(shared.id, shared)
  const carl = new SlackPerson(slack, { name: 'Carl', team: 'T9ACME0001' })

  await carl.say(shared.id, `<@${ana.id}> we cannot pay`).acked
  const first = await sees(slack, 'incidents', /acme wrote/)
  assert.match(textOf(first), /@ana-mar/)
  assert.match(textOf(first), /from\*?\nCarl/)
  await carl.say(shared.id, 'it is urgent').acked
  const second = await sees(slack, 'incidents', /acme wrote more/)
  assert.ok(!labels(second).includes('Declare'))
  await press(ana, slack.channel('incidents'), first, 'Declare')
  await until('the incident', async () => (await tocsin.incidents()).length === 1)
  await press(ben, slack.channel('incidents'), first, 'Declare')
  await sees(slack, 'incidents', /INC-1 is already open for this/)
  const channel = await until('the channel', () => slack.channel('inc-1'))
  await sees(slack, 'inc-1', /INC-1/, (m) => m.blocks)
  await sees(slack, 'inc-1', /Carl of acme wrote in #ext-acme.*we cannot pay/s)
  await sees(slack, 'inc-1', /Carl of acme wrote in #ext-acme.*it is urgent/s)
  await ana.say(channel.id, '!inc tell acme We see it too, and are <https://status.example|on it>.').acked
  const draft = await sees(slack, 'inc-1', /Message 1 to acme/)
  assert.equal(slack.messages(shared.id).length, 2)
  await until('the draft to be known', async () => (await tocsin.incident('INC-1')).draft_cards?.length)
  await ben.react(channel, draft.ts, '+1::skin-tone-3')
  await until('the customer to be told', () => slack.messages(shared.id).find((m) => /We see it too/.test(m.text)))
  await sees(slack, 'inc-1', /approved by Ben/)
  await sees(slack, 'inc-1', /acme was told via slack/)
  await carl.say(shared.id, 'thanks, it works').acked
  await sees(slack, 'inc-1', /Carl of acme replied in #ext-acme/)
  await carl.edit(shared, slack.messages(shared.id).find((m) => /thanks/.test(m.text)), 'thanks, it works AT LAST').acked
  await sees(slack, 'inc-1', /\(edited\).*AT LAST/s)

  // an answer by the button, and one in the thread, are drafts
  const words = await sees(slack, 'inc-1', /thanks, it works(?! AT)/)
  ana.press(channel, words, 'Reply')
  const form = await until('the form', () => ana.view())
  assert.match(JSON.stringify(form.blocks), /acme wrote: thanks, it works AT LAST/)
  await ana.submit(form, { text: 'You are welcome.' })
  await sees(slack, 'inc-1', /Message 2 to acme/)
  await ben.say(channel.id, 'Glad to hear it.', { thread: words.ts }).acked
  await sees(slack, 'inc-1', /Message 3 to acme.*Glad to hear it/s)
  await sees(slack, 'inc-1', /Nothing was sent to acme: this is a draft/, (m) => m.thread_ts === words.ts)
  assert.ok(!slack.messages(shared.id).some((m) => /welcome|Glad/.test(m.text)))

  await ana.say(shared.id, 'glad to hear').acked // a colleague is not a customer
  const replies = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'replied')
  assert.equal(replies.length, 3)
  assert.match(replies[2].text, /thanks, it works AT LAST/)
  assert.equal((await tocsin.incidents()).length, 1)
  assert.deepEqual(slack.violations, [])
})

test('text with Slack markup is shown as it was typed', withSlack, async (t) => {
  const { slack, ana } = await together(t)
  const hostile = '<!channel> *now* <@U0BADBADBAD> &lt;!here&gt; https://evil.example `x` ~a~'
  await ana.slash('general', `declare ${hostile.replace(/</g, '&lt;').replace(/>/g, '&gt;')}`)
  await sees(slack, 'inc-1', /INC-1/)
  // Only where Slack reads markup, so not in headers and buttons.
  const marked = slack.log.flatMap(({ args }) => [args.text, args.topic, args.purpose,
    ...JSON.stringify(JSON.parse(args.blocks ?? '[]')).matchAll(/"type":"mrkdwn","text":"((?:[^"\\\\]|\\\\.)*)"/g)].map((x) => x?.[1] && typeof x !== 'string' ? x[1] : x))
  assert.ok(marked.some((text) => text?.includes('&lt;!channel&gt;')))
  for (const text of marked.filter(Boolean)) assert.doesNotMatch(text, /<!(?!date\^\d+\^\{date_short_pretty\})|<@U0BAD/)
  assert.deepEqual(slack.violations, [])
})

test('envelopes count once when they are repeated, reordered, or sent through a connection that ends', withSlack, async (t) => {
  const { slack, tocsin, ana, w } = await together(t)
  await ana.invite('general')
  slack.inbound.duplicates = 5
  await Promise.all([1, 2, 3, 4, 5].map((i) => ana.slash('general', `problem number ${i} is here`)))
  await until('five', async () => (await tocsin.incidents()).length === 5)
  const before = slack.inbound.sockets.map((s) => s.socket)
  slack.inbound.disconnect('warning', { after: 1500 })
  await until('other connections', () => slack.inbound.sockets.filter((s) => !before.includes(s.socket)).length >= 2)
  slack.inbound.held = []
  const waiting = [6, 7, 8].map((i) => ana.say('general', `<@${w.bot.id}> problem number ${i} is here`).acked)
  slack.inbound.release((list) => list.reverse())
  slack.inbound.ackMs = 500
  slack.inbound.cut()
  await Promise.all(waiting)
  await until('eight', async () => (await tocsin.incidents()).length >= 8)
  await sleep(300)
  assert.equal((await tocsin.incidents()).length, 8)
  assert.deepEqual(slack.inbound.lost, [])
})

test('requests that Slack did not sign, or signed long ago, and replays are refused', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'http')
  const url = `${tocsin.url}/connector/slack`
  const form = new URLSearchParams({ command: '/inc', text: 'declare it broke', user_id: ana.id, channel_id: slack.channel('general').id, trigger_id: '1.1' }).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = async (headers, body = form, path = '/commands') => (await fetch(url + path, { method: 'POST', headers: { ...type, ...headers }, body })).status
  const now = Math.floor(Date.now() / 1000)
  assert.equal(await post({}), 401)
  assert.equal(await post(slack.inbound.signed(form, now, 'another secret')), 401)
  assert.equal(await post(slack.inbound.signed(form, now - 301)), 401)
  assert.equal(await post(slack.inbound.signed(form, now + 301)), 401)
  assert.equal(await post({ ...slack.inbound.signed(form), 'x-slack-signature': 'v0=' }), 401)
  assert.equal(await post(slack.inbound.signed(form), form + '&x=1'), 401)
  assert.equal((await tocsin.incidents()).length, 0)
  const good = slack.inbound.signed(form)
  assert.equal(await post(good), 200)
  assert.equal(await post(good), 401) // a replay
  await until('one', async () => (await tocsin.incidents()).length === 1)
  const nonsense = 'payload=%7Bnot json'
  assert.equal(await post(slack.inbound.signed(nonsense), nonsense, '/interactive'), 400)
  const bomb = JSON.stringify({ type: 'event_callback', event: '['.repeat(300_000) })
  assert.ok([400, 413].includes(await post({ 'content-type': 'application/json', ...slack.inbound.signed(bomb.repeat(2)) }, bomb.repeat(2), '/events')))
  const hello = JSON.stringify({ type: 'url_verification', challenge: 'c-123' })
  const answer = await fetch(url + '/events', { method: 'POST', headers: { 'content-type': 'application/json', ...slack.inbound.signed(hello) }, body: hello })
  assert.equal(await answer.text(), 'c-123')
  assert.equal((await fetch(url + '/events')).status, 405)
  assert.equal((await tocsin.incidents()).length, 1)

  // the connector stays up whatever a stranger sends
  const runners = tocsin.runners().sort()
  const odd = [
    ['X-Slack-Signature: v0=aa', 'X-Slack-Signature: v0=bb', `X-Slack-Request-Timestamp: ${now}`],
    ['X-Slack-Request-Timestamp: 1', 'X-Slack-Request-Timestamp: 2', 'X-Slack-Signature: v0=aa'],
    ['X-Twice: a', 'x-twice: b', 'X-TWICE: c'],
    ['X-Bytes: \xff\xfe\xc3', 'X-Slack-Signature: \xff'],
    ['User-Agent: ', 'X-Quote: "\\', 'X-Signs: <>&\t|'],
  ]
  for (const headers of odd)
    for (const path of ['/events', '/events?a=\xff%ff%00', '/\xc3%c3', '/%22%5c'])
      assert.match(await raw(tocsin.port, path, headers), /^HTTP\/1\.1 4\d\d /, `${path} ${headers}`)
  assert.deepEqual(tocsin.runners().sort(), runners)
  assert.doesNotMatch((await tocsin.tocsin('connector', 'list')).out, /waiting|broken/)
})

// Sends a request with exactly these bytes; resolves with the answer.
const raw = (port, path, headers) => new Promise((done, fail) => {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (bytes) => (said += bytes.toString('latin1'))).on('end', () => done(said)).on('error', fail)
  socket.end(Buffer.from([`POST /connector/slack${path} HTTP/1.1`, 'Host: x', 'Content-Length: 2', 'Connection: close', ...headers, '', '{}'].join('\r\n'), 'latin1'))
})

test('what Slack refuses is shown to the operator, without secrets', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  for (const scope of ['pins:write', 'usergroups:write']) slack.scopes.delete(scope)
  const check = await tocsin.tocsin('connector', 'check', 'slack')
  assert.match(check.out + check.err, /pins:write.*not pinned/s)
  slack.tokenError = 'token_revoked'
  await ana.slash('general', 'checkout is slow')
  await until('the problem to be reported', async () => /token was revoked/.test((await tocsin.tocsin('connector', 'list')).out + (await tocsin.tocsin('inc', 'actions')).out))
  slack.tokenError = ''
  await tocsin.tocsin('connector', 'restart', 'slack')
  await sees(slack, 'inc-1', /INC-1 checkout is slow/)
  assert.ok(!tocsin.log.includes(slack.botToken) && !tocsin.log.includes(slack.appToken))
})

test('a call that fails in any way takes effect once', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  for (const how of ['cut after', 'cut before', 500, 'malformed', 429, 'internal_error', { slow: 300 }]) {
    slack.fail('chat.postMessage', how)
    slack.fail('conversations.create', how)
    slack.fail('conversations.setTopic', how)
  }
  for (let i = 1; i <= 7; i++) await ana.slash('general', `problem number ${i} is here`)
  for (let i = 1; i <= 7; i++) await until(`the card of INC-${i}`, () => slack.channel(`inc-${i}-`) && slack.messages(slack.channel(`inc-${i}-`).id).some((m) => m.blocks), 60_000)
  await until('everything to be done', async () => !/waiting|sending/.test((await tocsin.tocsin('inc', 'actions')).out), 60_000)
  const names = [...slack.workspace.channels.values()].map((c) => c.name).filter((n) => n.startsWith('inc-'))
  assert.equal(names.length, 7, names.join())
  for (const channel of slack.workspace.channels.values()) {
    const keys = channel.messages.filter((m) => m.metadata).map((m) => m.metadata.event_payload.key + m.metadata.event_payload.part)
    assert.equal(new Set(keys).size, keys.length, `a message appears twice in ${channel.name}`)
  }
  assert.deepEqual(slack.violations, [])
})
