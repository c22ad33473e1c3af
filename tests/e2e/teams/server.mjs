// The fake Teams on loopback: the Bot Connector, Graph, tokens, OpenID metadata, and the bot's requests; see README.md in this folder.
import { setTimeout as wait } from 'node:timers/promises'
import { Platform } from '../platform.mjs'
import { faultsOfCard } from './cards.mjs'
import { calls as connector } from './connector.mjs'
import { calls as graph, everyRole } from './graph.mjs'
import { Inbound } from './inbound.mjs'
import { claimsOf, Signer } from './keys.mjs'
import { Limits } from './limits.mjs'
import { Refusal } from './refusal.mjs'
import { Tenant } from './state.mjs'
import { calls as tags, roles as tagRoles } from './tags.mjs'

const BODY_MOST = 1 << 20
const BOT_SCOPE = 'https://api.botframework.com/.default'

// "/a/{}/b" -> a pattern whose groups are the segments; case does not matter.
const pattern = (path) => new RegExp(`^${path.replaceAll('{}', '([^/]+)')}$`, 'i')
const compiled = (calls) => Object.entries(calls).map(([name, [method, path, perform, roles]]) => ({ name, method, path: pattern(path), perform, roles }))
const routes = { connector: compiled(connector), graph: compiled({ ...graph, ...tags }) }

// Its faults, by a call's name ("send", "graph.create", "token", "metadata", "keys"): a status, with an error's usual body |
// { status, retryAfter, code } | { after: status }, having done it | 'cut before' | 'cut after' | 'malformed' | { slow: ms }.
// Its log: { name, ids, body, at, ms, status, answer }.
export class Teams extends Platform {
  constructor() {
    super()
    this.tenant = new Tenant()
    this.signer = new Signer()
    this.secret = 'the secret of a fake app'
    this.roles = new Set([...everyRole, ...tagRoles]) // what an administrator has consented to, for Graph
    this.loginError = null // { status, error, error_codes }: how tokens are refused
    this.tokenSeconds = 3600
    this.tokens = new Set() // what was given and is still good
    this.slowChannels = 0 // how many calls on a new channel are answered with 404
    this.limits = new Limits()
    this.typed = 0
    this.inbound = new Inbound(this)
  }

  async start(port) {
    await super.start(port)
    this.serviceUrl = `${this.url}/amer/`
    this.graphUrl = `${this.url}/v1.0`
    this.metadataUrl = `${this.url}/v1/.well-known/openidconfiguration`
    return this
  }

  async stop() {
    this.inbound.stop()
    await super.stop()
  }

  // ---- what tests look at ----

  messages(place) {
    const found = typeof place === 'object' ? place : (this.tenant.channel(place) ?? this.tenant.conversation(place)?.place)
    return (found?.messages ?? []).filter((m) => !m.deleted)
  }

  // ---- HTTP ----

  async serve(request, response) {
    const chunks = []
    let size = 0
    for await (const chunk of request) {
      size += chunk.length
      if (size > BODY_MOST) return request.socket.destroy()
      chunks.push(chunk)
    }
    const url = new URL(request.url, this.url)
    const call = { request, url, text: Buffer.concat(chunks).toString(), at: Date.now() }
    const { name, perform } = this.route(call)
    const entry = { name, at: call.at, path: url.pathname, body: call.text }
    this.log.push(entry)
    await this.answer(call, entry, perform, response)
  }

  route(call) {
    const { pathname } = call.url
    const { method } = call.request
    const login = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(pathname)
    if (login) return { name: 'token', perform: () => this.giveToken(decodeURIComponent(login[1]), call) }
    if (pathname === '/v1/.well-known/openidconfiguration') return { name: 'metadata', perform: () => [200, this.signer.metadata(this.url)] }
    if (pathname === '/v1/.well-known/keys') return { name: 'keys', perform: () => [200, { keys: [this.signer.jwk] }] }
    const [api, path] = pathname.startsWith('/amer/') ? ['connector', pathname.slice(5)] : ['graph', pathname.replace(/^\/v1\.0/, '')]
    const found = routes[api].find((r) => r.method === method && r.path.test(path))
    if (found) return { name: found.name, perform: () => this.perform(api, found, path, call) }
    this.violations.push(`${method} ${pathname} is not known here`)
    return { name: 'unknown', perform: () => [404, { error: { code: 'NotFound', message: pathname } }] }
  }

  async answer(call, entry, perform, response) {
    const fault = this.takeFault(entry.name)
    if (fault?.slow) await wait(fault.slow)
    if (fault === 'cut before') return call.request.socket.destroy()
    const status = typeof fault === 'number' ? fault : fault?.status
    const [code, body, headers] = status ? failure(status, fault) : (this.limited(entry, call) ?? this.perfectly(perform))
    Object.assign(entry, { status: code, answer: body, ms: Date.now() - entry.at })
    if (fault === 'cut after') return call.request.socket.destroy()
    if (fault === 'malformed') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "1')
    if (fault?.after) return reply(response, ...failure(fault.after, fault))
    reply(response, code, body, headers)
  }

  limited(entry, call) {
    const seconds = this.limits.take(entry.name, call.url.pathname)
    return seconds ? failure(429, { status: 429, retryAfter: seconds }) : undefined
  }

  perfectly(perform) {
    try {
      return perform()
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.body, error.headers]
      this.violations.push(`the fake Teams failed: ${error.stack}`)
      return [500, { error: { code: 'ServiceError', message: 'Unknown' } }]
    }
  }

  perform(api, route, path, call) {
    this.checkToken(api, route, call)
    const ids = route.path.exec(path).slice(1).map(decodeURIComponent)
    return route.perform(this, ids, this.bodyOf(call), call.url.searchParams)
  }

  bodyOf({ request, text }) {
    if (!text) return {}
    const type = request.headers['content-type'] ?? ''
    if (!/^application\/json/.test(type)) throw new Refusal(415, 'UnsupportedMediaType', type)
    try {
      return JSON.parse(text)
    } catch {
      throw new Refusal(400, 'BadSyntax', 'not JSON')
    }
  }

  // ---- tokens ----

  giveToken(authority, { text, request }) {
    const form = Object.fromEntries(new URLSearchParams(text))
    const refuse = (status, error, code) => [status, { error, error_description: `AADSTS${code}: no`, error_codes: [code] }]
    if (this.loginError) return [this.loginError.status, this.loginError]
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded' || form.grant_type !== 'client_credentials') return refuse(400, 'invalid_request', 900144)
    if (!['botframework.com', this.tenant.id].includes(authority)) return refuse(400, 'invalid_request', 90002)
    if (form.client_id !== this.tenant.app) return refuse(400, 'unauthorized_client', 700016)
    if (form.client_secret !== this.secret) return refuse(401, 'invalid_client', 7000215)
    const bot = form.scope === BOT_SCOPE
    if (!bot && form.scope !== `${this.url}/.default`) return refuse(400, 'invalid_scope', 70011)
    if (!bot && authority === 'botframework.com') return refuse(400, 'invalid_request', 7000229)
    const token = this.signer.token({ aud: form.scope.replace('/.default', ''), appid: form.client_id, tid: authority, jti: String(this.tokens.size), ...(bot ? {} : { roles: [...this.roles] }),
      exp: Math.floor(Date.now() / 1000) + this.tokenSeconds })
    this.tokens.add(token)
    return [200, { token_type: 'Bearer', expires_in: this.tokenSeconds, ext_expires_in: this.tokenSeconds, access_token: token }]
  }

  checkToken(api, route, { request }) {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const claims = this.tokens.has(token) ? claimsOf(token) : {}
    const wanted = api === 'connector' ? BOT_SCOPE.replace('/.default', '') : this.url
    if (claims.aud !== wanted || claims.exp * 1000 < Date.now())
      throw new Refusal(401, 'Unauthorized', 'Authorization has been denied for this request.', { body: api === 'connector' ? { message: 'Authorization has been denied for this request.' } : undefined })
    if (route.roles && !route.roles.some((role) => claims.roles.includes(role)))
      throw new Refusal(403, 'Forbidden', `Missing role permissions on the request. API requires one of '${route.roles.join(', ')}'. Roles on the request '${claims.roles.join(', ')}'.`)
  }

  // ---- for calls and people ----

  // Tells the bot about a change in a team that it is in.
  happened(eventType, channel, more = {}) {
    if (!channel.team.installed) return Promise.resolve()
    return this.inbound.deliver({ type: 'conversationUpdate', from: more.from ?? this.tenant.bot, conversation: { id: channel.team.id, isGroup: true, conversationType: 'channel', tenantId: this.tenant.id },
      channelData: { eventType, ...this.dataOf(channel) }, ...more })
  }

  // What channelData says of a place.
  dataOf(place, { events = true } = {}) {
    const tenant = { tenant: { id: this.tenant.id } }
    if (place.kind !== 'channel') return tenant
    const { team } = place
    return { channel: { id: place.id, ...(events ? { name: place.name, type: place.type } : {}) },
      team: { id: team.id, ...(events ? { name: team.name, aadGroupId: team.aadGroupId } : {}) }, ...tenant }
  }

  conversationOf(place, root) {
    return { ...(place.kind === 'personal' ? {} : { isGroup: true }), conversationType: place.kind, tenantId: this.tenant.id, id: root ? `${place.id};messageid=${root}` : place.id,
      ...(place.name && place.kind === 'groupChat' ? { name: place.name } : {}) }
  }

  checkCardAnswer({ statusCode, type, value }) {
    const kinds = { 'application/vnd.microsoft.card.adaptive': 'object', 'application/vnd.microsoft.activity.message': 'string', 'application/vnd.microsoft.error': 'object' }
    if (!kinds[type] || typeof value !== kinds[type] || ![200, 400, 500].includes(statusCode)) this.violations.push(`no answer to a press: ${statusCode} ${type} ${typeof value}`)
    if (type === 'application/vnd.microsoft.card.adaptive') this.violations.push(...faultsOfCard(value))
    if (type === 'application/vnd.microsoft.error' && !(value.code && value.message)) this.violations.push('an error without code and message')
  }

  checkTaskAnswer({ task }) {
    if (task && !['continue', 'message'].includes(task.type)) this.violations.push(`no task: ${JSON.stringify(task)}`)
    if (task?.type === 'continue') this.violations.push(...faultsOfCard(task.value?.card?.content))
    if (task?.type === 'message' && typeof task.value !== 'string') this.violations.push('a task message that is no text')
  }
}

const codes = { 400: 'BadSyntax', 401: 'Unauthorized', 403: 'Forbidden', 404: 'ConversationNotFound', 412: 'PreconditionFailed', 413: 'MessageSizeTooBig', 429: 'TooManyRequests', 500: 'ServiceError', 502: 'BadGateway', 503: 'ServiceUnavailable', 504: 'GatewayTimeout' }
function failure(status, { code = codes[status], retryAfter } = {}) {
  return [status, { error: { code, message: `${code}, as a test wishes` } }, retryAfter ? { 'retry-after': String(retryAfter) } : {}]
}

function reply(response, status, body, headers = {}) {
  response.writeHead(status, { ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}), ...headers })
  response.end(body ? JSON.stringify(body) : undefined)
}

export const startTeams = (options = {}) => new Teams().start(options.port)
