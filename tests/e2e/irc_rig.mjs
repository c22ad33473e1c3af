// A real ngIRCd of its own for a test, and people with irc-framework. Everything runs on free loopback ports.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, modules, needs, until } from './support.mjs'

const program = needs('ngircd', ['/usr/sbin', '/usr/bin', '/usr/local/sbin'])
const framework = existsSync(join(modules, 'node_modules/irc-framework'))
export const withFramework = { skip: framework ? false : 'irc-framework is not installed: npm cannot reach its registry' }
export const withIrc = { skip: program ? withFramework.skip : 'ngircd is not installed' }

const configuration = (port, directory, tls) => `[Global]
Name = irc.example.com
Info = a server of the tests
Listen = 127.0.0.1
${tls ? '' : `Ports = ${port}`}
${process.getuid() === 0 ? 'ServerUID = irc\nServerGID = irc' : ''}
[Limits]
MaxConnectionsIP = 0
MaxNickLength = 20
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
${tls ? `[SSL]\nCertFile = ${directory}/cert.pem\nKeyFile = ${directory}/key.pem\nPorts = ${port}\n` : ''}`

export class IrcServer {
  static async start(t) {
    const server = new IrcServer()
    server.directory = await mkdtemp(join(tmpdir(), 'tocsin-irc-'))
    server.port = await freePort()
    t.after(async () => {
      await server.stop()
      await rm(server.directory, { recursive: true, force: true })
    })
    await writeFile(join(server.directory, 'ngircd.conf'), configuration(server.port, server.directory))
    await server.run()
    return server
  }

  async run() {
    this.log = ''
    this.child = spawn(program, ['-n', '-f', join(this.directory, 'ngircd.conf')], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise((done) => this.child.on('exit', done))
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => (this.log += bytes))
    await until('ngircd', () => / ready\./.test(this.log))
  }

  async stop() {
    if (this.child.exitCode === null && !this.child.signalCode) this.child.kill()
    await this.ended
  }
}

// Somebody with a client.
export class IrcPerson {
  static async enter(t, port, nick, { channels = ['#incidents'], ...options } = {}) {
    const { Client } = createRequire(join(modules, 'package.json'))('irc-framework')
    const person = new IrcPerson()
    person.client = new Client()
    person.messages = []
    person.lines = []
    for (const type of ['privmsg', 'notice', 'action'])
      person.client.on(type, (m) => person.messages.push({ type, from: m.nick, to: m.target, text: m.message, tags: m.tags }))
    person.client.on('raw', (event) => event.from_server && person.lines.push(event.line.trimEnd()))
    person.client.on('invite', (event) => person.client.join(event.channel))
    person.client.connect({ host: '127.0.0.1', port, nick, username: nick, gecos: nick, auto_reconnect: false, ...options })
    t.after(() => person.client.connection.end())
    await person.reads('that they are in', /^:\S+ 001 /)
    for (const channel of channels) await person.join(channel)
    return person
  }

  get nick() {
    return this.client.user.nick
  }

  async join(channel) {
    this.client.join(channel)
    await this.reads(`that they are in ${channel}`, new RegExp(` 366 \\S+ ${channel.replace(/[^\w#-]/g, '.')} `))
  }

  say(text, to = '#incidents') {
    this.client.say(to, text)
  }

  // Waits for a line of the server.
  reads(what, pattern, patience) {
    return until(`${this.nick ?? 'a person'} to read ${what}`, () => this.lines.find((line) => pattern.test(line)), patience)
      .catch((error) => { throw new Error(`${error.message}\n${this.lines.slice(-40).join('\n')}`) })
  }

  // Waits for a message: its text without styles.
  sees(what, test, patience) {
    const bare = (m) => m.text.replace(/[\x02\x11\x1d\x1e]/g, '')
    return until(`${this.nick} to see ${what}`, () => this.messages.find((m) => test(bare(m), m)), patience)
      .catch((error) => { throw new Error(`${error.message}\n${this.messages.map((m) => `${m.from} > ${m.to}: ${m.text}`).join('\n')}`) })
  }
}
