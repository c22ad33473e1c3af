// The fake Intercom on loopback: its REST API and its webhooks; see README.md in this folder.
import { setTimeout as wait } from 'node:timers/promises'
import { Platform } from '../platform.mjs'
import { calls } from './calls.mjs'
import { Refusal } from './refusal.mjs'
import { bodies, faults } from './schema.mjs'
import { Webhooks } from './webhooks.mjs'
import { Workspace } from './workspace.mjs'

const VERSION = '2.14'
const SLICE_MS = 10_000
const pattern = (path) => new RegExp(`^${path.replaceAll('{}', '([^/]+)')}$`)
const routes = Object.entries(calls).map(([name, [method, path, scope, perform]]) => ({ name, method, path: pattern(path), scope, perform }))
const codes = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 422: 'parameter_invalid', 429: 'rate_limit_exceeded', 500: 'server_error', 502: 'bad_gateway', 503: 'service_unavailable', 504: 'gateway_timeout' }

// Its faults, by a call's name ("replyConversation"): a status | { status, retryAfter } | { after: status }, having done it | 'cut before' |
// 'cut after' | 'malformed' | { slow: ms }. Its log: { name, path, body, status, answer, at }.
export class Intercom extends Platform {
  constructor() {
    super()
    this.workspace = new Workspace()
    this.workspace.me = this.workspace.addAdmin('Tocsin')
    this.webhooks = new Webhooks(this.workspace)
    this.workspace.happened = (...what) => this.webhooks.notify(...what)
    this.token = 'dG9rOmZha2U='
    this.lacks = new Set() // scopes that the token does not have: "write conversations"
    this.perSlice = 1666 // 10,000 in a minute, in slices of 10 s
    this.taken = { slice: 0, n: 0 }
  }

  called(name) {
    return this.log.filter((entry) => entry.name === name)
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url, this.url)
    const route = routes.find((r) => r.method === request.method && r.path.test(url.pathname))
    const entry = { name: route?.name ?? 'unknown', path: url.pathname, text: Buffer.concat(chunks).toString(), at: Date.now() }
    this.log.push(entry)
    const fault = this.takeFault(entry.name)
    if (fault?.slow) await wait(fault.slow)
    if (fault === 'cut before') return request.socket.destroy()
    const status = typeof fault === 'number' ? fault : fault?.status
    const [code, body, headers] = status ? failure(status, fault) : this.answer({ request, url, route, entry })
    Object.assign(entry, { status: code, answer: body })
    if (fault === 'cut after') return request.socket.destroy()
    if (fault === 'malformed') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "1')
    if (fault?.after) return this.reply(response, ...failure(fault.after, fault))
    this.reply(response, code, body, headers)
  }

  reply(response, code, body, headers = {}) {
    const reset = Math.ceil(((this.taken.slice + 1) * SLICE_MS) / 1000)
    response.writeHead(code, { 'content-type': 'application/json; charset=utf-8', 'x-ratelimit-limit': String(this.perSlice), 'x-ratelimit-remaining': String(Math.max(0, this.perSlice - this.taken.n)),
      'x-ratelimit-reset': String(reset), ...headers })
    response.end(JSON.stringify(body))
  }

  limited() {
    const slice = Math.floor(Date.now() / SLICE_MS)
    this.taken = slice === this.taken.slice ? { slice, n: this.taken.n + 1 } : { slice, n: 1 }
    return this.taken.n > this.perSlice
  }

  answer({ request, url, route, entry }) {
    try {
      if (this.limited()) return failure(429)
      this.admit(request, route, url)
      entry.body = this.bodyOf(request, route, entry.text)
      const ids = route.path.exec(url.pathname).slice(1).map(decodeURIComponent)
      return [200, structuredClone(route.perform(this.workspace, ids, entry.body, url.searchParams))]
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.body]
      this.violations.push(`the fake Intercom failed: ${error.stack}`)
      return failure(500)
    }
  }

  admit({ headers, method }, route, url) {
    if (headers.authorization !== `Bearer ${this.token}`) throw new Refusal(401, 'unauthorized', 'Access Token Invalid')
    if (headers['intercom-version'] !== VERSION) this.violations.push(`the version is ${headers['intercom-version']}`)
    if (!route) {
      this.violations.push(`${method} ${url.pathname} is not known here`)
      throw new Refusal(404, 'not_found', 'Not Found')
    }
    if (route.scope && this.lacks.has(route.scope)) throw new Refusal(403, 'forbidden', `The access token lacks the permission to ${route.scope}`)
  }

  bodyOf({ headers, method }, route, text) {
    if (method === 'GET') return undefined
    if (!/^application\/json/.test(headers['content-type'] ?? '')) throw new Refusal(400, 'media_type_not_acceptable', 'The Accept header should send a media type of application/json')
    const body = JSON.parse(text)
    const wrong = faults(bodies[route.name], body)
    const { probes } = this // a check may ask for nothing on purpose
    if (wrong.length && !probes?.(route.name, body)) this.violations.push(`${route.name}: ${wrong.join('; ')}`)
    if (wrong.length) throw new Refusal(400, 'parameter_invalid', wrong.join('; '))
    return body
  }
}

function failure(status, { retryAfter } = {}) {
  const { body } = new Refusal(status, codes[status] ?? 'client_error', `${codes[status]}, as a test wishes`)
  return [status, body, retryAfter ? { 'retry-after': String(retryAfter) } : {}]
}

export const startIntercom = (options = {}) => new Intercom().start(options.port)
