// The responders' web: the programs that are told of events, for administrators: how each stands, its log a part at a time, and sending again.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { axeFaults, Browser, closeChromium, inBrowser, open, shot, signInByLink, withApp } from './app_rig.mjs'
import { Person, freePort, until } from './support.mjs'

const EVIL = '<img src=x onerror=alert(1)>{{{webhook}}}'
const policy = `access { act = { "ana" }, administer = { "dan", "${userInfo().username}" } }`

let t, receiver, port, ana, dan
let how = () => 200
const people = []
const taken = []

before(async () => {
  port = await freePort()
  receiver = createServer((request, answer) => {
    request.resume().on('end', () => {
      const status = how(request.url)
      if (status === 200) taken.push(request.headers['webhook-id'])
      answer.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? '' : EVIL)
    })
  }).listen(port, '127.0.0.1')
  await once(receiver, 'listening')
  const endpoint = (name, more) => `${name} = { url = "http://127.0.0.1:${port}/${name}?token=hidden-in-the-url", secret = "whsec_${Buffer.alloc(32, 7).toString('base64')}", private_network = true, ${more} },`
  t = await withApp({ policy, settings: `webhooks = { ${endpoint('crm', 'events = { "declared", "noted" }')} ${endpoint('board', 'private = true')} },`, connectors: '\n    webhook = {},' })
  for (const name of ['Ana', 'Dan']) people.push(await new Person(t, name).enter())
  ana = await signInByLink(t, 'Ana')
  dan = await signInByLink(t, 'Dan')
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  receiver?.closeAllConnections()
  receiver?.close()
  await t?.remove()
})

const command = (text) => t.api('/commands', { method: 'POST', body: { text } })
const declare = async (title, more) => (await t.api('/incidents', { method: 'POST', body: { title, ...more } })).name
const hook = async (name) => (await t.api('/webhooks')).webhooks.find((one) => one.name === name)
const events = (browser) => [...browser.text.matchAll(/<tr><td>(\d+) (\w+)<\/td>/g)].map(([, seq]) => Number(seq))

test('each webhook says where it is, of what it is told and how it stands, and no secret', async () => {
  assert.match((await dan.get('/app/webhooks')).text, /<strong>crm<\/strong><\/a> on 127\.0\.0\.1[^]*nothing taken yet[^]*0 under way, 0 not taken\.[^]*Events: declared, noted\./)
  const name = await declare('checkout is slow')
  await until('both to take all', async () => (await Promise.all(['crm', 'board'].map(hook))).every(({ taken_at, waiting }) => taken_at && !waiting))
  assert.match((await dan.get('/app/webhooks')).text, /<strong>crm<\/strong>[^]*?well<\/span>[^]*?It last took an event/)
  assert.match(dan.text, /<strong>board<\/strong>[^]*private events, too[^]*all that timelines tell/)
  assert.match((await dan.get('/app/webhooks/crm')).text, new RegExp(`declared</td>[^]*/app/incidents/${name}"[^]*delivered</span> <small>200 in`))
  for (const path of ['/app/webhooks', '/app/webhooks/crm', '/app/webhooks/board']) assert.doesNotMatch((await dan.get(path)).text, /whsec_|hidden-in-the-url/)
  assert.equal((await dan.get('/app/webhooks/none')).status, 404)
})

test('what is not taken is said, in the API, too, and is sent again', async () => {
  how = (url) => (url.startsWith('/crm') ? 503 : 200)
  const name = await declare('card refused')
  await until('it to fail', async () => (await hook('crm')).failing_since)
  assert.deepEqual([(await hook('crm')).waiting, (await hook('crm')).not_taken, (await hook('board')).failing_since], [1, 0, undefined])
  assert.deepEqual([(await hook('crm')).events, (await hook('board')).events], [['declared', 'noted'], undefined])
  assert.match((await dan.get('/app/webhooks')).text, /<strong>crm<\/strong>[^]*?bad">failing<\/span> <small>since [^]*?1 under way/)
  await dan.get('/app/webhooks/crm')
  assert.match(dan.text, new RegExp(`${name}</a>[^]*waiting</span> <small>503 in`))
  assert.doesNotMatch(dan.text, /<img/)
  how = () => 200
  const [seq] = events(dan)
  await dan.post('/app/webhooks/crm', { line: `webhooks resend crm/${seq}` })
  assert.equal(dan.status, 200)
  assert.match(dan.text, /It is sent again\./)
  await until('it to be taken', async () => !(await hook('crm')).failing_since && (await hook('crm')).waiting === 0)
  const before = taken.length
  await dan.post('/app/webhooks/crm', { line: `webhooks resend crm/${seq}` })
  await until('it to come again', () => taken.length > before)
  assert.equal((await dan.post('/app/webhooks/crm', { line: 'webhooks resend crm/999999' })).status, 409)
  assert.equal((await dan.post('/app/webhooks/crm', { line: 'declare something else' })).status, 409)
})

test('the log comes a part at a time, and has nothing of what its reader may not see', async () => {
  const hidden = await declare('card numbers leaked', { private: true })
  const name = await declare('search is slow')
  for (let i = 0; i < 60; i++) await command(`${name} note number ${i}`)
  const delivered = async () => (await t.api('/webhooks/board/deliveries?limit=500')).deliveries.filter(({ state }) => state === 'delivered')
  await until('all of them', async () => (await delivered()).filter(({ incident, type }) => incident === name && type === 'noted').length === 60)
  assert.ok((await delivered()).some(({ incident }) => incident === hidden))
  const seen = []
  for (let path = '/app/webhooks/board'; path; path = /href="(\/app\/webhooks\/board\?before=\d+)">Earlier/.exec(dan.text)?.[1]) {
    assert.ok(events(await dan.get(path)).length <= 50)
    assert.doesNotMatch(dan.text, new RegExp(`${hidden}\\b`))
    seen.push(...events(dan))
  }
  assert.ok(seen.length > 60)
  assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => b - a))
  assert.match(dan.text, /href="\/app\/webhooks\/board">Latest/)
})

test('one that is gone is disabled, and goes on from its page', async () => {
  how = () => 410
  await declare('login fails')
  await until('it to be disabled', async () => (await hook('crm')).disabled)
  await dan.get('/app/webhooks/crm')
  assert.match(dan.text, /bad">disabled<\/span>[^]*410 in[^]*Go on where it stopped/)
  const [seq] = events(dan)
  assert.equal((await dan.post('/app/webhooks/crm', { line: `webhooks resend crm/${seq}` })).status, 409)
  how = () => 200
  await dan.post('/app/webhooks/crm', { line: 'webhooks enable crm' })
  assert.equal(dan.status, 200)
  await dan.post('/app/webhooks/board', { line: 'webhooks enable board' })
  await until('what waited', async () => (await hook('crm')).waiting === 0 && (await hook('crm')).not_taken === 0 && !(await hook('crm')).disabled)
})

test('it is for administrators, as the API is', async () => {
  for (const path of ['/app/webhooks', '/app/webhooks/crm']) assert.equal((await ana.get(path)).status, 403)
  assert.doesNotMatch((await ana.get('/app/')).text, /\/app\/webhooks/)
  assert.equal((await ana.post('/app/webhooks/crm', { line: 'webhooks enable crm' })).status, 403)
  assert.equal((await new Browser(t).get('/app/webhooks')).status, 303)
})

test('the pages are whole on a phone and in the dark, without faults of axe', inBrowser, async () => {
  for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 320, height: 700 } }]]) {
    const view = await open(t, '/app/', { as: dan, ...options })
    for (const path of ['/app/webhooks', '/app/webhooks/crm']) {
      await view.goto(t.url + path)
      await shot(view, `${path.split('/').slice(2).join('-')}-${look}`)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= (options.viewport?.width ?? 1100), `${path} is wider than the window`)
      assert.deepEqual(await axeFaults(view), [], path)
    }
    assert.deepEqual(view.faults, [])
    await view.context().close()
  }
})

test('a delivery is sent again by keyboard, and its outcome appears by itself', inBrowser, async () => {
  const view = await open(t, '/app/webhooks/crm', { as: dan })
  const again = view.getByRole('button', { name: /^Send again event \d+$/ }).first()
  await again.focus()
  how = (url) => (url.startsWith('/crm') ? 503 : 200)
  await view.keyboard.press('Enter')
  await view.getByText('It is sent again.').waitFor()
  await view.getByText(/^503 in/).waitFor()
  await view.getByText('failing').waitFor()
  how = () => 200
  await view.getByRole('button', { name: /^Send again event \d+$/ }).first().press('Enter')
  await view.getByText('It is sent again.').waitFor()
  await view.locator('#standing').getByText('well').waitFor()
  assert.deepEqual(view.faults, [])
  await view.context().close()
})
