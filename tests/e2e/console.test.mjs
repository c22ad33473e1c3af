// The console's chat as a person meets it.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Person, Tocsin, until } from './support.mjs'

test('the bot is spoken to by its name, as elsewhere by a mention', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  ana.say('@tocsin whoami')
  await until('an answer', () => ana.find((m, text) => m.from !== 'Ana' && /Ana/.test(text) && /Europe\/London/.test(text)))
  ana.say('@tocsin: checkout is slow')
  await until('an incident', async () => (await tocsin.incidents()).length === 1)
  assert.equal((await tocsin.incident('INC-1')).title, 'checkout is slow')
})
