// What Slack sends to an app: envelopes through sockets, or signed requests; again when they are not acknowledged in time.
import { createHmac, randomUUID } from 'node:crypto'

const ATTEMPTS = 4

export class Inbound {
  constructor(slack) {
    this.slack = slack
    this.sockets = [] // { socket, ready }
    this.next = 0
    this.pending = new Map() // envelope id -> what is known of it
    this.requestUrl = '' // where requests go by HTTP: …/connector/slack
    this.ackMs = 3000
    this.duplicates = 0 // so many of the next ones are sent twice
    this.held = null // a list: envelopes wait in it, to be let go in another order
    this.acked = []
    this.lost = [] // never acknowledged
    this.responses = [] // posted to a response_url
    this.stopped = false
  }

  stop() {
    this.stopped = true
    for (const p of this.pending.values()) clearTimeout(p.timer)
  }

  // ---- sockets ----

  connected(socket, request) {
    const entry = { socket }
    this.sockets.push(entry)
    socket.on('message', (bytes) => this.acknowledged(String(bytes)))
    socket.on('close', () => (this.sockets = this.sockets.filter((s) => s !== entry)))
    socket.on('error', () => {})
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.sockets.length, connection_info: { app_id: 'A0TOCSIN1' },
      debug_info: { host: request.headers.host, approximate_connection_time: 18060 } }))
  }

  acknowledged(text) {
    const { envelope_id: id, payload } = JSON.parse(text)
    const waiting = this.pending.get(id)
    if (!waiting) return
    clearTimeout(waiting.timer)
    this.pending.delete(id)
    this.acked.push({ id, at: Date.now(), payload })
    waiting.done(payload)
  }

  // Slack's word before it ends connections; then it ends them.
  async disconnect(reason, { after = 200 } = {}) {
    const now = [...this.sockets]
    for (const { socket } of now) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'stand-in' } }))
    setTimeout(() => now.forEach(({ socket }) => socket.close()), after)
  }

  cut() {
    for (const { socket } of this.sockets) socket.terminate()
  }

  // ---- delivery ----

  event(event) {
    return this.deliver('events_api', { token: 'x', team_id: this.slack.workspace.team, api_app_id: 'A0TOCSIN1', event,
      type: 'event_callback', event_id: this.slack.workspace.id('Ev'), event_time: Math.floor(Date.now() / 1000) })
  }

  // Resolves with the app's answer; with undefined when it never acknowledged.
  deliver(type, payload) {
    if (this.stopped) return Promise.resolve()
    const entry = { id: randomUUID(), type, payload, attempt: 0, accepts: type !== 'events_api' }
    const result = new Promise((done) => (entry.done = done))
    if (this.held) this.held.push(entry)
    else this.send(entry)
    return result
  }

  // Lets go what was held, in the order given by `sort`.
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
      ...(attempt ? { retry_attempt: attempt, retry_reason: entry.reason } : {}) }))
  }

  sendAgain(entry, reason) {
    if (this.stopped) return
    entry.reason = reason
    if (++entry.attempt < ATTEMPTS || this.patient) return this.send(entry)
    this.pending.delete(entry.id)
    this.lost.push(entry)
    entry.done(undefined)
  }

  // ---- by HTTP ----

  request(type, payload) {
    if (type === 'events_api') return ['/events', JSON.stringify(payload), 'application/json']
    const form = type === 'slash_commands' ? payload : { payload: JSON.stringify(payload) }
    const path = type === 'slash_commands' ? '/commands' : '/interactive'
    return [path, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded']
  }

  signed(body, at = Math.floor(Date.now() / 1000), secret = this.slack.signingSecret) {
    const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')
    return { 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${signature}` }
  }

  async post(entry) {
    const [path, body, type] = this.request(entry.type, entry.payload)
    const headers = { 'content-type': type, ...this.signed(body),
      ...(entry.attempt ? { 'x-slack-retry-num': String(entry.attempt), 'x-slack-retry-reason': entry.reason } : {}) }
    const status = await fetch(this.requestUrl + path, { method: 'POST', headers, body, signal: AbortSignal.timeout(this.ackMs) })
      .then((r) => r.status, () => 0)
    if (status === 200) {
      this.acked.push({ id: entry.id, at: Date.now() })
      return entry.done({})
    }
    setTimeout(() => this.sendAgain(entry, status ? 'http_error' : 'http_timeout'), 100 * (entry.attempt + 1))
  }

  // What an app posts to a response_url.
  respond(path, body, response) {
    this.responses.push({ path, body: JSON.parse(body) })
    response.writeHead(200).end('ok')
  }
}
