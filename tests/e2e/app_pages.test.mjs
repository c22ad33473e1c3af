// The responders' web: what fired and which rule decided, who is on call, and the directory of customers.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { axeFaults, closeChromium, inBrowser, open, shot, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const EVIL = '<img src=x onerror=alert(1)>"\'& [a](javascript:alert(2)) {{{title}}}'
const policy = `
access { see = { "cleo" }, act = { "ana", "bo" }, administer = { "${userInfo().username}" }, ask = "#platform" }
team { name = "Payments", people = { "ana" }, channel = "pay" }
rule { name = "booms", priority = 9, match = { title = "boom*" }, declare = true, summary = "what goes boom" }
rule { name = "secrets", priority = 9, match = { title = "secret*" }, declare = { private = true, page = "bo" } }
rule { name = "hums", priority = 9, match = { title = "hum*" }, quiet = true }
rotation { name = "payments", people = { "ana", "bo" }, start = "2026-11-30", zone = "Europe/London" }
rotation { name = "data&search", people = { "bo" }, start = "2026-11-30", zone = "Europe/London" }
`

let t, ana, bo, cleo
const people = []
const alert = (body) => fetch(`${t.url}/intake/alerts`, { method: 'POST', headers: { authorization: `Bearer ${t.key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
const groupOf = (browser, title) => new RegExp(`/app/groups/([0-9a-f]{16})">${title}`).exec(browser.text)?.[1]

before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Bo', 'Cleo']) people.push(await new Person(t, name).enter())
  ana = await signInByLink(t, 'Ana')
  bo = await signInByLink(t, 'Bo')
  cleo = await signInByLink(t, 'Cleo')
  for (const title of ['boom one', 'boom two', 'secret keys', 'hum along', 'nobody cares', EVIL])
    assert.ok((await alert({ title, level: 'info', service: 'checkout', customer: title.startsWith('secret') ? { key: 'hush co' } : { key: 'acme', name: 'Acme' } })).ok)
  await t.api('/commands', { method: 'POST', body: { text: 'INC-1 decline a blip' } })
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

// ---- alerts and rules ----

test('what fired is listed with its rule and what became of it, as far as its reader may see it', async () => {
  await ana.get('/app/groups')
  assert.match(ana.text, /boom one<\/a>[^]*?rules\?q=app\.lua%3A4[^]*?declined<\/span> <a href="\/app\/incidents\/INC-1">/)
  assert.match(ana.text, /hum along<\/a>[^]*?kept quiet by the rule hums/)
  assert.match(ana.text, /nobody cares<\/a>[^]*?no rule matched/)
  assert.doesNotMatch(ana.text, /<img|secret keys|INC-3/)
  assert.match((await bo.get('/app/groups')).text, /secret keys/)
  const secret = groupOf(bo, 'secret keys')
  assert.equal((await ana.get(`/app/groups/${secret}`)).status, 404)
  assert.equal((await bo.get(`/app/groups/${secret}`)).status, 200)
})

test('the list is filtered by state and by words', async () => {
  const titles = async (query) => [...(await ana.get(`/app/groups?${query}`)).text.matchAll(/\/app\/groups\/[0-9a-f]{16}">([^<]*)/g)].map(([, title]) => title)
  assert.deepEqual(await titles('state=declined'), ['boom one'])
  assert.deepEqual(await titles('state=open'), ['boom two'])
  assert.deepEqual((await titles('state=none&q=hum')), ['hum along'])
  assert.equal((await titles('before=1-0000000000000000')).length, 5) // only sealed ones are places
  assert.equal((await titles('before=junk')).length, 5)
})

test('one group tells why it was judged as it was, and opens an incident', async () => {
  await ana.get('/app/groups')
  const hum = groupOf(ana, 'hum along')
  await ana.get(`/app/groups/${hum}`)
  assert.match(ana.text, /judged quiet[^]*?facts: [^]*?title hum along/)
  assert.equal((await ana.post(`/app/groups/${hum}`, { declare: 'yes' })).status, 303)
  assert.match(ana.location, /^\/app\/incidents\/INC-\d+$/)
  assert.match((await ana.get(`/app/groups/${hum}`)).text, new RegExp(ana.location ?? 'INC-'))
  assert.equal((await ana.get('/app/groups/zz')).status, 404)
  assert.equal((await ana.get('/app/groups/0000000000000001')).status, 404)
})

test('rules say where they stand and how often they fired; alerts are muted and unmuted', async () => {
  await ana.get('/app/rules?q=booms')
  assert.match(ana.text, /booms<\/td>[^]*?what goes boom[^]*?app\.lua:4<\/code><\/td><td data-name="Fired">2</)
  assert.doesNotMatch(ana.text, /hums/)
  await until('the declined incident to be read', async () => /0 accepted, 1 declined/.test((await ana.get('/app/rules')).text))
  assert.doesNotMatch(ana.text, /\d%/)
  assert.equal((await ana.post('/app/rules', { group: 'boom*', when: 'for 2h', reason: `a ${EVIL}` })).status, 200)
  assert.match(ana.text, /is muted until[^]*?<code>boom\*<\/code>/)
  assert.doesNotMatch(ana.text, /<img/)
  assert.equal((await ana.post('/app/rules', { group: '*', when: 'for 2h', reason: 'x' })).status, 409)
  assert.match(ana.text, /would silence everything/)
  await cleo.get('/app/rules')
  assert.doesNotMatch(cleo.text, /Unmute/)
  assert.equal((await cleo.post('/app/rules', { do: 'unmute', group: 'boom*' })).status, 409)
  assert.equal((await ana.post('/app/rules', { do: 'unmute', group: 'boom*' })).status, 200)
  assert.match(ana.text, /Nothing is muted/)
})

// ---- on call ----

test('who is on call now and next is shown, and people cover, leave and swap', async () => {
  await ana.get('/app/oncall')
  assert.match(ana.text, /href="\/app\/oncall\/payments"[^]*?class="who"[^]*?(Ana|Bo)[^]*?until/)
  assert.equal((await ana.get('/app/oncall/data%26search')).status, 200)
  assert.match(ana.text, /On call for data&amp;search[^]*?Bo/)
  await ana.get('/app/oncall')
  assert.equal((await ana.post('/app/oncall', { whom: 'Bo', when: 'tomorrow 9-17' })).status, 200, ana.text)
  assert.match(ana.text, /Ana covers Bo for data[^]*?value="cover cancel (\d+)"/)
  const [, number] = /cover cancel (\d+)/.exec(ana.text)
  assert.equal((await ana.post('/app/oncall', { line: `cover cancel ${number}` })).status, 200)
  assert.equal((await ana.post('/app/oncall', { line: 'declare something else' })).status, 409)
  assert.equal((await ana.post('/app/oncall', { away: '', days: 'friday' })).status, 200)
  assert.match(ana.text, /Take back absence 1/)
  assert.equal((await ana.post('/app/oncall', { with: 'Bo' })).status, 200, ana.text)
  assert.match(ana.text, /Withdraw offer 1/)
  assert.match((await bo.get('/app/oncall')).text, /Accept offer 1/)
  assert.doesNotMatch((await cleo.get('/app/oncall')).text, /Offers to swap|<h2 id="cover-title"/)
  assert.equal((await ana.post('/app/oncall', { whom: 'Bo', when: 'whenever' })).status, 409)
  assert.match(ana.text, /name="when" value="whenever"/)
})

test('a calendar of the shifts is for whoever asks', async () => {
  await ana.get('/app/oncall/payments')
  await ana.post('/app/oncall/payments')
  const [address] = /http[^ <]*\/calendar\/[a-z0-9]+\.ics/.exec(ana.text)
  assert.match(await (await fetch(address)).text(), /BEGIN:VCALENDAR/)
  assert.doesNotMatch((await ana.get('/app/oncall/payments')).text, /\/calendar\//)
  assert.equal((await ana.get('/app/oncall/nobody')).status, 404)
})

// ---- customers ----

test('those affected now come first, as far as their incidents are seen', async () => {
  await ana.get('/app/customers')
  assert.match(ana.text, /Affected now[^]*?\/app\/customers\/acme">Acme<\/a>[^]*?not in the directory[^]*?INC-[24]<\/a> <small>and 1 more/)
  assert.doesNotMatch(ana.text, /hush/)
  assert.match((await bo.get('/app/customers')).text, /customers\/hush%20co"/)
  assert.equal((await ana.get('/app/customers/hush%20co')).status, 404)
  assert.equal((await ana.get('/app/customers/nobody')).status, 404)
  assert.equal((await bo.get('/app/customers/hush%20co')).status, 200)
})

test('one customer shows what touched them and what they were told, and is described', async () => {
  await ana.get('/app/customers')
  assert.equal((await ana.post('/app/customers', { customer: 'acme', field: 'name', value: `Acme ${EVIL}`.slice(0, 60) })).status, 200, ana.text)
  assert.match(ana.text, /The directory \(1\)/)
  await t.api('/commands', { method: 'POST', body: { text: 'INC-2 told acme by phone' } })
  await until('the word to be told', async () => /INC-2[^]*?they heard from us another way/.test((await ana.get('/app/customers/ACME')).text))
  assert.match(ana.text, /<h2>Before<\/h2>[^]*?INC-1/)
  assert.doesNotMatch(ana.text, /<img|href="javascript|INC-3/)
  assert.equal((await ana.post('/app/customers/acme', { customer: 'acme', field: 'tier', value: 'gold' })).status, 200)
  assert.match(ana.text, /<dt>Tier<\/dt><dd>gold/)
  assert.match((await ana.get('/app/customers?tier=GOLD&q=acm')).text, /customers\/acme"/)
  assert.match((await ana.get('/app/customers?tier=silver')).text, /No customer is like that/)
  await cleo.get('/app/customers/acme')
  assert.doesNotMatch(cleo.text, /<details id="change"/)
  assert.equal((await cleo.post('/app/customers/acme', { customer: 'acme', field: 'tier', value: 'none' })).status, 409)
})

// ---- in a browser ----

test('each page is whole, with what is on it, on a phone and in the dark, without faults of axe', inBrowser, async () => {
  await ana.get('/app/groups')
  const paths = ['/app/groups', `/app/groups/${groupOf(ana, 'boom two')}`, '/app/rules', '/app/oncall', '/app/oncall/payments', '/app/customers', '/app/customers/acme']
  for (const [look, options] of [['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 320, height: 700 } }]]) {
    const view = await open(t, '/app/', { as: ana, ...options })
    for (const path of paths) {
      await view.goto(t.url + path)
      await shot(view, `${path.split('/').slice(2, 4).join('-')}-full-${look}`)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= (options.viewport?.width ?? 1100), `${path} is wider than the window`)
      if (look === 'dark') assert.deepEqual(await axeFaults(view), [], path)
    }
    assert.deepEqual(view.faults, [])
    await view.context().close()
  }
})
