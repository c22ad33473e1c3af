// Intercom's webhooks: signed notifications, which may come late, twice, or in another order.
import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

export class Webhooks {
  constructor(workspace) {
    this.workspace = workspace
    this.url = null // where they go
    this.secret = 'the client secret of a fake app'
    this.retryMs = 200 // Intercom waits a minute
    this.held = null // notifications that wait for release()
    this.sent = [] // { topic, body, signature, status }
  }

  // What Intercom does when the address is saved. Returns the status of the answer.
  async probe() {
    return (await fetch(this.url, { method: 'HEAD' })).status
  }

  sign(body) {
    return `sha1=${createHmac('sha1', this.secret).update(body).digest('hex')}`
  }

  itemOf(topic, record, part, more) {
    if (topic.endsWith('.deleted')) return { type: 'conversation', id: record.id }
    return { ...(record.ticket_type_id ? this.workspace.shownTicket(record) : this.workspace.shown(record, part ? [part] : [])), ...more }
  }

  notify(topic, record, part, more) {
    if (!this.url) return
    const item = topic === 'ping' ? { type: 'ping', message: 'something something interzen' } : this.itemOf(topic, record, part, more)
    const at = this.workspace.now()
    const body = JSON.stringify({ type: 'notification_event', app_id: this.workspace.app.id_code, data: { type: 'notification_event_data', item }, links: {}, id: `notif_${randomUUID()}`, topic, delivery_status: 'pending',
      delivery_attempts: 1, delivered_at: 0, first_sent_at: at, created_at: at, self: null })
    if (this.held) this.held.push([topic, body])
    else this.deliver(topic, body)
  }

  hold() {
    this.held = []
  }

  // Sends what was held, in the order that `arrange` makes of it.
  async release(arrange = (all) => all) {
    const all = arrange(this.held)
    this.held = null
    for (const [topic, body] of all) await this.deliver(topic, body)
  }

  async replay(one = this.sent.at(-1)) {
    return this.post(one.body, one.signature)
  }

  async post(body, signature) {
    try {
      const answer = await fetch(this.url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'user-agent': 'intercom-webhooks/1.0', 'x-hub-signature': signature }, signal: AbortSignal.timeout(5000) })
      return answer.status
    } catch {
      return 0
    }
  }

  async deliver(topic, body) {
    const one = { topic, body, signature: this.sign(body) }
    this.sent.push(one)
    for (let attempt = 0; attempt < 2; attempt++) {
      one.status = await this.post(body, one.signature)
      if (one.status >= 200 && one.status < 300) return
      await wait(this.retryMs, undefined, { ref: false })
    }
  }
}
