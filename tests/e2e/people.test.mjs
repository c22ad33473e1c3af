// One person on several platforms: two consoles stand in for two chats.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Person, Tocsin, until } from './support.mjs'

const withOther = { change: (text) => text.replace('connectors = {', 'connectors = { other = { plugin = "console", socket = "other.sock", trust = true },') }

const enter = async (tocsin, name, socket) => {
  const person = new Person(Object.assign(Object.create(tocsin), socket ? { socket: join(tocsin.directory, socket) } : {}), name)
  await until(`the console of ${name}`, () => person.tocsin.takesChat())
  return person.enter()
}

test('a code makes two users one person, and they are two again when an operator says so', async (t) => {
  const tocsin = await Tocsin.create(withOther)
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await enter(tocsin, 'Ana'), annie = await enter(tocsin, 'Annie', 'other.sock')
  t.after(() => (ana.leave(), annie.leave()))
  ana.say('!inc declare --private a theft')
  await ana.sees('the incident', (m, text) => /INC-1 is open for its members only/.test(text))
  annie.say('!inc show INC-1')
  await annie.sees('nothing', (m, text) => /No incident INC-1/.test(text))
  ana.say('!inc link')
  await ana.sees('a code', (m, text) => /Your code is/.test(text))
  const [, code] = /Your code is `?([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(ana.find((m, text) => /Your code is/.test(text)).text)

  await tocsin.kill() // the code is on disk
  await tocsin.start()
  await ana.enterAgain()
  await annie.enterAgain()
  assert.ok(!annie.find((m, text) => text.includes(code)), 'nobody else saw the code')
  annie.say(`!inc link ${code}`)
  await annie.sees('the link', (m, text) => /are one person from now on/.test(text))
  await ana.sees('the link, too', (m, text) => /are one person from now on/.test(text) && /link undo/.test(text))
  annie.say('!inc show INC-1')
  await annie.sees('the incident', (m, text) => /a theft/.test(text))

  const shown = await tocsin.tocsin('people', 'show', 'annie', '--json')
  assert.deepEqual(JSON.parse(shown.out).ids, ['ana', 'annie'])
  const apart = await tocsin.tocsin('people', 'unlink', 'ana', 'other')
  assert.equal(apart.code, 0, apart.err)
  assert.match(apart.out, /are two persons again, by an operator/)
  annie.say('!inc list mine')
  await annie.sees('nothing of her own', (m, text) => /No (open )?incident|Open incidents: 0|nothing/i.test(text) && !/INC-1/.test(text))
  const exported = await tocsin.tocsin('export')
  assert.ok(!exported.out.split('\n').some((line) => line.startsWith('{"seq"') && line.includes(code)), 'no event has the code')
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})
