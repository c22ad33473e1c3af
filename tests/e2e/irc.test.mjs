// IRC as people use it: a real ngIRCd, and irc-framework's clients.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { Tocsin, sleep, until } from './support.mjs'
import { IrcPerson, IrcServer, withIrc } from './irc_rig.mjs'

// A Tocsin in #incidents of that server. ngIRCd tells no accounts, so the nick must do.
async function tocsinOn(t, port, settings = 'identity = "nick"') {
  const row = `irc = { server = "127.0.0.1:${port}", tls = "none", pace = 20, limits = { ["*"] = "none" }, ${settings} }`
  const tocsin = await Tocsin.create({ change: (text) => text.replace(/console = \{/, `${row}, console = {`) })
  t.after(() => tocsin.remove())
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
})
