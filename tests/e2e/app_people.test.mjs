// People and connectors in the responders' web: found, taken apart, restarted, retried; and who sees which form.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { axeFaults, closeChromium, inBrowser, open, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const policy = `
access { see = { "cleo" }, act = { "ana" }, approve = { "bo" }, administer = { "dan", "${userInfo().username}" } }
people { ana = { name = "Ana María <b>", email = "ana@acme.example", console = "ana", ways = { "console", { "call", after = "2m" } } } }
team { name = "Payments", people = { "ana" }, channel = "pay" }
`

let t, ana, cleo, dan
const people = []
before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Cleo', 'Dan']) people.push(await new Person(t, name).enter())
  ;[ana, cleo, dan] = [await signInByLink(t, 'Ana'), await signInByLink(t, 'Cleo'), await signInByLink(t, 'Dan')]
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

test('people are found by a part of what they are called, with what the policy says of them', async () => {
  assert.match((await cleo.get('/app/people')).text, /href="\/app\/people\/ana">Ana/)
  assert.doesNotMatch((await cleo.get('/app/people?q=DA')).text, /href="\/app\/people\/ana"/)
  assert.match(cleo.text, /href="\/app\/people\/dan">Dan/)
  assert.match((await cleo.get('/app/people?q=%3Cnobody%3E')).text, /Nobody is called so/)
  await cleo.get('/app/people/ana')
  for (const word of [/<dt>May<\/dt><dd>act</, /<li>Payments<\/li>/, /<li>console<\/li><li>call <small>after 2m<\/small><\/li>/, /console: <code>/]) assert.match(cleo.text, word)
  assert.doesNotMatch(cleo.text, /Take off/)
  assert.equal((await cleo.get('/app/people/nobody-here')).status, 404)
})

test('a connector is restarted by administrators alone, which the audit trail tells', async () => {
  assert.match((await cleo.get('/app/connectors')).text, /<strong>console<\/strong> <span class="tag">running<\/span>/)
  assert.doesNotMatch(cleo.text, /name="restart"|name="line"/)
  await ana.get('/app/connectors')
  assert.doesNotMatch(ana.text, /name="restart"/)
  assert.equal((await ana.post('/app/connectors', { restart: 'console' })).status, 409)
  await dan.get('/app/connectors')
  assert.equal((await dan.post('/app/connectors', { restart: 'nothing' })).status, 409)
  assert.equal((await dan.post('/app/connectors', { restart: 'console' })).status, 303)
  await until('the audit trail to tell', async () => /the connector console was restarted/.test((await dan.get('/app/audit')).text))
  await until('the console', async () => /class="tag">running</.test((await dan.get('/app/connectors')).text))
})

test('the pages are whole on a phone and without faults of axe', inBrowser, async () => {
  const view = await open(t, '/app/people', { as: dan })
  for (const path of ['/app/people', '/app/people/ana', '/app/connectors']) {
    for (const width of [1100, 320]) {
      await view.setViewportSize({ width, height: 800 })
      await view.goto(t.url + path)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= width, `${path} is wider than ${width}`)
    }
    assert.deepEqual(await axeFaults(view), [], path)
  }
  assert.deepEqual(view.faults, [])
  await view.context().close()
})
