// The fake Zendesk on loopback; see README.md in this folder.
import { setTimeout as wait } from 'node:timers/promises'
import { Platform } from '../platform.mjs'
import { calls } from './calls.mjs'
import { Desk } from './desk.mjs'
import { Hooks } from './hooks.mjs'
import { Refusal } from './refusal.mjs'

const pattern = (path) => new RegExp(`^/api/v2/${path.replaceAll('{}', '([^/]+?)')}(\\.json)?$`)
const routes = Object.entries(calls).map(([name, [method, path, perform, role = 'agent']]) => ({ name, method, path: pattern(path), perform, role }))

// The published limits: [calls, seconds]. The account's own depends on its plan.
const limits = {
  account: [200, 60],
  'tickets.update': [100, 60],
  ticket: [30, 600], // updates of one ticket by one user
  export: [10, 60],
}

// Its faults, by a call's name ("tickets.update"): a status | { status, retryAfter } | { after: status }, having done it | 'cut before' |
// 'cut after' | 'malformed' | { slow: ms }. Its log: { name, method, path, query, body, headers, status }.
export class Zendesk extends Platform {
  constructor() {
    super()
    this.desk = new Desk()
    this.hooks = new Hooks(this.desk)
    this.desk.told = (ticket, audit) => this.hooks.happened(ticket, audit)
    this.token = 'the token of a fake account'
    this.admin = this.desk.addUser({ name: 'Tocsin', email: 'tocsin@example.com', role: 'admin' })
    this.oauth = new Map() // token -> user
    this.idempotent = new Map()
    this.locked = new Set() // tickets whose next update is answered with 423
    this.exportLag = 0 // milliseconds
    this.exportRepeats = 0 // how many rows of a page come again on the next
    this.limited = false // are the limits kept?
    this.limits = { ...limits }
    this.taken = new Map()
  }

  async stop() {
    this.hooks.stopped = true
    await super.stop()
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url, this.url)
    const call = { request, url, text: Buffer.concat(chunks).toString() }
    const route = routes.find((r) => r.method === request.method && r.path.test(url.pathname))
    const entry = { name: route?.name ?? 'unknown', method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams), body: call.text, headers: request.headers, at: Date.now() }
    this.log.push(entry)
    if (!route) this.violations.push(`${request.method} ${url.pathname} is not known here`)
    await this.answer(call, entry, route, response)
  }

  async answer(call, entry, route, response) {
    const fault = this.takeFault(entry.name)
    if (fault?.slow) await wait(fault.slow)
    if (fault === 'cut before') return call.request.socket.destroy()
    const status = typeof fault === 'number' ? fault : fault?.status
    const [code, body, headers] = status ? failure(status, fault) : this.perfectly(() => this.perform(call, route))
    entry.status = code
    if (fault === 'cut after') return call.request.socket.destroy()
    if (fault === 'malformed') return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>maintenance</html>')
    if (fault?.after) return reply(response, ...failure(fault.after, fault))
    reply(response, code, body, headers)
  }

  perfectly(perform) {
    try {
      return perform()
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.body, error.headers]
      this.violations.push(`the fake Zendesk failed: ${error.stack}`)
      return [500, { error: 'InternalError' }]
    }
  }

  perform(call, route) {
    if (!route) return [404, { error: 'InvalidEndpoint', description: 'Not found' }]
    const actor = this.actorOf(call.request.headers.authorization)
    if (!actor && route.role !== 'anybody') return [401, { error: "Couldn't authenticate you" }]
    if (!(route.role === 'anybody' || actor.role === 'admin' || (actor.role === 'agent' && route.role === 'agent'))) return [403, { error: 'Forbidden', description: 'You do not have access to this page. Please contact the account owner of this help desk for further help.' }]
    const ids = route.path.exec(call.url.pathname).slice(1, -1).map(decodeURIComponent)
    const late = this.limited && this.takeLimits(route.name, ids)
    if (late) return failure(429, { status: 429, retryAfter: late })
    return route.perform(this, ids, bodyOf(call), call.url.searchParams, actor, call)
  }

  actorOf(header = '') {
    const [, scheme, given] = /^(Basic|Bearer) (.+)$/.exec(header) ?? []
    if (scheme === 'Bearer') return this.oauth.get(given)
    const [, email, token] = /^(.*)\/token:(.*)$/.exec(Buffer.from(given ?? '', 'base64').toString()) ?? []
    return token === this.token ? this.desk.userByEmail(email) : undefined
  }

  // Seconds to wait, or 0.
  takeLimits(name, ids) {
    const keys = ['account', name, ...(name === 'tickets.update' ? [`ticket ${ids[0]}`] : [])].filter((key) => this.limits[key.split(' ')[0]])
    const now = Date.now()
    for (const key of keys) {
      const [most, seconds] = this.limits[key.split(' ')[0]]
      const calls = (this.taken.get(key) ?? []).filter((at) => at > now - seconds * 1000)
      this.taken.set(key, calls)
      if (calls.length >= most) return Math.ceil((calls[0] + seconds * 1000 - now) / 1000)
    }
    for (const key of keys) this.taken.get(key).push(now)
    return 0
  }
}

function bodyOf({ request, text }) {
  if (!text) return {}
  if (!/^application\/json/.test(request.headers['content-type'] ?? '')) throw new Refusal(415, 'UnsupportedMediaType', 'use application/json')
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'InvalidJson', 'not JSON')
  }
}

const errors = { 409: 'UpdateConflict', 423: 'lock', 429: 'APIRateLimitExceeded', 422: 'RecordInvalid', 503: 'ServiceUnavailable' }
function failure(status, { retryAfter } = {}) {
  return [status, { error: errors[status] ?? 'InternalError', description: 'as a test wishes' }, retryAfter ? { 'retry-after': String(retryAfter) } : {}]
}

function reply(response, status, body, headers = {}) {
  response.writeHead(status, { ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}), 'x-rate-limit': '200', ...headers })
  response.end(body ? JSON.stringify(body) : undefined)
}

export const startZendesk = (options = {}) => new Zendesk().start(options.port)
