// Webhooks: what is sent when a ticket changes, signed as Zendesk signs it.
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { missing } from './refusal.mjs'

const TIMEOUT_MS = 12_000

const sign = (secret, at, body) => createHmac('sha256', secret).update(at + body).digest('base64')
const eventTypes = { Comment: 'comment_added', status: 'status_changed', tags: 'tags_changed', subject: 'subject_changed' }

export class Hooks {
  constructor(desk) {
    this.desk = desk
    this.list = []
    this.template = '{"ticket_id": "{{ticket.id}}"}' // of the trigger
    this.when = () => true // the trigger's conditions: (ticket, audit)
    this.duplicates = 0 // how many of the next requests are sent twice
    this.held = null // a list in which requests wait, to be released in another order
    this.forge = (headers) => headers // tests change what is signed
    this.pauseMs = 100
    this.sent = [] // { id, body, status }
    this.lost = []
    this.stopped = false
  }

  create({ name, endpoint, subscriptions = ['conditional_ticket_events'], status = 'active', http_method = 'POST', request_format = 'json' }) {
    const hook = { id: randomUUID(), name, endpoint, subscriptions, status, http_method, request_format }
    Object.defineProperty(hook, 'secret', { value: randomBytes(24).toString('base64'), enumerable: false })
    this.list.push(hook)
    return hook
  }

  find(id) {
    const hook = this.list.find((h) => h.id === id)
    if (!hook) throw missing()
    return hook
  }

  happened(ticket, audit) {
    for (const hook of this.list) {
      if (hook.status !== 'active') continue
      if (hook.subscriptions.includes('conditional_ticket_events')) {
        if (!audit.deleted && this.when(ticket, audit)) this.deliver(hook, this.template.replaceAll('{{ticket.id}}', String(ticket.id)))
      } else {
        for (const type of this.typesOf(audit)) if (hook.subscriptions.includes(type)) this.deliver(hook, JSON.stringify(this.envelope(ticket, audit, type)))
      }
    }
  }

  typesOf({ events, deleted }) {
    const types = events.map((e) => (e.type === 'Comment' ? 'comment_added' : e.type === 'Change' && eventTypes[e.field_name])).filter(Boolean)
    return [...new Set(deleted ? ['soft_deleted'] : types)].map((t) => `zen:event-type:ticket.${t}`)
  }

  envelope(ticket, audit, type) {
    return { id: randomUUID(), type, time: new Date().toISOString(), zendesk_event_version: '2022-11-06', account_id: 1, subject: `zen:ticket:${ticket.id}`,
      event: { meta: { version: '1.0', occurred_at: audit.created_at, sequence: { id: String(audit.id), position: 1, total: 1 } } },
      detail: { id: String(ticket.id), subject: ticket.subject, status: ticket.status.toUpperCase(), requester_id: String(ticket.requester_id), updated_at: ticket.updated_at } }
  }

  deliver(hook, body) {
    const entry = { hook, body, id: `01${randomBytes(12).toString('hex').toUpperCase()}` }
    if (this.held) this.held.push(entry)
    else this.send(entry)
  }

  release(sort = (list) => list) {
    const held = this.held ?? []
    this.held = null
    return sort(held).reduce((before, entry) => before.then(() => this.send(entry)), Promise.resolve())
  }

  async send(entry) {
    const twice = this.duplicates > 0 && this.duplicates-- > 0
    await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.attempt(entry)))
  }

  // 409 is sent again three times; 503 and what is not answered in time, too.
  async attempt(entry) {
    for (let i = 0; i < 4 && !this.stopped; i++) {
      const status = await this.post(entry)
      if (status && status < 400) return
      if (status && ![409, 429, 503].includes(status)) break
      await new Promise((done) => setTimeout(done, this.pauseMs * 2 ** i))
    }
    this.lost.push(entry)
  }

  async post({ hook, body, id }) {
    const at = new Date().toISOString().replace(/\.\d+Z/, 'Z')
    const headers = this.forge({ 'content-type': 'application/json; charset=utf-8', 'x-zendesk-webhook-id': hook.id, 'x-zendesk-webhook-invocation-id': id, 'x-zendesk-account-id': '1',
      'x-zendesk-webhook-signature-timestamp': at, 'x-zendesk-webhook-signature': sign(hook.secret, at, body) }, (t, text = body) => sign(hook.secret, t, text))
    const answer = await fetch(hook.endpoint, { method: 'POST', body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined)
    this.sent.push({ id, body, headers, status: answer?.status ?? 0 })
    return answer?.status
  }
}
