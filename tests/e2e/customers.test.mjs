// The directory of customers from files, chat and API; it is in the journal, and an error's customer is found in it.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tocsin, throwError, until, withSdk } from './support.mjs'

async function begin(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  return tocsin
}

test('a file of customers is compared, taken, refused by line, and exported', async (t) => {
  const tocsin = await begin(t)
  const file = join(tocsin.directory, 'customers.csv')
  await writeFile(file, '\ufeffkey;name;tier;cares;contacts;routes\r\n' +
    'acme;"Acme; ""GmbH""";gold;yes;"Jo Dö <jo@acme.example> billing; it@acme.example";console acme-room\r\n' +
    'globex;Globex;;maybe;;\r\n' +
    'ACME;again;;;;\r\n')
  const dry = await tocsin.tocsin('customers', 'import', file, '--dry-run')
  assert.equal(dry.code, 1)
  assert.match(dry.out, /line 2: new acme: name: Acme; "GmbH"; tier: gold; .*\nline 3: refused globex: cares must be true or false\.\n/)
  assert.match(dry.out, /line 4: refused ACME: .* stands in line 2 already\.\ndry run, nothing is stored: 1 new, .* 2 refused/)
  assert.deepEqual((await tocsin.api('/customers')).customers, [])

  assert.equal((await tocsin.tocsin('customers', 'import', file)).code, 1)
  const { customers } = await tocsin.api('/customers')
  assert.deepEqual(customers, [{ key: 'acme', name: 'Acme; "GmbH"', tier: 'gold', cares: true,
    contacts: [{ name: 'Jo Dö', email: 'jo@acme.example', role: 'billing' }, { email: 'it@acme.example' }],
    routes: [{ connector: 'console', address: 'acme-room' }] }])

  await writeFile(file, 'key,tier\nacme,silver\n')
  const changed = await tocsin.tocsin('customers', 'import', file)
  assert.equal(changed.code, 0, changed.err)
  assert.match(changed.out, /line 2: changed acme: tier: gold -> silver\n0 new, 1 changed/)
  const exported = await tocsin.tocsin('customers', 'export')
  await writeFile(file, exported.out)
  assert.match((await tocsin.tocsin('customers', 'import', file)).out, /^0 new, 0 changed, 1 the same, 0 refused\n$/)
  assert.match((await tocsin.tocsin('inc', 'customer', 'acme')).out, /Acme; "GmbH".*silver/)

  await writeFile(file, Buffer.from('key,name\nacme,Acm\xe9\n', 'latin1'))
  const bad = await tocsin.tocsin('customers', 'import', file)
  assert.equal(bad.code, 1)
  assert.match(bad.err, /not UTF-8/)

  await tocsin.kill()
  await tocsin.start()
  assert.equal((await tocsin.api('/customers/Acme')).tier, 'silver')
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

test('whom an error happened to waits for a name, and rules know their tier', withSdk, async (t) => {
  const tocsin = await begin(t)
  await writeFile(join(tocsin.directory, 'policy/gold.lua'),
    'rule { name = "gold", match = { tier = "gold" }, declare = { severity = "major" }, priority = 10 }\n')
  const told = await tocsin.tocsin('inc', 'customer', 'acme', 'tier', 'gold')
  assert.equal(told.code, 0, told.err)
  assert.equal((await tocsin.tocsin('policy', 'reload')).code, 0)
  await throwError(tocsin.dsn, { message: 'no such cart', customer: 'ACME' })
  await throwError(tocsin.dsn, { message: 'no such cart', customer: 'umbrella' })
  const incident = await until('the incident', () => tocsin.incident('INC-1').catch(() => null))
  assert.equal(incident.severity, 'major')
  await until('the second customer', async () => (await tocsin.incident('INC-1')).customers?.length === 2)
  const listed = await tocsin.tocsin('inc', 'customer')
  assert.match(listed.out, /umbrella, in INC-1/)
})
