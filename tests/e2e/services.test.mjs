// The catalogue: an alert of a known service has an owner and a runbook on its card; an unknown one is offered, added, and then known.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, textOf, until } from './support.mjs'

const catalogue = `
people { ana = { name = "Ana", console = "ana" } }
team { name = "payments", people = { "ana" } }
service { name = "checkout", team = "payments", tier = 1, critical_flow = true, owner = "ana", runbook = "https://wiki.example/checkout",
  depends_on = { "ledger" } }
service { name = "ledger" }
rule { name = "all", match = { level = "error" }, declare = true }
`

test('a known service is on the card, and an unknown one becomes known', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  const policy = join(tocsin.directory, 'policy/team.lua')
  const inc = async (...words) => (await tocsin.tocsin('inc', ...words)).out
  await writeFile(policy, (await readFile(policy, 'utf8')) + catalogue)
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const alert = (service, title) => tocsin.tocsin('alert', '--service', service, title)

  // known, in another case
  await alert('Checkout', 'CardDeclined')
  const card = await ana.sees('its card', (m, text) => /INC-1 CardDeclined/.test(text) && /Runbook/.test(text))
  assert.match(textOf(card), /owner: Ana/)
  assert.match(textOf(card), /team: payments/)
  assert.match(textOf(card), /\[Runbook\]\(<https:\/\/wiki\.example\/checkout>\)|Runbook.*https:\/\/wiki\.example\/checkout/)
  await ana.sees('a page for her team', (m, text) => m.room !== 'incidents' && /CardDeclined/.test(text))
  assert.match(await inc('services', 'ledger'), /1 service depends on ledger: checkout/)
  assert.match(await inc('INC-1', 'important'), /INC-1 is important[^]*critical flow: yes\. Checkout is in a critical flow/)
  const { state } = await tocsin.api('/incidents/INC-1')
  assert.equal(state.team, 'payments')
  assert.deepEqual([state.catalogue.runbook, state.catalogue.depends_on], ['https://wiki.example/checkout', ['ledger']])

  // unknown
  await alert('serach', 'IndexMissing')
  await ana.sees('what to do', (m, text) => /INC-2 IndexMissing/.test(text) && /does not have the service serach.*`services serach`/.test(text))
  assert.match(await inc('services'), /- serach: 1 alert, last in INC-2/)
  const offered = await inc('services', 'serach')
  const line = /service \{ name = "serach" \}/.exec(offered)?.[0]
  assert.ok(line && /team\.lua/.test(offered), offered)

  // what was offered is added, and the card follows
  await writeFile(policy, (await readFile(policy, 'utf8')) + line.replace(' }', ', team = "payments" }') + '\n')
  await until('it to be known', async () => /team payments/.test(await inc('services', 'serach')))
  await ana.sees('that on the card', (m, text) => /INC-2 IndexMissing/.test(text) && /owner: payments/.test(text) && !/does not have/.test(text))

  // a mistake is refused, and what was there stays
  await writeFile(policy, (await readFile(policy, 'utf8')) + 'service { name = "mail", depends_on = { "ledgr" } }\n')
  await ana.sees('the mistake', (m, text) => /'mail' depends on 'ledgr', which no service\{\} declares; did you mean 'ledger'\?/.test(text))
  assert.match(await inc('services', 'ledger'), /1 service depends on ledger: checkout/)
})
