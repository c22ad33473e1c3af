// What the end-to-end tests share: a Tocsin for each test, a person in its chat, an application with Sentry's SDK.
// Everything runs on free loopback ports and in a fresh directory, and is stopped by its own process id.
import { spawn, execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile, rm } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const build = resolve(process.env.TOCSIN_BUILD ?? 'build/debug')
export const modules = resolve(process.env.TOCSIN_E2E ?? 'build/e2e')
const PATIENCE = 60_000 // files run side by side, and a machine may be slow

export const sleep = (ms, options) => wait(ms, true, options).then(() => undefined)


// Waits until the condition returns something true; checks every 20 ms.
export async function until(what, condition, patience = PATIENCE) {
  const end = Date.now() + patience
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`waited ${patience} ms for: ${what}`)
    await sleep(20)
  }
}

// A port that no other test gets, also those of other files that run side by side: its number in UDP is held until this process ends.
// It is below those that the system gives to whoever asks for any.
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    if ((await holds(createSocket('udp4').unref(), 'bind', port)) && (await isFree(port))) return port
  }
}

// Binds or listens: did it work?
const holds = (socket, how, port) => new Promise((done) => {
  socket.once('error', () => done(false)).once('listening', () => done(true))
  socket[how]({ port, address: '127.0.0.1', host: '127.0.0.1', exclusive: true })
})

async function isFree(port) {
  const server = createServer()
  if (!(await holds(server, 'listen', port))) return false
  await new Promise((done) => server.close(done))
  return true
}

// Runs a program to its end: { code, out, err }.
export function run(program, args, options = {}) {
  return new Promise((done) => {
    const child = execFile(program, args, { timeout: 30_000, ...options }, (error, out, err) =>
      done({ code: error ? (error.code ?? 1) : 0, out, err }))
    if (options.input !== undefined) child.stdin.end(options.input)
  })
}

export class Tocsin {
  // Makes a directory with `tocsin init`, in a fresh folder or in `above`, ready to start.
  static async create({ above, name = 'one', important = 'checkout', change } = {}) {
    const t = new Tocsin()
    t.above = above ?? (await mkdtemp(join(tmpdir(), 'tocsin-e2e-')))
    t.ownsAbove = !above
    t.directory = join(t.above, name)
    const made = await run(join(build, 'tocsin'), ['init', t.directory, '--port', String(await freePort()), '--important', important])
    if (made.code) throw new Error(`init: ${made.err}`)
    t.config = join(t.directory, 'tocsin.lua')
    let text = await readFile(t.config, 'utf8')
    text = text.replace('console = { socket = "console.sock" }', 'console = { socket = "console.sock", trust = true }')
    text = change ? change(text) : text
    await writeFile(t.config, text)
    t.dsn = /dsn = "([^"]+)"/.exec(text)[1]
    t.key = /key = "([0-9a-f]+)"/.exec(text)[1]
    t.port = Number(/127\.0\.0\.1:(\d+)/.exec(text)[1])
    t.url = `http://127.0.0.1:${t.port}`
    t.socket = join(t.directory, 'console.sock')
    t.token = (await readFile(join(t.directory, 'token'), 'utf8')).trim()
    t.log = ''
    return t
  }

  // `through`: a program and its arguments that start tocsind.
  async start(through = []) {
    const [program, ...args] = [...through, join(build, 'tocsind'), '--config', this.config]
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.child = child
    child.stderr.on('data', (bytes) => (this.log += bytes))
    child.ended = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })))
    await until('tocsind to be ready\n' + this.log, async () => {
      if (child.exitCode !== null) throw new Error(`tocsind ended with ${child.exitCode}:\n${this.log}`)
      return this.isReady()
    })
    await until('the console', () => this.takesChat())
  }

  async isReady() {
    try {
      return (await fetch(`${this.url}/readyz`)).status === 200
    } catch {
      return false
    }
  }

  takesChat() {
    return new Promise((done) => {
      const probe = connect(this.socket)
      probe.on('error', () => done(false))
      probe.on('connect', () => (probe.destroy(), done(true)))
    })
  }

  // Each runner is a child of the daemon.
  runners() {
    const path = `/proc/${this.child.pid}/task/${this.child.pid}/children`
    return readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
  }

  async kill() {
    this.child.kill('SIGKILL')
    await this.child.ended
  }

  async stop() {
    if (this.child?.exitCode !== null || this.child?.signalCode) return
    this.child.kill('SIGTERM')
    this.ended = await Promise.race([this.child.ended, sleep(20_000, { ref: false })])
    if (!this.ended) {
      this.child.kill('SIGKILL')
      throw new Error(`tocsind did not stop:\n${this.log}`)
    }
  }

  async remove() {
    if (this.child) await this.stop()
    if (this.ownsAbove) await rm(this.above, { recursive: true, force: true })
  }

  tocsin(...args) {
    return run(join(build, 'tocsin'), ['--config', this.config, ...args])
  }

  async api(path, { method = 'GET', body } = {}) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    })
    return answer.json()
  }

  async incidents(status = 'all') {
    return (await this.api(`/incidents?status=${status}&limit=500`)).incidents
  }

  async incident(name) {
    return (await this.api(`/incidents/${name}`)).state
  }

  async timeline(name) {
    return (await this.api(`/incidents/${name}/timeline?limit=500`)).events.reverse()
  }
}

// Somebody in the console's channels.
export class Person {
  constructor(tocsin, name) {
    this.tocsin = tocsin
    this.name = name
    this.messages = [] // an edit replaces a message
    this.errors = []
    this.rooms = new Set(['incidents'])
  }

  async enter() {
    await new Promise((done, failed) => {
      this.gone = false
      this.socket = connect(this.tocsin.socket)
      let text = ''
      this.socket.on('connect', () => {
        this.send({ do: 'hello', name: this.name, user: this.name.toLowerCase(), zone: 'Europe/London' })
        for (const room of this.rooms) this.send({ do: 'join', room })
        done()
      })
      this.socket.on('data', (bytes) => {
        text += bytes
        const lines = text.split('\n')
        text = lines.pop()
        for (const line of lines) this.take(JSON.parse(line))
      })
      this.socket.on('error', failed)
      this.socket.on('close', () => (this.gone = true))
    })
    return this
  }

  // Comes back after a kill, once the console is up again.
  async enterAgain() {
    await until('the console to be back', () => this.tocsin.takesChat())
    this.socket.destroy()
    await this.enter()
  }

  send(line) {
    this.socket.write(JSON.stringify(line) + '\n')
  }

  take(line) {
    if (line.event === 'error') this.errors.push(line.text)
    if (line.event !== 'message' && line.event !== 'edited') return
    const at = this.messages.findIndex((m) => m.id === line.id && m.room === line.room)
    if (at >= 0) this.messages[at] = { ...line, times: this.messages[at].times + 1 }
    else this.messages.push({ ...line, times: 1 })
  }

  join(room) {
    this.rooms.add(room)
    this.send({ do: 'join', room })
  }

  say(text, room = 'incidents') {
    this.send({ do: 'say', room, text })
  }

  press(message, label) {
    const button = message.card.buttons.find((b) => b.label === label)
    if (!button) throw new Error(`no button ${label} in ${JSON.stringify(message.card)}`)
    this.send({ do: 'press', room: message.room, message: message.id, command: button.command })
  }

  find(test) {
    return this.messages.find((m) => test(m, textOf(m)))
  }

  sees(what, test, patience) {
    return until(`${this.name} to see ${what}`, () => this.find(test), patience).catch((error) => {
      const seen = this.messages.map((m) => `#${m.room} ${textOf(m)}`).join('\n')
      throw new Error(`${error.message}\nseen:\n${seen}\nerrors: ${this.errors}\nlog:\n${this.tocsin.log}`)
    })
  }

  leave() {
    this.socket?.destroy()
  }
}

export function textOf(message) {
  if (!message.card) return message.text ?? ''
  const { title, text, fields = [] } = message.card
  return [title, ...fields.map((f) => `${f.name}: ${f.value}`), text].filter(Boolean).join('\n')
}

// For tests that use throwError: skips them, with the reason, where the SDK could not be installed.
export const withSdk = {
  skip: existsSync(join(modules, 'node_modules/@sentry/node')) ? false : "Sentry's SDK is not installed: npm cannot reach its registry",
}

// For tests against the fake Slack: skips them where `ws`, which it needs, could not be installed.
export const withSlack = {
  skip: existsSync(join(modules, 'node_modules/ws')) ? false : "the packages of the fake Slack are not installed: npm cannot reach its registry",
}

// For tests with Intercom's client.
export const withIntercom = {
  skip: existsSync(join(modules, 'node_modules/intercom-client')) ? false : "Intercom's client is not installed: npm cannot reach its registry",
}

// For tests with Microsoft's packages.
export const withTeams = {
  skip: existsSync(join(modules, 'node_modules/@microsoft/teams.apps')) ? false : "Microsoft's packages are not installed: npm cannot reach its registry",
}

// For tests with node-zendesk.
export const withZendesk = {
  skip: existsSync(join(modules, 'node_modules/node-zendesk')) ? false : 'node-zendesk is not installed: npm cannot reach its registry',
}

// For tests with @octokit/rest, and with jira.js.
const skipWithout = (name) => ({ skip: existsSync(join(modules, 'node_modules', name)) ? false : `${name} is not installed: npm cannot reach its registry` })
export const withIcal = skipWithout('node-ical')
export const withOctokit = skipWithout('@octokit/rest')
export const withJiraClient = skipWithout('jira.js')
export const withTwilio = skipWithout('twilio')
export const withStandardWebhooks = skipWithout('standardwebhooks')

// Runs an application with Sentry's own, unmodified SDK: it throws one error and waits until the SDK has sent it.
export async function throwError(dsn, error = {}) {
  const result = await run(process.execPath, [join(import.meta.dirname, 'shop.cjs'), JSON.stringify({ dsn, ...error })], {
    env: { ...process.env, TOCSIN_E2E: modules },
  })
  if (result.code) throw new Error(`shop: ${result.err}${result.out}`)
}

export const needs = (program, paths = ['/usr/bin', '/usr/local/bin', '/bin']) =>
  paths.map((path) => join(path, program)).find(existsSync)
