// The status page's desk in the responders' web: what policy wants posted, drafts from their first word to the page, maintenance, and who sees which form.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { Browser, axeFaults, closeChromium, inBrowser, open, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)> [a](javascript:alert(4))'
const policy = `
access { see = { "cleo" }, act = { "ana" }, approve = { "bo" }, administer = { "dan", "${userInfo().username}" } }
component { name = "Checkout", group = "Shop" } component { name = "Search" }
status_page { name = "main", title = "Acme" }
status_page { name = "globex", title = "Globex", private = true }
post { severity = { "major" }, title = "Some of our services are disturbed" }
message { name = "slow", when = "it is slow", title = { en = "It is slow" }, text = { en = "We are looking into it." } }
`

let t, ana, bo, cleo
const people = []
before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Bo', 'Cleo']) people.push(await new Person(t, name).enter())
  ;[ana, bo, cleo] = await Promise.all(['Ana', 'Bo', 'Cleo'].map((name) => signInByLink(t, name)))
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

const incidents = async () => (await (await fetch(`${t.url}/status/api/v2/incidents.json`)).json()).incidents
const forms = (browser) => [...browser.text.matchAll(/<form method="post"(?! action="\/app\/signout")/g)].length
const draftOf = (browser, title) => new RegExp(`<h3>${title}</h3>\\s*<p class="faint">Draft ([\\w.-]+), version (\\d+)`).exec(browser.text).slice(1)

test('the policy suggests a post, with its reason, until somebody drafts it', async () => {
  await t.api('/incidents', { method: 'POST', body: { title: `cards fail ${EVIL}`, severity: 'major' } })
  assert.match((await ana.get('/app/status')).text, /INC-1 cards fail &lt;script&gt;.*<small>The policy says so, since it is major, as app\.lua:6 has it\./)
  assert.doesNotMatch((await cleo.get('/app/status')).text, /post early/)
  await ana.post('/app/status', { line: 'INC-1 post early' })
  assert.equal(ana.status, 200)
  assert.doesNotMatch(ana.text, /To be posted/)
  const [draft] = draftOf(ana, 'Some of our services are disturbed')
  assert.equal(draft, 'INC-1.1')
  assert.doesNotMatch(ana.text, />Approve</)
})

test('a post that stands alone is drafted, changed with a word diff, rejected, approved by who may, and goes on', async () => {
  await ana.get('/app/status')
  await ana.post('/app/status', { form: 'new', title: `Payments ${EVIL}`, words: `We look ${EVIL}`, status: 'identified', component: 'Nothing=major' })
  assert.equal(ana.status, 409)
  assert.match(ana.text, /has no component &#39;Nothing&#39;|no component/)
  assert.match(ana.text, /name="title" value="Payments &lt;script&gt;/)
  await ana.post('/app/status', { form: 'new', title: 'Payments are slow', words: 'We look into it.', status: 'identified', component: 'Checkout=degraded', next: '30m', quiet: 'on' })
  assert.equal(ana.status, 200)
  const [draft] = draftOf(ana, 'Payments are slow'), path = `/app/status/drafts/${draft}`
  await ana.get(path)
  await ana.post(path, { form: 'redraft', title: 'Payments are slow', words: `We look into the ${EVIL}database.`, status: 'identified', component: 'Checkout=major_outage' })
  assert.match(ana.text, /We look into <del>it\.<\/del> <strong>the &lt;script&gt;/)
  assert.match(ana.text, /Checkout: Major outage/)
  assert.doesNotMatch(ana.text, /<script>alert|<img src=x/)
  await ana.post(path, { form: 'reject', reason: 'it promises too much' })
  assert.match(ana.text, /Rejected: it promises too much/)
  assert.equal((await ana.post('/app/status', { line: `posts approve ${draft} 2` })).status, 409)
  await ana.post(path, { form: 'redraft', words: 'We look into the database.', status: 'identified', component: 'Checkout=major_outage' })
  await bo.get('/app/status')
  const [, version] = draftOf(bo, 'Payments are slow')
  assert.equal((await bo.post('/app/status', { line: `posts approve ${draft} 1` })).status, 409)
  assert.equal((await bo.post('/app/status', { line: `posts approve ${draft} ${version}` })).status, 200)
  await until('the page to show it', async () => (await incidents()).some(({ name }) => name === 'Payments are slow'))
  const [, post] = /href="\/app\/status\/(\d+)">\d+ Payments are slow/.exec((await ana.get('/app/status')).text)
  assert.match(ana.text, /Checkout <small>Shop<\/small><\/td><td class="warn">Major outage/)
  await ana.get(`/app/status/${post}`)
  assert.match(ana.text, /We look into the database\./)
  await ana.post(`/app/status/${post}`, { form: 'word', words: 'All works again.', status: 'resolved' })
  assert.match(ana.text, /Draft \d+ waits/)
  const [, last] = /\/app\/status\/drafts\/(\d+)/.exec(ana.text)
  await bo.get(`/app/status/drafts/${last}`)
  await bo.post('/app/status', { line: `posts approve ${last} 1` })
  assert.match(bo.text, /<h2>Posts that are over<\/h2>[^]*Payments are slow/)
})

test('maintenance is planned, moved, begun, extended and ended', async () => {
  await ana.get('/app/status')
  await ana.post('/app/status', { form: 'plan', title: 'Database upgrade', when: 'some day', words: 'Payments may fail.' })
  assert.equal(ana.status, 409)
  assert.match(ana.text, /<details id="plan" open>/)
  await ana.post('/app/status', { form: 'plan', title: 'Database upgrade', when: 'tomorrow 22:00-23:30', component: 'Checkout\nSearch', words: 'Payments may fail.' })
  assert.equal(ana.status, 200)
  const [draft] = draftOf(ana, 'Database upgrade')
  await bo.get('/app/status')
  await bo.post('/app/status', { line: `posts approve ${draft} 1` })
  const [, post] = /href="\/app\/status\/(\d+)">\d+ Database upgrade/.exec(bo.text), path = `/app/status/${post}`
  await ana.get(path)
  await ana.post(path, { form: 'move', when: 'tomorrow 23:00-23:45' })
  assert.match(ana.text, /Draft \d+ waits/)
  await bo.post('/app/status', { line: `maintenance ${post} begin` })
  assert.match(bo.text, /has begun/)
  await bo.get(path)
  await bo.post(path, { form: 'extend', more: 'a fortnight ago' })
  assert.equal(bo.status, 409)
  await bo.post(path, { form: 'extend', more: '30m' })
  assert.match(bo.text, /takes longer/)
  await bo.post('/app/status', { line: `maintenance ${post} end` })
  assert.match(bo.text, /is over/)
})

test('whoever may only see gets no form, and a draft of a private incident is for its members', async () => {
  await ana.post('/app/declare', { title: 'keys leaked', private: 'on', sev: 'major' })
  const [, name] = /(INC-\d+)$/.exec(ana.location)
  await ana.post('/app/status', { line: `${name} post "x" --title "A problem with keys"` })
  assert.match((await ana.get('/app/status')).text, /A problem with keys/)
  const [draft] = draftOf(ana, 'A problem with keys')
  for (const browser of [cleo, bo]) {
    assert.doesNotMatch((await browser.get('/app/status')).text, new RegExp(`A problem with keys|${name}`))
    assert.equal((await browser.get(`/app/status/drafts/${draft}`)).status, 404)
  }
  await cleo.get('/app/status')
  assert.doesNotMatch(cleo.text, /name="form"|name="line"/)
  assert.equal((await cleo.post('/app/status', { form: 'component', component: 'Search', state: 'major' })).status, 403)
  await ana.get('/app/status')
  assert.equal((await ana.post('/app/status', { form: 'component', component: 'Search', state: 'major_outage' })).status, 200)
  assert.match(ana.text, /Search<\/td><td class="warn">Major outage/)
  for (const path of ['/app/status/0', '/app/status/77', '/app/status/x', '/app/status/drafts/77', '/app/status/drafts/INC-1.77', '/app/status/drafts/.'])
    assert.equal((await ana.get(path)).status, 404, path)
})

test('the desk is whole on a phone and without faults of axe', inBrowser, async () => {
  const view = await open(t, '/app/status', { as: bo })
  for (const path of ['/app/status', '/app/status/1', '/app/status/drafts/INC-1.1']) {
    for (const width of [1100, 320]) {
      await view.setViewportSize({ width, height: 800 })
      await view.goto(t.url + path)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= width, `${path} is wider than ${width}`)
      assert.equal(await view.locator('main img, main script, a[href^="javascript:"]').count(), 0, path)
    }
    assert.deepEqual(await axeFaults(view), [], path)
  }
  assert.deepEqual(view.faults, [])
  await view.context().close()
})

test('a draft appears while the desk is open, and is approved by keyboard', inBrowser, async () => {
  const view = await open(t, '/app/status', { as: bo })
  await ana.get('/app/status')
  await ana.post('/app/status', { form: 'new', title: 'Mails are late', words: 'We look into it.' })
  const draft = view.getByRole('article').filter({ hasText: 'Mails are late' })
  await draft.getByRole('button', { name: /^Approve draft/ }).focus()
  await view.keyboard.press('Enter')
  await view.locator('.said').waitFor()
  await view.getByRole('link', { name: /\d+ Mails are late/ }).waitFor()
  assert.deepEqual(view.faults, [])
  await view.context().close()
})

test('beside a draft stands what was posted about similar incidents', async () => {
  await bo.get('/app/status')
  await bo.post('/app/status', { line: 'INC-1 approve 1 1' })
  await ana.get('/app/status')
  await ana.post('/app/status', { line: 'INC-1 resolve' })
  await ana.post('/app/declare', { title: `cards fail ${EVIL}`, sev: 'major' })
  const [, name] = /(INC-\d+)$/.exec(ana.location)
  await ana.post('/app/status', { line: `${name} post early` })
  await ana.get(`/app/status/drafts/${name}.1`)
  assert.match(ana.text, /<h2>Posted about similar incidents<\/h2>\s*<article class="draft"><h3><a href="\/app\/status\/\d+">Some of our services are disturbed/)
})
