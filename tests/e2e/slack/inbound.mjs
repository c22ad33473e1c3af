// What Slack sends to an app: envelopes through sockets, or signed requests. Events that are not acknowledged in time are sent
// again. Commands, button presses and forms are not: the person sees that it failed and may try again.
import { createHmac, randomUUID } from 'node:crypto'

const ATTEMPTS = 4
const CONNECTIONS = 10
const PING_MS = 5000
const TICKET_MS = 30_000
const RESPONSES = 5
const RESPONSE_MS = 30 * 60_000

export class Inbound {
  constructor(slack) {
    this.slack = slack
    this.tickets = new Map() // url -> when it was issued; each opens one connection
    this.sockets = [] // { socket, ready }
    this.next = 0
    this.pending = new Map() // envelope id -> the envelope
    this.requestUrl = '' // where HTTP requests go: …/connector/slack
    this.paths = { events_api: '/events', slash_commands: '/commands', interactive: '/interactive' }
    this.ackMs = 3000
    this.duplicates = 0 // how many of the next envelopes are sent twice
    this.held = null // a list in which envelopes wait, to be released in another order
    this.acked = []
    this.lost = [] // never acknowledged
    this.places = new Map() // path of a response_url -> the channel, user and message it belongs to
    this.responses = [] // posted to a response_url
    this.stopped = false
  }

  stop() {
    this.stopped = true
    clearInterval(this.pings)
    for (const p of this.pending.values()) clearTimeout(p.timer)
  }

  // ---- sockets ----

  ticket() {
    const path = `/link/?ticket=${randomUUID()}&app_id=${this.slack.workspace.app}`
    this.tickets.set(path, Date.now())
    return this.slack.url.replace('http', 'ws') + path
  }

  admits(path) {
    const at = this.tickets.get(path)
    this.tickets.delete(path)
    return at !== undefined && Date.now() - at < TICKET_MS
  }

  connected(socket, request) {
    const entry = { socket }
    this.sockets.push(entry)
    this.pings ??= setInterval(() => this.sockets.forEach((s) => s.socket.ping('ping from the fake Slack')), PING_MS).unref()
    socket.on('message', (bytes) => this.acknowledged(String(bytes)))
    socket.on('close', () => (this.sockets = this.sockets.filter((s) => s !== entry)))
    socket.on('error', () => {})
    const host = request.headers.host
    if (this.sockets.length > CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host } }))
      return socket.close()
    }
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.sockets.length, connection_info: { app_id: this.slack.workspace.app },
      debug_info: { host, build_number: 1, approximate_connection_time: 18060 } }))
  }

  acknowledged(text) {
    let ack
    try {
      ack = JSON.parse(text)
    } catch {}
    if (typeof ack?.envelope_id !== 'string') return void this.slack.violations.push(`no acknowledgement: ${text}`)
    const waiting = this.pending.get(ack.envelope_id)
    if (waiting) this.done(waiting, ack.payload)
  }

  done(entry, payload) {
    clearTimeout(entry.timer)
    this.pending.delete(entry.id)
    this.acked.push({ id: entry.id, type: entry.type, at: Date.now(), payload })
    entry.done(payload ?? {})
  }

  // Announces the end of the connections, then ends them.
  async disconnect(reason, { after = 200 } = {}) {
    const now = [...this.sockets]
    for (const { socket } of now) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }))
    setTimeout(() => now.forEach(({ socket }) => socket.close()), after).unref()
  }

  cut() {
    for (const { socket } of this.sockets) socket.terminate()
  }

  // ---- delivery ----

  event(event) {
    const w = this.slack.workspace
    const channel = w.channels.get(event.channel ?? event.item?.channel)
    return this.deliver('events_api', { token: 'x', team_id: w.team, context_team_id: w.team, context_enterprise_id: null, api_app_id: w.app,
      event: { event_ts: w.ts(), ...event }, type: 'event_callback', event_id: w.id('Ev'), event_time: Math.floor(Date.now() / 1000),
      authorizations: [{ enterprise_id: null, team_id: w.team, user_id: w.bot.id, is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: !!channel?.is_ext_shared, event_context: `4-${w.id('c')}` })
  }

  // Resolves with the app's answer, or with undefined if it never acknowledged.
  deliver(type, payload) {
    if (this.stopped) return Promise.resolve()
    const entry = { id: randomUUID(), type, payload, attempt: 0, accepts: type !== 'events_api' }
    const result = new Promise((done) => (entry.done = done))
    if (this.held) this.held.push(entry)
    else this.send(entry)
    return result
  }

  // Sends what was held, in the order given by `sort`.
  release(sort = (list) => list) {
    const held = this.held ?? []
    this.held = null
    for (const entry of sort(held)) this.send(entry)
  }

  send(entry) {
    if (this.requestUrl) return void this.post(entry)
    this.pending.set(entry.id, entry)
    const twice = this.duplicates > 0 && this.duplicates-- > 0
    for (let i = 0; i < (twice ? 2 : 1); i++) this.sendOnce(entry)
    entry.timer = setTimeout(() => this.sendAgain(entry, 'timeout'), this.ackMs)
  }

  sendOnce(entry) {
    const { id, type, payload, attempt, accepts } = entry
    if (!this.sockets.length) return
    const { socket } = this.sockets[this.next++ % this.sockets.length]
    socket.send(JSON.stringify({ envelope_id: id, type, accepts_response_payload: accepts, payload,
      ...(type === 'events_api' ? { retry_attempt: attempt, retry_reason: entry.reason ?? '' } : {}) }))
  }

  sendAgain(entry, reason, never = false) {
    if (this.stopped) return
    entry.reason = reason
    if (!never && entry.type === 'events_api' && (++entry.attempt < ATTEMPTS || this.patient)) return this.send(entry)
    this.pending.delete(entry.id)
    this.lost.push(entry)
    entry.done(undefined)
  }

  // ---- by HTTP ----

  request(type, payload) {
    if (type === 'events_api') return [JSON.stringify(payload), 'application/json']
    const form = type === 'slash_commands' ? payload : { payload: JSON.stringify(payload) }
    return [new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded']
  }

  signed(body, at = Math.floor(Date.now() / 1000), secret = this.slack.signingSecret) {
    const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')
    return { 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${signature}` }
  }

  async post(entry) {
    const [body, type] = this.request(entry.type, entry.payload)
    const headers = { 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', 'content-type': type, ...this.signed(body),
      ...(entry.attempt ? { 'x-slack-retry-num': String(entry.attempt), 'x-slack-retry-reason': entry.reason } : {}) }
    const signal = AbortSignal.timeout(this.ackMs)
    const answer = await fetch(this.requestUrl + this.paths[entry.type], { method: 'POST', headers, body, signal })
      .then(async (r) => ({ ok: r.ok, final: r.headers.get('x-slack-no-retry') === '1', text: await r.text() }), () => null)
    if (answer?.ok) return this.done(entry, payloadOf(answer.text))
    setTimeout(() => this.sendAgain(entry, answer ? 'http_error' : 'http_timeout', answer?.final), 100 * (entry.attempt + 1))
  }

  // What Slack does when an operator enters the address: it sends a challenge.
  async verify() {
    const challenge = randomUUID()
    const body = JSON.stringify({ token: 'x', type: 'url_verification', challenge })
    const headers = { 'content-type': 'application/json', ...this.signed(body) }
    const text = await (await fetch(this.requestUrl + this.paths.events_api, { method: 'POST', headers, body })).text()
    return text === challenge || payloadOf(text).challenge === challenge
  }

  // ---- response_url ----

  responseUrl(place) {
    const w = this.slack.workspace
    const path = `/response/${w.team}/${w.id('R')}/${randomUUID()}`
    this.places.set(path, { ...place, at: Date.now(), uses: 0 })
    return this.slack.url + path
  }

  // Takes what an app posts there, for half an hour and five times.
  respond(path, body, response) {
    const place = this.places.get(path)
    const say = (status, text) => response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
    if (!place) return say(404, 'no_service')
    if (Date.now() - place.at > RESPONSE_MS) return say(404, 'expired_url')
    if (place.uses >= RESPONSES) return say(404, 'used_url')
    const message = payloadOf(body)
    const why = this.slack.faultOf(message)
    if (why) return say(400, why)
    place.uses++
    this.responses.push({ path, body: message })
    this.show(place, message)
    say(200, 'ok')
  }

  // Shows an answer to a command or a press: as a new message, visible to the asker alone unless it says otherwise, or in place of
  // the original.
  show({ channel, user, message }, said) {
    const w = this.slack.workspace
    if (said.delete_original && message) return void (message.deleted = true)
    const content = { text: said.text ?? '', ...(said.blocks ? { blocks: w.withIds(said.blocks) } : {}) }
    if (said.replace_original && message) {
      message.revisions.push({ text: message.text, blocks: message.blocks })
      return void Object.assign(message, { blocks: undefined, ...content })
    }
    w.addMessage(channel, { ...w.botSays(), ...content, ...(said.thread_ts ? { thread_ts: said.thread_ts } : {}),
      ...(said.response_type === 'in_channel' ? {} : { ephemeral: user }) })
  }
}

// An app's answer: JSON, or plain text.
function payloadOf(text) {
  try {
    const value = JSON.parse(text)
    return value && typeof value === 'object' ? value : {}
  } catch {
    return text ? { text } : {}
  }
}
