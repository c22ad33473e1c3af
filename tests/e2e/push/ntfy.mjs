// ntfy on loopback: what may be published is checked; a notification with the same sequence id replaces the one before it, as since 2.16.
//
//     const ntfy = await startNtfy()
//     ntfy.notifications                 // as a telephone shows them: the latest of each sequence id, in `sounded` how often it made a sound
//     await ntfy.presses(notification)   // the status of its button's request
import { Refusal, StandIn, list } from '../standin.mjs'

const action = { action: ['http', 'view'], label: 'text', url: 'text', 'method?': ['POST', 'PUT', 'GET', 'DELETE'], 'clear?': 'flag', 'headers?': 'any', 'body?': 'text' }
const message = { topic: 'text', 'message?': 'text', 'title?': 'text', 'priority?': [1, 2, 3, 4, 5], 'tags?': list('text'), 'click?': 'text', 'actions?': list(action),
  'delay?': 'text', 'sequence_id?': 'text', 'markdown?': 'flag' }

const errors = { 40101: [401, 'unauthorized'], 40301: [403, 'forbidden'], 40009: [400, 'invalid request: topic invalid'], 40024: [400, 'invalid request: JSON must be an object'],
  42901: [429, 'limit reached: too many requests'], 42908: [429, 'limit reached: daily message quota reached'] }

export function refusal(code) {
  const [http, error] = errors[code]
  return new Refusal(http, { code, http, error, link: 'https://ntfy.sh/docs/publish/' })
}

export class Ntfy extends StandIn {
  constructor() {
    super('', {
      publish: ['POST', '/', (c) => this.publish(c), { body: message }],
      account: ['GET', '/v1/account', (c) => [200, { username: 'tocsin', role: 'user' }]],
      health: ['GET', '/v1/health', () => [200, { healthy: true }]],
    })
    this.token = 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2'
    this.forbidden = new Set() // topics
    this.notifications = []
  }

  refusal = () => ({ code: 40024, http: 400, error: 'invalid request' })

  login({ headers, path }) {
    if (path !== '/v1/health' && headers.authorization !== `Bearer ${this.token}`) throw refusal(40101)
  }

  publish({ body, text }) {
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(body.topic)) throw refusal(40009)
    if (this.forbidden.has(body.topic)) throw refusal(40301)
    if (Buffer.byteLength(body.message ?? '') > 4096) this.violations.push('the message becomes an attachment')
    if ((body.actions?.length ?? 0) > 3) this.violations.push('more than three actions')
    const id = Math.random().toString(36).slice(2, 14)
    const at = this.notifications.findIndex((n) => body.sequence_id && n.sequence_id === body.sequence_id && n.topic === body.topic)
    if (at >= 0) this.notifications[at] = { ...body, id, sounded: this.notifications[at].sounded }
    else this.notifications.push({ ...body, id, sounded: 1 })
    const time = Math.floor(Date.now() / 1000)
    return [200, { id, time, expires: time + 43200, event: 'message', ...body }]
  }

  async presses(notification, label = 'Acknowledge') {
    const button = notification.actions.find((a) => a.label === label)
    const answer = await fetch(button.url, { method: button.method ?? 'POST' })
    return { status: answer.status, text: await answer.text() }
  }
}

export const startNtfy = () => new Ntfy().start()
