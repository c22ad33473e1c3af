// People, connectors and health in the responders' web: found, taken apart, restarted, retried; and who sees which form.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { axeFaults, closeChromium, inBrowser, open, signInByLink, withApp } from './app_rig.mjs'
import { Person, build, textOf, until } from './support.mjs'

const policy = `
access { see = { "cleo", "zoe" }, act = { "ana" }, approve = { "bo" }, administer = { "dan", "${userInfo().username}" } }
people { ana = { name = "Ana María <b>", email = "ana@acme.example", console = "ana", ways = { "console", { "call", after = "2m" } } } }
team { name = "Payments", people = { "ana" }, channel = "pay" }
`

let t, ana, cleo, dan
const people = []
before(async () => {
  t = await withApp({ policy, connectors: `desk = { plugin = "${join(build, 'connectors/desk.so')}" },` })
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

test('whoever is one person by mistake is taken apart, by an administrator or by themselves', async () => {
  const zoe = await new Person(t, 'Zoe').enter(), cleoHere = people.find(({ name }) => name === 'Cleo')
  people.push(zoe)
  for (const [browser, status] of [[dan, 303], [cleo, 200]]) {
    const before = cleoHere.messages.length
    cleoHere.say('!inc link me')
    const said = await cleoHere.sees('a code', (m, text) => cleoHere.messages.indexOf(m) >= before && /Your code is/.test(text))
    zoe.say(`!inc link ${/`([A-Z0-9]{4}-[A-Z0-9]{4})`/.exec(textOf(said))[1]}`)
    await zoe.sees('that they are one', (m, text) => /are one person/.test(text))
    await until('one person', async () => /Also known as <code>zoe/.test((await browser.get('/app/people/cleo')).text))
    assert.doesNotMatch((await ana.get('/app/people/cleo')).text, /Take off/)
    assert.equal((await ana.post('/app/people/cleo', { platform: 'console' })).status, 409)
    await browser.get('/app/people/cleo')
    assert.equal((await browser.post('/app/people/cleo', { platform: 'console' })).status, status)
    await until('two people', async () => !/Also known as/.test((await ana.get('/app/people/cleo')).text))
  }
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

test('what could not be sent is shown with its error, retried and given up', async () => {
  await until('the desk', async () => /<strong>desk<\/strong> <span class="tag">running</.test((await ana.get('/app/connectors')).text))
  await t.api('/incidents', { method: 'POST', body: { title: 'cards fail' } })
  for (const text of ['customer acme route desk refused-1', 'INC-1 affect acme', 'INC-1 tell acme We are on it.', 'INC-1 approve 1'])
    await t.api('/commands', { method: 'POST', body: { text } })
  const letter = await until('the letter', async () => /<li>(\d+): send a message to a customer on desk/.exec((await ana.get('/app/connectors')).text))
  assert.match(ana.text, /<div class="bad">the desk does not let us tell<\/div>/)
  assert.doesNotMatch((await cleo.get('/app/connectors')).text, /actions again/)
  assert.equal((await cleo.post('/app/connectors', { line: `actions drop ${letter[1]}` })).status, 403)
  assert.match((await ana.post('/app/connectors', { line: `actions again ${letter[1]}` })).text, /Retrying action/)
  await until('that it failed again', async () => /send a message to a customer on desk/.test((await ana.get('/app/connectors')).text))
  assert.match((await ana.post('/app/connectors', { line: `actions drop ${letter[1]}` })).text, /Dropped action/)
  assert.match(ana.text, /Nothing waits for a decision/)
})

test('health says how the journal, the process and the sources are, and to administrators where the journal is', async () => {
  await until('all of the journal to be looked through', async () => /<dt>All of it<\/dt><dd>was looked through/.test((await cleo.get('/app/health')).text))
  for (const word of [/<dt>Takes what happens<\/dt><dd>yes</, /<dt>Damaged places<\/dt><dd>0</, /<dt>Left on its disk<\/dt><dd[^>]*>[\d.]+ GB of/, /<dt>Memory<\/dt><dd>[\d.]+ MB</, /may send</]) assert.match(cleo.text, word)
  assert.doesNotMatch(cleo.text, /journal\.db/)
  assert.match((await dan.get('/app/health')).text, /journal\.db/)
  assert.ok(!dan.text.includes(t.key) && !dan.text.includes(t.token))
})

test('the pages are whole on a phone and without faults of axe', inBrowser, async () => {
  const view = await open(t, '/app/people', { as: dan })
  for (const path of ['/app/people', '/app/people/ana', '/app/connectors', '/app/health']) {
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

test('the page of connectors follows one that dies, of which no event tells', inBrowser, async () => {
  const view = await open(t, '/app/connectors', { as: dan })
  const desk = view.getByRole('listitem').filter({ hasText: 'desk' })
  await desk.getByText('running').waitFor()
  assert.equal(await desk.getByText('restarted').count(), 0)
  for (const pid of t.runners().filter((pid) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('connectors/desk.so'))) process.kill(pid, 'SIGKILL')
  await desk.getByText(/restarted 1 times/).waitFor()
  assert.deepEqual(view.faults, [])
  await view.context().close()
})
