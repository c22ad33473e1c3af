// A real Request Tracker 5 of its own for a test, with its database in SQLite. Everything runs on a free loopback port.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, needs, run, until } from './support.mjs'

const server = '/usr/share/request-tracker5/libexec/rt-server'
const setUp = needs('rt-setup-database-5', ['/usr/sbin', '/usr/bin'])
const mailgate = needs('rt-mailgate')
const sendmail = needs('sendmail', ['/usr/sbin'])
export const withRt = { skip: existsSync(server) && setUp ? false : 'request-tracker5 and rt5-standalone are not installed' }

// Mail goes to the OpenSMTPD that has its turn (mail_rig.mjs), if RT is to send any.
const configuration = (port, directory, mail) => `
Set($rtname, 'example.com');
Set($Organization, 'example.com');
Set($CorrespondAddress, 'support@example.com');
Set($CommentAddress, 'support-comment@example.com');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:${port}');
Set($Timezone, 'Europe/Berlin');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${directory}/rtdb');
Set($MailCommand, '${mail ? 'sendmailpipe' : 'mbox'}');
Set($SendmailPath, '/usr/sbin/sendmail');
Set($SendmailArguments, '-oi -t');
Set($RTAddressRegexp, '^support(-comment)?\@example\.com$');
Set($LogToSyslog, undef);
Set($LogToFile, undef);
Set($LogToSTDERR, 'error');
1;
`

export const withRtMail = { skip: withRt.skip || (mailgate && sendmail ? false : 'rt5-clients or opensmtpd is not installed') }

// What a mail server does with mails to RT's address.
export const gate = (port) => ({ address: 'support@example.com',
  command: `${mailgate} --queue General --action correspond --url http://127.0.0.1:${port}/` })

const basic = (name) => `Basic ${Buffer.from(`${name}:secret-${name}`).toString('base64')}`

export class RtRig {
  // `port`: that of a mail server's rt-mailgate; then RT sends mail, too.
  static async start(t, port) {
    const rig = new RtRig()
    rig.directory = await mkdtemp(join(tmpdir(), 'tocsin-rt-'))
    rig.port = port ?? (await freePort())
    rig.url = `http://127.0.0.1:${rig.port}`
    rig.environment = { ...process.env, TMPDIR: rig.directory, RT_SITE_CONFIG: join(rig.directory, 'RT_SiteConfig.pm'), RT_SITE_CONFIG_DIR: '/dev/null' }
    t.after(async () => {
      await rig.stop()
      await rm(rig.directory, { recursive: true, force: true })
    })
    await writeFile(rig.environment.RT_SITE_CONFIG, configuration(rig.port, rig.directory, Boolean(port)))
    await rig.perl([setUp, '--action', 'init', '--skip-create'])
    rig.token = /token=(\S+)/.exec(await rig.perl([join(import.meta.dirname, 'rt_accounts.pl')]))[1]
    await rig.run()
    return rig
  }

  async perl(args) {
    const { code, out, err } = await run('/usr/bin/perl', args, { env: this.environment, cwd: this.directory, timeout: 120_000 })
    if (code) throw new Error(`${args}: ${err}${out}`)
    return out
  }

  // Its workers are its children, in a group of their own.
  async run() {
    this.log = ''
    this.child = spawn(server, ['--port', String(this.port), '--host', '127.0.0.1'],
      { env: this.environment, cwd: this.directory, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise((done) => this.child.on('exit', done))
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => (this.log += bytes))
    await until('RT to answer', async () => (await fetch(`${this.url}/REST/2.0/rt`).catch(() => undefined))?.status === 401, 60_000)
  }

  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode) return
    process.kill(-this.child.pid, 'SIGTERM')
    await this.ended
  }

  // A call of REST 2, as `name` ("ann", "hank") or as Tocsin's account.
  async call(path, { as, method, body } = {}) {
    const response = await fetch(`${this.url}/REST/2.0/${path}`, {
      method: method ?? (body ? 'POST' : 'GET'),
      headers: { authorization: as ? basic(as) : `token ${this.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }

  // Somebody replies in a ticket.
  reply(ticket, as, text) {
    return this.call(`ticket/${ticket}/correspond`, { as, body: { Content: text, ContentType: 'text/plain' } })
  }

  // Tickets, oldest first, by their numbers.
  async tickets() {
    const { items } = await this.call(`tickets?query=${encodeURIComponent('id > 0')}&orderby=id&per_page=100&fields=Subject,Status,Requestor`)
    return items
  }

  // What was said publicly in all tickets, oldest first: { ticket, type, by, text }. Of other types: notes are 'Comment'.
  async said(...types) {
    const any = (types.length ? types : ['Correspond', 'Create']).map((type) => `Type = '${type}'`).join(' OR ')
    const query = `ObjectType = 'RT::Ticket' AND ( ${any} )`
    const { items } = await this.call(`transactions?query=${encodeURIComponent(query)}&orderby=id&per_page=100&fields=Type,Creator,ObjectId`)
    return Promise.all(items.map(async ({ id, Type, Creator, ObjectId }) => {
      const parts = (await this.call(`transaction/${id}/attachments?fields=Content,ContentType`)).items
      return { ticket: ObjectId, type: Type, by: Creator.id, text: parts.map((p) => p.Content).join('\n') }
    }))
  }
}
