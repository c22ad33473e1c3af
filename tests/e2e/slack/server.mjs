// The fake Slack on loopback: Web API, Socket Mode, and events by HTTP; see README.md in this folder.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Platform } from '../platform.mjs'
import { faultsOfBlocks } from './blocks.mjs'
import { Inbound } from './inbound.mjs'
import { Limits } from './limits.mjs'
import { Refusal } from './methods/call.mjs'
import { uploaded } from './methods/files.mjs'
import { methods } from './methods/index.mjs'
import { checkView } from './methods/views.mjs'
import { typeOf, Workspace } from './state.mjs'

const require = createRequire(join(resolve(process.env.TOCSIN_E2E ?? 'build/e2e'), 'package.json'))
const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'methods.json'), 'utf8'))
const everyScope = [...new Set(Object.values(methods).map(([scope]) => scope).filter((s) => typeof s === 'string' && s !== 'connections:write')),
  'app_mentions:read', 'channels:history', 'channels:join', 'channels:manage', 'channels:read', 'chat:write.public', 'commands',
  'files:read', 'groups:history', 'groups:read', 'groups:write', 'im:history', 'reactions:read', 'users:read.email']

const BODY_MOST = 4 << 20
// Arguments that every method accepts, whether or not its description says so.
const everywhere = { token: 'string', team_id: 'string' }

// Its faults, by a method: 429 | 500 | 'cut before' | 'cut after' | 'malformed' | an error code | { slow: ms }.
// Its log: { method, args, at, ms, answer }.
export class Slack extends Platform {
  constructor() {
    super()
    this.workspace = new Workspace()
    this.limits = new Limits()
    this.botToken = 'xoxb-fake-bot-token'
    this.appToken = 'xapp-fake-app-token'
    this.signingSecret = 'fake signing secret'
    this.scopes = new Set(everyScope)
    this.appScopes = new Set(['connections:write'])
    this.tokenError = '' // 'token_revoked', …: the error that every call answers with
    this.appTokenError = ''
    this.triggers = new Map()
    this.uploads = new Map() // of files, by id
    this.slowFiles = 1 // looks at a file until Slack knows what it is
    this.takesNames = true // chat.postMessage also accepts a channel's name
    this.inbound = new Inbound(this)
  }

  async start(port) {
    await super.start(port)
    const { WebSocketServer } = require('ws')
    this.sockets = new WebSocketServer({ server: this.server, path: '/link/', verifyClient: ({ req }) => this.inbound.admits(req.url) })
    this.sockets.on('connection', (socket, request) => this.inbound.connected(socket, request))
    this.apiUrl = `${this.url}/api/`
    return this
  }

  async stop() {
    this.inbound.stop()
    for (const socket of this.sockets.clients) socket.terminate()
    await super.stop()
  }

  // ---- what tests look at ----

  // What people and the app wrote, without Slack's own messages such as "joined the channel".
  messages(name) {
    const channel = this.workspace.channels.get(name) ?? (name && this.workspace.byName(name))
    return (channel?.messages ?? []).filter((m) => !m.deleted && !m.system)
  }

  channel(name) {
    return this.workspace.byName(name) ?? [...this.workspace.channels.values()].find((c) => c.name.startsWith(name))
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
    const bytes = Buffer.concat(chunks)
    const body = bytes.toString()
    if (url.pathname.startsWith('/api/')) await this.call(url, request, body, response)
    else if (url.pathname.startsWith('/response/')) this.inbound.respond(url.pathname, body, response)
    else if (url.pathname.startsWith('/upload/')) this.upload(url, request, bytes, response)
    else response.writeHead(404).end()
  }

  // Slack answers in plain words. Whoever has the address may write there, once, also without a token.
  upload(url, request, bytes, response) {
    if (request.method !== 'POST') this.violations.push(`upload: ${request.method}`)
    const fault = this.takeFault('upload') ?? uploaded(this, url.pathname, request.headers['content-type'], bytes)
    if (fault === 'cut before') return request.socket.destroy()
    response.writeHead(fault ? 400 : 200, { 'content-type': 'text/plain' }).end(fault ? String(fault) : `OK - ${bytes.length}`)
  }

  async call(url, request, body, response) {
    const method = url.pathname.slice(5)
    const begin = process.hrtime.bigint()
    const { args, refused } = this.arguments(method, url, request, body)
    const entry = { method, args, at: Date.now(), token: args.token ?? bearer(request) }
    delete args.token
    this.log.push(entry)
    const fault = this.takeFault(method)
    if (fault?.slow) await wait(fault.slow)
    if (fault === 'cut before') return request.socket.destroy()
    if (fault === 429) return this.tooMany(response, 1)
    if (typeof fault === 'number') return response.writeHead(fault, { 'content-type': 'text/html' }).end('<html>Server Error</html>')
    const limited = this.limits.take(method, args)
    if (limited) return this.tooMany(response, limited)
    const word = refused ?? (typeof fault === 'string' && !['cut after', 'malformed'].includes(fault) ? fault : '')
    entry.answer = word ? { ok: false, error: word } : this.answer(method, entry)
    entry.ms = Number(process.hrtime.bigint() - begin) / 1e6
    if (fault === 'cut after') return request.socket.destroy()
    if (fault === 'malformed') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok": tr')
    this.reply(response, method, entry.answer)
  }

  reply(response, method, answer) {
    const known = !['not_authed', 'invalid_auth', 'unknown_method'].includes(answer.error)
    const scopes = method === 'apps.connections.open' ? this.appScopes : this.scopes
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-slack-req-id': this.workspace.hash() }
    response.writeHead(200, known ? { ...headers, 'x-oauth-scopes': [...scopes].join(',') } : headers)
    response.end(JSON.stringify(answer))
  }

  tooMany(response, seconds) {
    response.writeHead(429, { 'retry-after': String(seconds), 'content-type': 'application/json' })
    response.end(JSON.stringify({ ok: false, error: 'ratelimited' }))
  }

  // Reads the query and the body, as a form or as JSON. Read-only methods do not accept JSON.
  arguments(method, url, request, body) {
    const type = (request.headers['content-type'] ?? '').split(';')[0].trim()
    const query = Object.fromEntries(url.searchParams)
    if (!body) return { args: query }
    if (type === 'application/x-www-form-urlencoded') return { args: { ...query, ...Object.fromEntries(new URLSearchParams(body)) } }
    if (type !== 'application/json') return this.unread(method, query, `content-type ${type}`, type ? 'invalid_post_type' : 'missing_post_type')
    if (schema[method]?.json === false) return this.unread(method, query, 'does not read JSON')
    try {
      const given = JSON.parse(body)
      if (given === null || typeof given !== 'object' || Array.isArray(given)) return this.unread(method, query, 'not an object', 'json_not_object')
      return { args: { ...query, ...given } }
    } catch {
      return this.unread(method, query, 'not JSON', 'invalid_json')
    }
  }

  unread(method, args, why, refused) {
    this.violations.push(`${method}: ${why}`)
    return { args, refused }
  }

  answer(method, { args, token }) {
    try {
      this.check(method, args, token)
      const [, perform] = methods[method]
      return { ok: true, ...perform(this, args) }
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.message, ...error.more }
      this.violations.push(`${method}: the fake Slack failed: ${error.stack}`)
      return { ok: false, error: 'fatal_error' }
    }
  }

  // Refuses a call as Slack would, and records what Slack's description does not allow.
  check(method, args, token) {
    const known = schema[method]
    if (!known || !methods[method]) {
      this.violations.push(`unknown method ${method}`)
      throw new Refusal('unknown_method')
    }
    const app = method === 'apps.connections.open'
    if (!token) throw new Refusal('not_authed')
    if (app ? this.appTokenError : this.tokenError) throw new Refusal(app ? this.appTokenError : this.tokenError)
    if (token !== (app ? this.appToken : this.botToken))
      throw new Refusal([this.appToken, this.botToken].includes(token) ? 'not_allowed_token_type' : 'invalid_auth')
    for (const name of known.required) if (args[name] === undefined || args[name] === '') this.refuse(method, `needs ${name}`)
    for (const [name, value] of Object.entries(args)) {
      const type = known.args[name] ?? everywhere[name]
      if (!type) this.violations.push(`${method}: unknown argument ${name}`)
      else if (!fits(type, value)) this.refuse(method, `${name} is not a ${type}`)
    }
    const [scope] = methods[method]
    const needed = typeof scope === 'function' ? scope(this, args) : scope
    const scopes = app ? this.appScopes : this.scopes
    if (needed && !scopes.has(needed)) throw new Refusal('missing_scope', { needed, provided: [...scopes].join(',') })
  }

  refuse(method, what) {
    this.violations.push(`${method}: ${what}`)
    throw new Refusal('invalid_arguments', { response_metadata: { messages: [`[ERROR] ${what}`] } })
  }

  checked(view) {
    return checkView(this, view)
  }

  // What is wrong with a message's content: an error code, or ''.
  faultOf(message) {
    if (message.delete_original) return ''
    const faults = message.blocks ? faultsOfBlocks(message.blocks) : []
    if (faults.length) this.violations.push(`blocks: ${faults.join('; ')}`)
    return faults.length ? 'invalid_blocks' : message.text || message.blocks?.length ? '' : 'no_text'
  }

  // ---- for methods and people ----

  trigger(user) {
    const id = `${Date.now()}.${this.workspace.id('T')}`
    this.triggers.set(id, { at: Date.now(), user, used: false })
    return id
  }

  // Whether the app is told what happens in a channel: only if it is a member.
  hears(channel) {
    return channel.members.has(this.workspace.bot.id)
  }

  happened(event) {
    return this.inbound.event(event)
  }

  // Reports a change of a channel by the app or a person to everybody in it.
  changed(channel, subtype, user, more = {}) {
    const message = this.workspace.addSystem(channel, subtype, user, more)
    return this.hears(channel) ? this.happened({ ...message, channel: channel.id, channel_type: typeOf(channel) }) : Promise.resolve()
  }
}

const bearer = (request) => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]

function fits(type, value) {
  if (type === 'boolean') return ['true', 'false', '0', '1'].includes(String(value))
  if (type === 'integer' || type === 'number') return String(value).trim() !== '' && Number.isFinite(Number(value))
  return typeof value === 'string' || typeof value === 'object'
}

export const startSlack = (options = {}) => new Slack().start(options.port)
