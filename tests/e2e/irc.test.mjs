// IRC as people use it: a real ngIRCd, and irc-framework's clients.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tocsin, freePort, until } from './support.mjs'
import { IrcPerson, IrcServer, withIrc } from './irc_rig.mjs'

// A Tocsin in #incidents of that server. ngIRCd tells no accounts, so the nick must do.
async function tocsinOn(t, port, settings = 'identity = "nick"', policy = '') {
  const row = `irc = { server = "127.0.0.1:${port}", tls = "none", pace = 20, limits = { ["*"] = "none" }, ${settings} }`
  const tocsin = await Tocsin.create({ change: (text) => text.replace(/console = \{/, `${row}, console = {`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy', 'people.lua'), policy)
  await tocsin.start()
  await until('irc to be up', async () => /^irc\s+running/m.test((await tocsin.tocsin('connector', 'list')).out))
  return tocsin
}

describe('irc', { concurrency: 4 }, () => {
  test('an incident is declared, accepted, paused and resolved by typing', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana')
    const tocsin = await tocsinOn(t, server.port)
    await ana.reads('that Tocsin is there', /^:tocsin!\S+ JOIN :#incidents/)
    ana.say('!inc checkout is *slow*')
    await ana.sees('the title', (text, m) => m.to === '#incidents' && /INC-1 checkout is \*slow\*/.test(text))
    await ana.sees('the fields', (text) => /^status: triage|^status: investigating/.test(text))
    await ana.reads('an invitation', /^:tocsin!\S+ INVITE ana :?#inc-1-checkout-is-slow/)
    const room = '#inc-1-checkout-is-slow'
    await ana.reads('that she is in the room', new RegExp(` 366 ana ${room} `))
    await ana.reads('the topic', new RegExp(` 332 ana ${room} :.*checkout is \\*slow\\*`))
    await ana.sees('the words of a button', (text, m) => m.to === room && /I lead: !inc INC-1 lead me/.test(text) && !/@~/.test(text))
    ana.say('the cache is cold \x02now\x02 \x0304red\x03', room)
    ana.say('!inc pause waiting for the bank for 2h', room)
    await ana.sees('the pause', (text, m) => m.to === room && /paused/.test(text))
    ana.say('tocsin: resume', room)
    await until('it to be worked on', async () => (await tocsin.incident('INC-1')).status === 'investigating')
    ana.say('!inc resolve rolled back', room)
    await ana.sees('the end', (text, m) => m.to === '#incidents' && /resolved/.test(text))
    assert.equal((await tocsin.incident('INC-1')).status, 'resolved')
    const said = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'said').map((e) => e.text)
    assert.deepEqual(said, ['ana: the cache is cold now red'])
  })

  test('the channel of an incident that becomes private falls silent, and nothing is asked of IRC that it cannot do', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana')
    const tocsin = await tocsinOn(t, server.port)
    const room = '#inc-1-checkout-is-slow'
    await ana.reads('that Tocsin is there', /^:tocsin!\S+ JOIN :#incidents/)
    ana.say('!inc checkout is slow')
    await ana.reads('that she is in the room', new RegExp(` 366 ana ${room} `))
    await until('all to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
    ana.say('!inc private', room)
    await ana.reads('that the title is gone', new RegExp(`^:tocsin!\\S+ TOPIC ${room} :(?!.*checkout)`))
    await until('nothing to wait', async () => !/Actions on their way|dead/.test((await tocsin.tocsin('inc', 'actions')).out))
    assert.match((await tocsin.tocsin('inc', 'actions')).out, /Everything has been sent/)
  })

  test('a page is a direct message, and is answered there', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'Ana')
    const policy = 'people { ana = { irc = "ana" }, bo = { irc = "bo" } }\nteam { name = "product-responder", people = { "bo", "ana" } }'
    const tocsin = await tocsinOn(t, server.port, 'identity = "nick"', policy)
    await ana.reads('that Tocsin is there', /^:tocsin!\S+ JOIN :#incidents/)
    ana.say('whoami', 'tocsin')
    await ana.sees('who she is', (text, m) => m.to === 'Ana' && /ana/i.test(text))
    await tocsin.tocsin('alert', '--service', 'checkout', 'CardDeclined')
    await ana.sees('that Bo is not there', (text) => /nobody on IRC is logged in as bo now/.test(text))
    await ana.sees('the page', (text, m) => m.from === 'tocsin' && m.to === 'Ana' && /INC-1 CardDeclined/.test(text))
    await ana.sees('what to type', (text, m) => m.to === 'Ana' && /Acknowledge it with INC-1 ack/.test(text))
    ana.say('INC-1 ack', 'tocsin')
    await ana.sees('that the page is hers', (text, m) => m.to === 'Ana' && /has the page of INC-1/.test(text))
    ana.say('INC-1 accept', 'tocsin')
    await until('it to be accepted', async () => (await tocsin.incident('INC-1')).status === 'investigating')
  })

  test('long texts are split between words, and cut in the end', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana')
    const tocsin = await tocsinOn(t, server.port, 'identity = "nick", lines = 4')
    await ana.reads('that Tocsin is there', /^:tocsin!\S+ JOIN :#incidents/)
    const words = Array.from({ length: 400 }, (_, i) => `wörd${i}`).join(' ')
    ana.say('!inc checkout is slow')
    await ana.sees('the card in the channel', (text, m) => /^#inc-1/.test(m.to) && /declared/.test(text))
    await tocsin.tocsin('inc', `INC-1 update ${words}`)
    await ana.sees('the end', (text) => /the rest is too long/.test(text))
    const lines = ana.lines.filter((line) => /^:tocsin!\S+ PRIVMSG #inc-1\S+ :.*wörd/.test(line))
    assert.ok(lines.length >= 2)
    for (const line of lines) assert.ok(Buffer.byteLength(line) <= 510 && !/\ufffd/.test(line) && /(wörd\d+|\S)$/.test(line), line)
  })

  test('a taken nick, and a server that starts again', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana')
    const other = await IrcPerson.enter(t, server.port, 'tocsin', {})
    const tocsin = await tocsinOn(t, server.port)
    await ana.reads('Tocsin with another nick', /^:tocsin1!\S+ JOIN :#incidents/)
    ana.say('tocsin1: checkout is slow')
    await ana.reads('an invitation', /^:tocsin1!\S+ INVITE ana :?#inc-1-checkout-is-slow/)
    other.client.quit()
    await ana.reads('that Tocsin takes its nick', /^:tocsin1!\S+ NICK :tocsin$/)
    await server.stop()
    await until('trouble to be known', async () => /irc\s+unreachable.*(closed the connection|cannot connect)/.test((await tocsin.tocsin('connector', 'list')).out))
    await tocsin.tocsin('inc', 'payments are slow')
    await server.run()
    const bo = await IrcPerson.enter(t, server.port, 'bo')
    await bo.sees('what was declared meanwhile', (text, m) => m.from === 'tocsin' && /INC-2 payments are slow/.test(text), 30_000)
    await bo.join('#inc-1-checkout-is-slow')
    await bo.reads('that Tocsin is in the channel of before', / 353 bo . #inc-1-checkout-is-slow :.*tocsin/)
  })

  test('on a server without accounts nobody commands, and they are told once', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const eve = await IrcPerson.enter(t, server.port, 'eve')
    const tocsin = await tocsinOn(t, server.port, '')
    await eve.reads('that Tocsin is there', /^:tocsin!\S+ JOIN :#incidents/)
    await tocsin.tocsin('inc', 'checkout is slow')
    await until('all to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
    eve.say('!inc payments are slow')
    await eve.sees('what to do', (text, m) => m.type === 'notice' && /Log in to your account/.test(text))
    eve.say('list', 'tocsin')
    eve.say('tocsin: INC-1 resolve')
    await eve.join('#inc-1-checkout-is-slow')
    eve.say('I saw it, too', '#inc-1-checkout-is-slow')
    await until('her words', async () => (await tocsin.timeline('INC-1')).some((e) => /eve \(not logged in\): I saw it, too/.test(e.text)))
    assert.equal((await tocsin.incidents()).length, 1)
    assert.notEqual((await tocsin.incident('INC-1')).status, 'resolved')
    assert.equal(eve.messages.filter((m) => m.type === 'notice').length, 1)
    assert.ok(!eve.messages.some((m) => m.to === 'eve' && m.type !== 'notice'))
  })

  test('a check says what is wrong', withIrc, async (t) => {
    const server = await IrcServer.start(t)
    const ana = await IrcPerson.enter(t, server.port, 'ana', { channels: ['#closed'] })
    ana.client.raw('MODE #closed +i')
    await ana.reads('the mode', /MODE #closed \+i/)
    const check = async (settings, more = '') => {
      const tocsin = await Tocsin.create({ change: (text) => text.replace(/connectors = \{/, `${more} connectors = { irc = { ${settings} },`) })
      t.after(() => tocsin.remove())
      return (await tocsin.tocsin('check')).out
    }
    const here = `server = "127.0.0.1:${server.port}", tls = "none"`
    const rows = await Promise.all([
      check(`${here}, channels = { "#incidents", "#closed" }`, 'announce = "closed",'),
      check(`${here}, account = "tocsin", password = "secret"`),
      check(`server = "127.0.0.1:${server.port}"`),
      check(`server = "127.0.0.1:${await freePort()}", tls = "none"`),
      check('server = "irc.example.com:6667", tls = "none"'),
      check('server = "irc.example.com"'),
    ])
    assert.match(rows[0], /#closed: .*\+i|cannot join #closed: .*\+i.*Invite tocsin/i)
    assert.match(rows[1], /knows no SASL/)
    assert.match(rows[2], /cannot connect to 127.0.0.1:\d+: .*(SSL|TLS)/i)
    assert.match(rows[3], /cannot connect to 127.0.0.1:\d+: .*(Failed|Couldn't) to? ?connect/i)
    assert.match(rows[4], /without TLS .* must be on this machine/)
    assert.match(rows[5], /a name and a port/)
    for (const row of rows) assert.ok(!/secret/.test(row))
  })
})
