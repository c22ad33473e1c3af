// What the stand-ins of trackers share: a REST API on loopback with checks of each request, faults on demand and a log, and webhooks that
// can be held back, repeated and reordered.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Platform } from './platform.mjs'
import { modules } from './support.mjs'

const BODY_MOST = 1 << 20

// A package of npm that only the tests have.
export const loadModule = (name) => import(pathToFileURL(createRequire(join(modules, 'package.json')).resolve(name)))

// An error as the platform answers it.
export class Refusal extends Error {
  constructor(status, body, headers = {}) {
    super(`${status} ${JSON.stringify(body)}`)
    Object.assign(this, { status, body, headers })
  }
}

// ---- shapes: 'text', 'number', 'flag', 'any', ['a', 'b'] for one of these, list(shape), { name: shape, 'name?': may be absent } ----

export const list = (shape) => ({ listOf: shape })
const types = { text: 'string', number: 'number', flag: 'boolean' }

// What is wrong with a value, or undefined. What an object's shape does not name may not be there.
export function faultOf(shape, value, at = 'body') {
  if (shape === 'any') return undefined
  if (typeof shape === 'string') return typeof value === types[shape] ? undefined : `${at} must be a ${shape}`
  if (Array.isArray(shape)) return shape.includes(value) ? undefined : `${at} must be one of ${shape}`
  if (shape.listOf) return Array.isArray(value) ? value.map((v, i) => faultOf(shape.listOf, v, `${at}[${i}]`)).find(Boolean) : `${at} must be a list`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} must be an object`
  const known = new Map(Object.entries(shape).map(([name, s]) => [name.replace(/\?$/, ''), [s, name.endsWith('?')]]))
  const strange = Object.keys(value).find((name) => !known.has(name))
  if (strange) return `${at}.${strange} is not known`
  return [...known].map(([name, [s, absent]]) => (name in value ? faultOf(s, value[name], `${at}.${name}`) : absent ? undefined : `${at}.${name} is missing`)).find(Boolean)
}

// ---- the server ----

// Its faults: a status | { status, body, headers } | { after: status }, having done it | 'cut before' | 'cut after' | 'malformed' |
// { slow: ms } | { late: ms }, having done it. Its log: { name, path, query, body, status, answer, at }.
export class StandIn extends Platform {
  // calls: { name: [method, '/path/{}', perform(call, ...segments) -> [status, body, headers], { query, body }: shapes] }
  constructor(base, calls) {
    super()
    this.base = base
    this.calls = Object.entries(calls).map(([name, [method, path, perform, shapes = {}]]) =>
      ({ name, method, path: new RegExp(`^${path.replaceAll('{}', '([^/]+)')}$`), perform, shapes }))
    this.hooks = [] // { url, secret }
    this.held = null // a list: webhooks wait in it for release()
    this.deliveries = [] // { headers, body, status }
    this.sending = Promise.resolve() // they are sent one after the other
  }

  async start(port) {
    await super.start(port)
    this.apiUrl = this.url + this.base
    return this
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    if (text.length > BODY_MOST) return request.socket.destroy()
    const url = new URL(request.url, this.url)
    const route = this.calls.find((c) => c.method === request.method && url.pathname.startsWith(this.base) && c.path.test(url.pathname.slice(this.base.length)))
    const call = { headers: request.headers, query: Object.fromEntries(url.searchParams), text, path: url.pathname }
    const entry = { name: route?.name ?? 'unknown', method: request.method, path: url.pathname, query: call.query, body: text, at: Date.now() }
    this.log.push(entry)
    await this.answer(route, call, entry, request, response)
  }

  async answer(route, call, entry, request, response) {
    const fault = this.takeFault(entry.name)
    if (fault?.slow) await wait(fault.slow)
    if (fault === 'cut before') return request.socket.destroy()
    const status = typeof fault === 'number' ? fault : fault?.status
    const [code, body, headers] = status ? [status, fault.body ?? { message: `failed on demand: ${status}` }, fault.headers] : this.judged(route, call)
    Object.assign(entry, { status: code, answer: body, ms: Date.now() - entry.at })
    if (fault?.late) await wait(fault.late)
    if (fault === 'cut after') return request.socket.destroy()
    if (fault === 'malformed') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": 1')
    if (fault?.after) return reply(response, fault.after, { message: 'failed after the write' })
    reply(response, code, body, headers)
  }

  judged(route, call) {
    try {
      if (!route) throw new Refusal(404, { message: `${call.path} is not known here` })
      call.user = this.login(call)
      this.check(route, call)
      return route.perform(call, ...route.path.exec(call.path.slice(this.base.length)).slice(1).map(decodeURIComponent))
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.body, error.headers]
      this.violations.push(`the stand-in failed: ${error.stack}`)
      return [500, { message: 'Server Error' }]
    }
  }

  check(route, call) {
    const query = faultOf(route.shapes.query ?? {}, call.query, 'query')
    try {
      call.body = call.text ? JSON.parse(call.text) : undefined
    } catch {
      throw new Refusal(400, { message: 'Problems parsing JSON' })
    }
    const body = route.shapes.body ? faultOf(route.shapes.body, call.body) : call.text && 'a body, where none is known'
    for (const fault of [query, body].filter(Boolean)) this.violations.push(`${route.name}: ${fault}`)
    if (body) throw new Refusal(422, this.refusal(body))
  }

  // ---- webhooks ----

  // sign(hook, text) -> headers
  tell(payload, sign) {
    const text = JSON.stringify(payload)
    for (const hook of this.hooks) {
      const delivery = { url: hook.url, headers: { 'content-type': 'application/json', ...sign(hook, text) }, body: text }
      if (this.held) this.held.push(delivery)
      else this.send(delivery)
    }
  }

  send(delivery) {
    this.deliveries.push(delivery)
    this.sending = this.sending.then(async () => {
      const answer = await fetch(delivery.url, { method: 'POST', headers: delivery.headers, body: delivery.body }).catch((error) => ({ status: 0, error }))
      delivery.status = answer.status
    })
    return this.sending
  }

  release(change = (deliveries) => deliveries) {
    const held = this.held
    this.held = null
    for (const delivery of change(held)) this.send(delivery)
    return this.sending
  }
}

function reply(response, status, body, headers = {}) {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, { ...(text ? { 'content-type': 'application/json; charset=utf-8' } : {}), ...headers }).end(text)
}
