// A damaged journal: what was written is not what is read. It is said wherever somebody looks, and what is damaged is not used.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, until } from './support.mjs'

// Changes one letter of the document of that kind in the journal's file, as a disk might.
async function damage(tocsin, kind, letter) {
  const path = join(tocsin.directory, 'data/journal.db')
  const bytes = await readFile(path)
  const { out } = await tocsin.tocsin('export')
  const body = JSON.stringify(out.split('\n').filter(Boolean).map((line) => JSON.parse(line)).find((row) => row.kind === kind).body)
  for (let at = bytes.indexOf(body); ; at = bytes.indexOf(body, at + 1)) {
    assert.ok(at > 0)
    bytes[at + body.indexOf(letter)] ^= 0x20
    await writeFile(path, bytes)
    if (/: document /.test((await tocsin.tocsin('verify')).err)) return
    bytes[at + body.indexOf(letter)] ^= 0x20 // that was an event
  }
}

async function setUp(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  ana.say('/inc customer acme name Zebra')
  await ana.sees('the customer', (m, text) => /Zebra/.test(text))
  ana.say('/inc checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.status)
  ana.leave()
  await tocsin.stop()
  return tocsin
}

const get = async (tocsin, path) => (await fetch(`${tocsin.url}${path}`)).text()

test('a damaged customer is left out, and everybody who looks is told', async (t) => {
  const tocsin = await setUp(t)
  await damage(tocsin, 17, 'Zebra')
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await ana.sees('the message', (m, text) => /The journal is damaged in \d place/.test(text) && !/acme/.test(text))
  await until('the check to end', () => /document customer acme is damaged/.test(tocsin.log))
  assert.match(await get(tocsin, '/readyz'), /^ready\nThe journal is damaged in/)
  assert.match(await get(tocsin, '/metrics'), /^tocsin_journal_damaged [1-9]/m)
  ana.say('/inc customer acme')
  await ana.sees('that it is not used', (m, text) => !/zebra/i.test(text) && /acme/.test(text))
  const verified = await tocsin.tocsin('verify')
  assert.equal(verified.code, 1)
  assert.match(verified.err, /document customer acme is damaged/)

  // What the manual says to do.
  const out = join(tocsin.directory, 'all.jsonl')
  const exported = await tocsin.tocsin('export', out)
  assert.match(exported.err, /left out \d+ damaged document/)
  await tocsin.stop()
  for (const file of ['journal.db', 'journal.db-wal', 'journal.db-shm'])
    await rename(join(tocsin.directory, 'data', file), join(tocsin.directory, `damaged-${file}`)).catch(() => {})
  const imported = await tocsin.tocsin('import', out)
  assert.equal(imported.code, 0, imported.err)
  assert.equal((await tocsin.tocsin('verify')).code, 0)
  await tocsin.start()
  await until('the check to end', () => /the journal is as it was written/.test(tocsin.log.slice(tocsin.log.lastIndexOf('is ready on'))))
  assert.equal(await get(tocsin, '/readyz'), 'ready\n')
})

test("a damaged state is restored from the incident's events", async (t) => {
  const tocsin = await setUp(t)
  await damage(tocsin, 1, 'investigating')
  await tocsin.start()
  await until('it to be restored', () => /the state of INC-1 was restored/.test(tocsin.log))
  assert.equal((await tocsin.incident('INC-1')).title, 'checkout is slow')
  await tocsin.stop()
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})
