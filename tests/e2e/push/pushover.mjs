// Pushover on loopback, as https://pushover.net/api and /api/receipts describe it.
//
//     const pushover = await startPushover()
//     const [sent] = pushover.sent                  // { receipt, form, state: 'sounds' | 'acknowledged' | 'expired' | 'canceled' }
//     await pushover.acknowledges(sent)             // and it calls back, once
import { randomBytes } from 'node:crypto'
import { Refusal, StandIn } from '../standin.mjs'

const word = (bytes) => randomBytes(bytes * 2).toString('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, 30).padEnd(30, 'x')
const message = { token: 'text', user: 'text', message: 'text', 'title?': 'text', 'url?': 'text', 'url_title?': 'text', 'priority?': 'text', 'retry?': 'text', 'expire?': 'text',
  'callback?': 'text', 'sound?': 'text', 'device?': 'text', 'tags?': 'text', 'ttl?': 'text' }

export class Pushover extends StandIn {
  constructor() {
    super('/1', {
      'messages.create': ['POST', '/messages.json', (c) => this.create(c), { body: message }],
      receipt: ['GET', '/receipts/{}.json', (c, receipt) => this.tell(c, receipt), { query: { token: 'text' } }],
      cancel: ['POST', '/receipts/{}/cancel.json', (c, receipt) => this.cancel(c, receipt), { body: { token: 'text' } }],
      limits: ['GET', '/apps/limits.json', () => [200, { limit: 10000, remaining: 9999, reset: 1798761600, status: 1, request: word(20) }], { query: { token: 'text' } }],
    })
    this.token = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
    this.users = new Set(['uQiRzpo4DXghDmr9QzzfQu27cmVRsG'])
    this.sent = []
    this.asked = new Map() // receipt -> when it was last asked for
    this.answered = []
  }

  refusal = (what) => ({ errors: [what], status: 0, request: word(20) })

  login(call) {
    if (call.text) call.text = JSON.stringify(Object.fromEntries(new URLSearchParams(call.text)))
    const token = call.query.token ?? JSON.parse(call.text || '{}').token
    if (token !== this.token) throw new Refusal(400, { token: 'invalid', ...this.refusal('application token is invalid') })
  }

  create({ body }) {
    if (!this.users.has(body.user)) throw new Refusal(400, { user: 'invalid', ...this.refusal('user identifier is not a valid user, group, or subscribed user key') })
    if (!body.message) throw new Refusal(400, { message: 'cannot be blank', ...this.refusal('message cannot be blank') })
    if ([...body.message].length > 1024 || [...(body.title ?? '')].length > 250 || (body.url ?? '').length > 512) throw new Refusal(400, this.refusal('too long'))
    if (body.priority === '2' && !(Number(body.retry) >= 30 && Number(body.expire) <= 10800)) throw new Refusal(400, this.refusal('retry or expire is out of range'))
    const made = { receipt: word(20), form: body, state: 'sounds', at: Math.floor(Date.now() / 1000) }
    this.sent.push(made)
    return [200, { status: 1, request: word(20), ...(body.priority === '2' ? { receipt: made.receipt } : {}) }]
  }

  find(receipt) {
    const made = this.sent.find((s) => s.receipt === receipt)
    if (!made) throw new Refusal(404, { receipt: 'not found', ...this.refusal('receipt not found; may be invalid or expired') })
    return made
  }

  tell(call, receipt) {
    const made = this.find(receipt)
    const before = this.asked.get(receipt)
    if (before && Date.now() - before < 4900 && !made.called) this.violations.push('a receipt was asked for more often than every 5 seconds')
    this.asked.set(receipt, Date.now())
    const done = made.state === 'acknowledged'
    return [200, { status: 1, acknowledged: Number(done), acknowledged_at: done ? made.at : 0, acknowledged_by: done ? made.form.user : '', acknowledged_by_device: done ? 'phone' : '',
      last_delivered_at: made.delivered ? made.at : 0, expired: Number(made.state === 'expired'), expires_at: made.at + Number(made.form.expire), called_back: Number(!!made.called),
      called_back_at: 0, request: word(20) }]
  }

  cancel(call, receipt) {
    const made = this.find(receipt)
    if (made.state === 'sounds') made.state = 'canceled'
    return [200, { status: 1, request: word(20) }]
  }

  async acknowledges(made, { calls = true } = {}) {
    made.state = 'acknowledged'
    if (!calls || !made.form.callback) return undefined
    made.called = true
    const body = new URLSearchParams({ receipt: made.receipt, acknowledged: '1', acknowledged_at: String(made.at), acknowledged_by: made.form.user, acknowledged_by_device: 'phone' })
    return (await fetch(made.form.callback, { method: 'POST', body })).status
  }
}

export const startPushover = () => new Pushover().start()
