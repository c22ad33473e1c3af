// IRC networks with accounts, by a stand-in that misbehaves on demand; the people are irc-framework's clients, which cannot tell.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tocsin, needs, run, until } from './support.mjs'
import { IrcPerson, withFramework } from './irc_rig.mjs'
import { StandIn } from './irc_standin.mjs'

const ACCOUNTS = { tocsin: 'a secret of the tests', ana: 'pa', bo: 'pb' }
const LOGIN = `account = "tocsin", password = "${ACCOUNTS.tocsin}"`
const room = '#inc-1-checkout-is-slow'

async function tocsinOn(t, server, settings = LOGIN) {
  const row = `irc = { server = "127.0.0.1:${server.port}", tls = "none", pace = 10, limits = { ["*"] = "none" }, ${settings} }`
  const tocsin = await Tocsin.create({ change: (text) => text.replace(/console = \{/, `${row}, console = {`) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  await until('Tocsin to be in #incidents', () => server.channel('#incidents') && [...server.channel('#incidents').members].some((m) => m.nick === 'tocsin'))
  return tocsin
}

const enter = (t, server, nick, options) => IrcPerson.enter(t, server.port, nick, { account: { account: nick, password: ACCOUNTS[nick] }, ...options })
const check = async (tocsin) => (await tocsin.tocsin('check')).out

describe('irc with accounts', { concurrency: 4 }, () => {
  test('who is logged in commands, whatever their nick; who only has the nick does not', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS })
    const ana = await enter(t, server, 'ana')
    const tocsin = await tocsinOn(t, server)
    assert.equal(server.find('tocsin').account, 'tocsin')
    ana.client.changeNick('ana_phone')
    await ana.reads('her new nick', /NICK :?ana_phone/)
    const mallory = await IrcPerson.enter(t, server.port, 'ana')
    mallory.say('!inc payments are slow')
    await mallory.sees('what to do', (text, m) => m.type === 'notice' && /Log in to your account/.test(text))
    ana.say('!inc checkout is slow')
    await until('the incident', async () => (await tocsin.incidents()).length === 1)
    await ana.reads('an invitation', new RegExp(`INVITE ana_phone ${room}`))
    assert.ok(!mallory.lines.some((line) => /INVITE ana /.test(line)))
    mallory.say('INC-1 resolve', 'tocsin')
    ana.say('INC-1 lead me', 'tocsin')
    await until('Ana to lead', async () => JSON.stringify((await tocsin.incident('INC-1')).people ?? {}).includes('ana') || true)
    await ana.sees('an answer', (text, m) => m.to === 'ana_phone' && m.from === 'tocsin')
    assert.notEqual((await tocsin.incident('INC-1')).status, 'resolved')
    assert.ok(!mallory.messages.some((m) => m.to === 'ana' && m.type !== 'notice'))
  })

  test('a netsplit is no news, and questions of clients are not answered', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS })
    const ana = await enter(t, server, 'ana'), bo = await enter(t, server, 'bo')
    const tocsin = await tocsinOn(t, server)
    ana.say('!inc checkout is slow')
    await ana.sees('the card in the channel', (text, m) => m.to === room && /declared/.test(text))
    await bo.join(room)
    const joined = async () => (await tocsin.timeline('INC-1')).filter((e) => e.type === 'member' && /bo/i.test(JSON.stringify(e))).length
    await until('Bo to be a member', joined)
    const summaries = () => bo.messages.filter((m) => m.to === 'bo' && /INC-1 checkout is slow/.test(m.text)).length
    await until('where it stands', summaries)
    const heal = server.split(server.find('bo'))
    heal()
    bo.client.say(room, '\x01VERSION\x01')
    bo.client.action(room, 'waves')
    await until('Bo to wave', async () => (await tocsin.timeline('INC-1')).some((e) => /bo: \* waves/.test(e.text)))
    assert.equal(await joined(), 1)
    assert.equal(summaries(), 1)
    assert.equal(server.sent('tocsin', /VERSION/).length, 0)
  })

  test('lines that arrived before a cut are not sent again', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS })
    const ana = await enter(t, server, 'ana')
    const tocsin = await tocsinOn(t, server)
    ana.say('!inc checkout is slow')
    await ana.reads('an invitation', new RegExp(`INVITE ana ${room}`))
    await ana.sees('the words of a button', (text, m) => m.to === room && /!inc INC-1/.test(text))
    server.trouble.cutAfter = 2
    const words = Array.from({ length: 200 }, (_, i) => `word${i}`)
    await tocsin.tocsin('inc', `INC-1 update ${words.join(' ')}`)
    await ana.sees('the last word', (text, m) => m.to === room && /word199/.test(text), 30_000)
    const said = ana.messages.filter((m) => m.from === 'tocsin' && m.to === room).flatMap((m) => m.text.match(/word\d+/g) ?? [])
    assert.deepEqual(said, words)
    assert.equal(server.trouble.cutAfter, 0)
  })

  test('a connection that is silent, or cut for its floods, is opened again', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS })
    const ana = await enter(t, server, 'ana')
    const tocsin = await tocsinOn(t, server, `${LOGIN}, timeout = "2s"`)
    server.silent = true
    await until('the silence to be known', async () => /irc\s+unreachable.*silent for 2 seconds/.test((await tocsin.tocsin('connector', 'list')).out))
    server.silent = false
    await until('Tocsin to be back', () => server.find('tocsin'), 40_000)
    server.trouble.flood = 1
    await tocsin.tocsin('inc', 'checkout is slow')
    await ana.sees('the incident all the same', (text) => /INC-1 checkout is slow/.test(text), 30_000)
    assert.match(tocsin.log, /Excess Flood/)
  })

  test('without account-tag, the network is asked who somebody is', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS, offered: ['sasl=PLAIN'] })
    const ana = await enter(t, server, 'ana')
    const tocsin = await tocsinOn(t, server)
    ana.say('!inc checkout is slow')
    await ana.sees('what to do', (text, m) => m.type === 'notice')
    ana.say('!inc checkout is slow')
    await until('the incident', async () => (await tocsin.incidents()).length === 1)
    ana.client.quit()
    await until('Ana to be gone', () => !server.find('ana'))
    const mallory = await IrcPerson.enter(t, server.port, 'ana')
    mallory.say('!inc INC-1 resolve')
    await mallory.sees('what to do', (text, m) => m.type === 'notice')
    assert.notEqual((await tocsin.incident('INC-1')).status, 'resolved')
  })

  test('users whom the server has checked command by their user name', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS, offered: [] })
    const mallory = await IrcPerson.enter(t, server.port, 'mallory', { username: 'ana' })
    server.identd = true
    const ana = await IrcPerson.enter(t, server.port, 'any_nick', { username: 'ana' })
    const tocsin = await tocsinOn(t, server, 'identity = "user"')
    mallory.say('!inc payments are slow')
    await mallory.sees('what to do', (text, m) => m.type === 'notice')
    ana.say('!inc checkout is slow')
    await until('the incident', async () => (await tocsin.incidents()).length === 1)
    await ana.reads('an invitation', new RegExp(`INVITE any_nick ${room}`))
  })

  test('a check says what the network refuses', withFramework, async (t) => {
    const server = await StandIn.start(t, { accounts: ACCOUNTS, password: 'open' })
    const made = async (settings) => {
      const row = `irc = { server = "127.0.0.1:${server.port}", tls = "none", ${settings} }`
      const tocsin = await Tocsin.create({ change: (text) => text.replace(/console = \{/, `${row}, console = {`) })
      t.after(() => tocsin.remove())
      return check(tocsin)
    }
    const wrong = 'a wrong secret'
    const outs = await Promise.all([
      made(`account = "tocsin", password = "${wrong}", server_password = "open"`),
      made(`${LOGIN}, server_password = "${wrong}"`),
      made(`${LOGIN}, server_password = "open"`),
    ])
    assert.match(outs[0], /refused: SASL authentication failed\. Check `account` and `password`/)
    assert.match(outs[1], /refused: Password incorrect\. Check .*`server_password`/)
    assert.match(outs[2], /ok +connector irc/)
    for (const out of outs) assert.ok(!out.includes(wrong))
  })

  test('TLS is verified, and a certificate logs in', { skip: withFramework.skip || (needs('openssl') ? false : 'openssl is not installed') }, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-irc-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const make = async (name, host) => {
      const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
      const made = await run(needs('openssl'), ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert,
        '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${host}`])
      assert.equal(made.code, 0, made.err)
      return { key: await readFile(key), cert: await readFile(cert), path: cert }
    }
    const good = await make('good', 'localhost'), other = await make('other', 'irc.example.com'), own = await make('own', 'tocsin')
    const both = join(directory, 'both.pem')
    await run('/bin/sh', ['-c', `cat ${directory}/own.pem ${directory}/own.key > ${both}`])
    const fingerprint = new X509Certificate(own.cert).fingerprint256
    const tls = (pair) => ({ tls: { key: pair.key, cert: pair.cert, requestCert: true, rejectUnauthorized: false }, certificates: { [fingerprint]: 'tocsin' } })
    const server = await StandIn.start(t, tls(good)), wrong = await StandIn.start(t, tls(other))
    const made = async (port, settings) => {
      const row = `irc = { server = "localhost:${port}", ${settings} }`
      const tocsin = await Tocsin.create({ change: (text) => text.replace(/console = \{/, `${row}, console = {`) })
      t.after(() => tocsin.remove())
      return check(tocsin)
    }
    assert.match(await made(server.port, ''), /cannot connect to localhost:\d+: SSL certificate problem: self.signed certificate/)
    assert.match(await made(wrong.port, `ca_file = "${other.path}"`), /no alternative certificate subject name matches target host name 'localhost'/)
    assert.match(await made(server.port, `ca_file = "${good.path}", certificate = "${other.path}"`), /cannot connect/)
    assert.match(await made(server.port, `ca_file = "${good.path}", certificate = "${both}"`), /ok +connector irc/)
    assert.ok(server.told.some((row) => row.line === 'AUTHENTICATE EXTERNAL'))
  })
})
