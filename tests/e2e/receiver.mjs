// Somebody's own system at the other end of the connector `webhook`: it checks signatures with the library of Standard Webhooks, keeps each
// id once, and signs what it sends.
//
//     const receiver = await Receiver.start(t)
//     receiver.received                                  // [{ id, type, timestamp, data, times }]
//     await receiver.tells(address, { type: 'page', data: { message, state: 'acknowledged' } })   // the status
import { randomBytes } from 'node:crypto'
import { Platform } from './platform.mjs'
import { loadModule } from './standin.mjs'

export class Receiver extends Platform {
  secret = `whsec_${randomBytes(32).toString('base64')}`
  received = []
  refused = []
  connections = new Set()

  static async start(t) {
    const receiver = new Receiver()
    const { Webhook } = await loadModule('standardwebhooks')
    receiver.webhook = new Webhook(receiver.secret)
    await receiver.start()
    receiver.server.keepAliveTimeout = 60_000
    receiver.server.on('connection', (socket) => receiver.connections.add(socket))
    t?.after(() => receiver.stop())
    return receiver
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const fault = this.takeFault('*')
    if (fault?.status) return response.writeHead(fault.status, fault.headers ?? {}).end()
    const status = this.take(request.headers, Buffer.concat(chunks).toString())
    if (fault === 'cut after') return request.socket.destroy()
    response.writeHead(fault?.after ?? status).end()
  }

  take(headers, text) {
    try {
      this.webhook.verify(text, headers)
    } catch (error) {
      this.refused.push(error.message)
      return 401
    }
    const id = headers['webhook-id']
    const known = this.received.find((r) => r.id === id)
    if (known) known.times++
    else this.received.push({ id, ...JSON.parse(text), times: 1 })
    return 204
  }

  // change(headers): what a forger would send.
  async tells(address, body, { id = `evt_${randomBytes(8).toString('hex')}`, at = new Date(), change = (headers) => headers } = {}) {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': this.webhook.sign(id, at, text) }
    return (await fetch(address, { method: 'POST', headers: change(headers), body: text })).status
  }
}
