// The chat of the connector webchat (docs/connector.md): it honours Idempotency-Key, and keeps what it was told.
import { createServer } from 'node:http'
import { createServer as createSecure } from 'node:https'

export class WebChat {
  // tls: { key, cert } of a chat at https://localhost.
  static async start(t, tls) {
    const chat = new WebChat()
    chat.messages = new Map() // id: what was posted, as it is now
    chat.keys = new Map()
    const serve = (request, response) => chat.serve(request, response)
    chat.server = tls ? createSecure(tls, serve) : createServer(serve)
    await new Promise((done) => chat.server.listen(0, '127.0.0.1', done))
    chat.url = `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${chat.server.address().port}/api`
    t.after(() => (chat.server.closeAllConnections(), chat.server.close()))
    return chat
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = this.answer(request, chunks.length ? JSON.parse(Buffer.concat(chunks)) : {})
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  }

  answer({ method, url, headers }, message) {
    if (method === 'GET') return { name: 'bot' }
    if (method === 'PUT') return this.edit(decodeURIComponent(url.split('/').pop()), message)
    const key = headers['idempotency-key']
    if (!this.keys.has(key)) {
      this.keys.set(key, `m${this.messages.size + 1}`)
      this.messages.set(this.keys.get(key), message)
    }
    return { id: this.keys.get(key) }
  }

  edit(id, message) {
    if (!this.messages.has(id)) return undefined
    this.messages.set(id, message)
    return { id }
  }
}
