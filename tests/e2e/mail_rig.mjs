// A mail server of its own for a test: Dovecot takes mails with TLS and a login and hands them to OpenSMTPD, which delivers them by
// LMTP to Dovecot, where IMAP reads them. (OpenSMTPD 6.8 cannot do TLS with OpenSSL 3.)
// Both run on free loopback ports and in a fresh directory. OpenSMTPD keeps its queue in the system's directory, so only one
// runs at a time: tests take turns.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile, chmod } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { freePort, modules, needs, run, until } from './support.mjs'

const sbin = ['/usr/sbin', '/usr/local/sbin', '/usr/bin']
const lacks = [
  [needs('smtpd', sbin), 'opensmtpd is not installed'],
  [needs('dovecot', sbin), 'dovecot is not installed'],
  [existsSync('/usr/lib/dovecot/submission'), 'dovecot-submissiond is not installed'],
  [needs('openssl'), 'openssl is not installed'],
  [existsSync(join(modules, 'node_modules/mailparser')), 'mailparser is not installed: npm cannot reach its registry'],
  [process.getuid() === 0, 'mail servers start as root only'],
].find(([there]) => !there)

export const withMail = { skip: lacks ? lacks[1] : false }

const load = (name) => createRequire(join(modules, 'package.json'))(name)

const dovecot = (d, ports) => `
base_dir = ${d}/run
state_dir = ${d}/state
log_path = ${d}/dovecot.log
protocols = imap lmtp submission
submission_relay_host = 127.0.0.1
submission_relay_port = ${ports.smtp}
submission_relay_trusted = no
hostname = mail.example.com
listen = 127.0.0.1
ssl = yes
ssl_cert = <${d}/cert.pem
ssl_key = <${d}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
recipient_delimiter = +
mail_location = maildir:${d}/mail/%n
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${d}/mail/%n allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
  }
}
service submission-login {
  inet_listener submission {
    port = ${ports.submission}
  }
  inet_listener submissions {
    port = ${ports.smtps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
`

const smtpd = (ports, desk) => `
listen on 127.0.0.1 port ${ports.smtp}
${desk ? `action "desk" mda "${desk.command}" virtual { "@" = "nobody" }
match from any for rcpt-to "${desk.address}" action "desk"` : ''}
action "gone" mda "/bin/sh -c 'exit 67'" virtual { "@" = "nobody" }
match from any for domain "gone.example" action "gone"
action "deliver" lmtp "127.0.0.1:${ports.lmtp}" rcpt-to virtual { "@" = "nobody" }
match from any for any action "deliver"
`

const listens = (port) => new Promise((done) => {
  const probe = connect(port, '127.0.0.1')
  probe.on('error', () => done(false))
  probe.on('connect', () => (probe.destroy(), done(true)))
})

const TURN = { host: '127.0.0.25', port: 10025 }
const listener = (at) => new Promise((done) => {
  const server = createServer((socket) => socket.destroy())
  server.on('error', () => done(undefined))
  server.listen(at, () => done(server))
})

export class MailRig {
  // `desk`: { address, command }, what a mail to that address is handed to.
  static async start(t, desk) {
    const rig = new MailRig()
    rig.desk = desk
    rig.directory = await mkdtemp(join(tmpdir(), 'tocsin-mail-'))
    rig.children = []
    t.after(() => rig.stop())
    await rig.prepare()
    await rig.run('dovecot', ['-F', '-c', join(rig.directory, 'dovecot.conf')])
    await until('dovecot', () => listens(rig.ports.imap))
    await rig.takesTurn()
    return rig
  }

  // Whoever listens at TURN has its turn; the system ends that with the process. A server whose test was killed may outlive it.
  async takesTurn() {
    await until('its turn with smtpd', async () => (this.turn = await listener(TURN)), 600_000)
    await until('the smtpd of a killed test to end', () => !existsSync('/var/run/smtpd.sock') || this.isStale())
    const smtpd = await this.run('smtpd', ['-d', '-f', join(this.directory, 'smtpd.conf')])
    await until('smtpd', () => {
      if (smtpd.exitCode !== null) throw new Error(`smtpd ended with ${smtpd.exitCode}:\n${this.log}`)
      return listens(this.ports.smtp)
    })
  }

  async isStale() {
    return !(await new Promise((done) => {
      const probe = connect('/var/run/smtpd.sock')
      probe.on('error', () => done(false))
      probe.on('connect', () => (probe.destroy(), done(true)))
    }))
  }

  async prepare() {
    const d = this.directory
    await chmod(d, 0o755)
    await mkdir(join(d, 'mail'))
    await chmod(join(d, 'mail'), 0o777)
    for (const part of ['run', 'state']) await mkdir(join(d, part))
    this.ports = {}
    for (const name of ['smtp', 'submission', 'smtps', 'lmtp', 'imap', 'imaps']) this.ports[name] = await freePort()
    const made = await run(needs('openssl'), ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
      '-keyout', join(d, 'key.pem'), '-out', join(d, 'cert.pem'), '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
    if (made.code) throw new Error(made.err)
    await chmod(join(d, 'key.pem'), 0o600)
    await writeFile(join(d, 'dovecot.conf'), dovecot(d, this.ports))
    await writeFile(join(d, 'smtpd.conf'), smtpd(this.ports, this.desk))
  }

  async run(name, args) {
    const child = spawn(needs(name, sbin), args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.log ??= ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (this.log += bytes))
    child.ended = new Promise((done) => child.on('exit', done))
    this.children.push(child)
    return child
  }

  async stop() {
    if (this.turn) await run(needs('smtpctl', sbin), ['remove', 'all']) // what is left would go to the next one
    for (const child of this.children.reverse()) {
      if (child.exitCode === null && !child.signalCode) child.kill('SIGTERM')
      await child.ended
    }
    this.turn?.close()
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10 }) // Dovecot's processes take their time
  }

  // Puts old mails into a mailbox that nobody has opened yet: one file with many names.
  fill(user, count) {
    const d = join(this.directory, 'mail', user)
    for (const part of ['', 'cur', 'new', 'tmp']) mkdirSync(join(d, part), { recursive: true })
    const first = join(d, 'tmp', 'first')
    writeFileSync(first, 'From: it@globex.example\r\nSubject: old mail\r\n\r\nold mail\r\n')
    for (let i = 0; i < count; i++) linkSync(first, join(d, 'cur', `16000${String(i).padStart(5, '0')}.M1P1.old:2,S`))
    spawnSync('chown', ['-R', 'nobody:nogroup', d])
  }

  // As when a mailbox was restored from a backup: another UIDVALIDITY, other numbers.
  async renumber(user) {
    const d = join(this.directory, 'mail', user)
    for (const name of readdirSync(d)) if (/^dovecot/.test(name)) rmSync(join(d, name))
  }

  // The raw mails of somebody's mailbox, oldest first.
  files(user) {
    const names = []
    for (const part of ['cur', 'new']) {
      const directory = join(this.directory, 'mail', user, part)
      if (existsSync(directory)) names.push(...readdirSync(directory).map((name) => join(directory, name)))
    }
    const number = (name) => Number(/\/(\d+)\.M(\d+)/.exec(name)[1]) * 1e6 + Number(/\.M(\d+)/.exec(name)[1])
    return names.sort((a, b) => number(a) - number(b)).map((name) => readFileSync(name))
  }

  // The same, as mailparser reads them.
  async mails(user) {
    const { simpleParser } = load('mailparser')
    return Promise.all(this.files(user).map((bytes) => simpleParser(bytes)))
  }

  // Has OpenSMTPD delivered all that it took, and is nobody handing it anything?
  async isIdle() {
    const times = (what) => this.log.split(what).length
    const { code, out } = await run(needs('smtpctl', sbin), ['show', 'queue'])
    return code === 0 && out.trim() === '' && times(' smtp connected ') === times(' smtp disconnected ')
  }

  // Waits until the mailbox holds so many mails.
  async receives(user, count, patience) {
    await until(`${count} mails for ${user}\n${this.log}`, () => this.files(user).length >= count, patience)
    return this.mails(user)
  }

  // Sends what nodemailer makes of it, or `raw` as it is.
  async send(mail) {
    const transport = load('nodemailer').createTransport({ host: '127.0.0.1', port: this.ports.smtp, secure: false,
      ignoreTLS: true })
    try {
      return await transport.sendMail(mail)
    } finally {
      transport.close()
    }
  }
}

// Stands between the connector and a mail server. It can hold a mail to ops@acme.example: before its text is sent, or after its end,
// so that the server has it, but its answer is not heard.
export class Proxy {
  static async start(t, port) {
    const proxy = new Proxy()
    proxy.sockets = new Set()
    proxy.server = createServer((near) => proxy.join(near, connect(port, '127.0.0.1')))
    await new Promise((done) => proxy.server.listen(0, '127.0.0.1', done))
    proxy.port = proxy.server.address().port
    t.after(() => proxy.stop())
    return proxy
  }

  join(near, far) {
    let recipient = ''
    let said = ''
    for (const socket of [near, far]) {
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => (this.sockets.delete(socket), near.destroy(), far.destroy()))
    }
    const holds = (when, what) => this.hold === when && /ops@acme/.test(recipient) && said.endsWith(what) && (this.held = true)
    near.on('data', (bytes) => {
      said = (said + bytes.toString('latin1')).slice(-2000)
      recipient = /.*RCPT TO:(\S+)/s.exec(said)?.[1] ?? recipient
      if (!holds('before', 'DATA\r\n')) far.write(bytes)
    })
    far.on('data', (bytes) => holds('after', '\r\n.\r\n') || near.write(bytes))
  }

  // Holds nothing from now on; what was held stays so.
  release() {
    this.hold = undefined
    this.held = false
  }

  stop() {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}
