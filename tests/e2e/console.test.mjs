// The console's chat as people use it.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, until } from './support.mjs'

test('@tocsin addresses the bot in the console', async (t) => {
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

test('an orderly restart is not reported as a problem', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  await tocsin.tocsin('inc', 'checkout is slow')
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await ana.sees('the incident', (m, text) => /INC-1/.test(text))
  assert.equal((await tocsin.tocsin('connector', 'restart', 'console')).code, 0)
  await ana.enterAgain()
  await tocsin.stop()
  await tocsin.start()
  await ana.enterAgain()
  await tocsin.tocsin('inc', 'INC-1 note here again')
  await until('the note', async () => (await tocsin.timeline('INC-1')).some((e) => /here again/.test(e.text)))
  assert.ok(!(await tocsin.timeline('INC-1')).some((e) => e.type === 'connector'))
})

test('where the pages of a person are, lines are for the bot', async (t) => {
  const policy = `people { ana = { console = "ana" } }
    team { name = "product-responder", people = { "ana" } }`
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), policy)
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  ana.say('@tocsin whoami')
  await ana.sees('an answer, so she is here before the page', (m) => m.from !== 'Ana')
  await tocsin.tocsin('alert', '--service', 'checkout', 'CardDeclined')
  await ana.sees('the page', (m, text) => m.room === '@ana' && /INC-1 CardDeclined/.test(text))
  ana.say('list', '@ana')
  await ana.sees('the list', (m, text) => m.room === '@ana' && /Open incidents: 1/.test(text))
  ana.say('INC-9 accept', '@ana')
  await ana.sees('a refusal', (m, text) => m.room === '@ana' && /No incident INC-9/.test(text))
  ana.say('INC-1 accept', '@ana')
  await ana.sees('the page as answered', (m, text) => m.room === '@ana' && /INC-1 CardDeclined/.test(text) && /Accepted by Ana/.test(text))
  assert.equal((await tocsin.incident('INC-1')).status, 'investigating')
})
