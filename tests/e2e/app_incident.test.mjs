// An incident's page, the open ones and the past ones: filters, addresses, parts, forms, and what the box for commands offers.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { closeChromium, inBrowser, open, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const policy = `
access { act = "everybody", approve = { "bo" }, administer = { "${userInfo().username}" } }
people { ana = { name = "Ana" }, bo = { name = "Bo" } }
team { name = "payments", people = { "ana" } }
service { name = "checkout", team = "payments" }
`

let t, ana, bo
const people = []
const run = async (text) => {
  const answer = await t.api('/commands', { method: 'POST', body: { text } })
  assert.equal(answer.error, null, `${text}: ${answer.text}`)
}

before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Bo']) people.push(await new Person(t, name).enter())
  ana = await signInByLink(t, 'Ana')
  bo = await signInByLink(t, 'Bo')
  await run('declare --sev minor --customer acme payouts are late')
  for (let i = 1; i <= 130; i++) await run(`INC-1 note step ${i}`)
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

const versions = (text) => [...text.matchAll(/<li id="e-(\d+)"/g)].map(([, version]) => Number(version))
const link = (text, word) => new RegExp(`<a href="([^"]*)">${word}</a>`).exec(text)?.[1].replaceAll('&amp;', '&')

test('a long timeline comes a part at a time, and each entry has an address', async () => {
  const path = '/app/incidents/INC-1'
  const first = versions((await ana.get(path)).text), earlier = link(ana.text, 'Earlier')
  assert.equal(first.length, 100)
  const second = versions((await ana.get(path + earlier)).text)
  assert.equal(second.at(-1), 1)
  assert.equal(second[0] < first.at(-1), true)
  assert.ok(link(ana.text, 'Latest'))
  const own = /<a class="when" href="([^"#]*)#e-(\d+)"/.exec(ana.text)
  assert.equal(versions((await ana.get(path + own[1])).text)[0], Number(own[2]))
})

test('a timeline is filtered by kind, by person, and by customer', async () => {
  const shown = async (query) => versions((await ana.get(`/app/incidents/INC-1?${query}`)).text).length
  await bo.get('/app/incidents/INC-1')
  await bo.post('/app/incidents/INC-1', { line: 'note Bo was here' })
  await run('INC-1 tell acme We see it.')
  assert.equal(await shown('show=words&who=bo'), 1)
  assert.match(ana.text, /Bo was here/)
  assert.equal(await shown('show=status'), 2)
  assert.ok((await shown('show=customers&who=customer%2Facme')) >= 2)
  assert.match(ana.text, /We see it/)
  assert.equal(await shown('who=nobody-of-that-name'), 0)
  assert.match(ana.text, /Nothing of that kind/)
})

test('a message is changed and rejected by its forms, and the change can be seen', async () => {
  const path = '/app/incidents/INC-1'
  await ana.get(path)
  await ana.post(path, { command: 'redraft', message: '1', text: 'We see it, and "work" on it.' })
  assert.match(ana.text, /Message 1, version 2/)
  assert.match(ana.text, /What changed since the version before/)
  assert.equal((await ana.post(path, { command: 'reject', message: '1', reason: '' })).status, 409)
  await ana.post(path, { command: 'reject', message: '1', reason: 'it promises -- too much' })
  assert.match(ana.text, /Rejected: it promises -- too much/)
  assert.equal((await ana.post(path, { command: 'declare', title: 'x' })).status, 409)
  assert.match(ana.text, /has no form for/)
})

test('alerts show how often they came', async () => {
  const answer = await fetch(`${t.url}/intake/alerts`, { method: 'POST', headers: { authorization: `Bearer ${t.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ title: 'card refused', service: 'checkout', count: 7 }) })
  assert.equal(answer.status, 202)
  await until('its incident', async () => (await t.incidents()).some(({ name }) => name === 'INC-2'))
  await ana.get('/app/incidents/INC-2')
  assert.match(ana.text, /<svg class="spark" role="img"[^>]*><title>7 alerts in the last hour, at most 7 in a minute<\/title>/)
  assert.match(ana.text, /href="\/app\/groups\/[0-9a-f]{16}"/)
})

test('open incidents are filtered and sorted', async () => {
  const names = async (query) => [...(await ana.get(`/app/?${query}`)).text.matchAll(/<td><a href="\/app\/incidents\/(INC-\d+)"/g)].map(([, name]) => name)
  await run('declare --sev critical the ledger is down')
  assert.deepEqual((await names('sort=severity'))[0], 'INC-3')
  assert.deepEqual(await names('severity=minor&sort=oldest'), ['INC-1', 'INC-2'])
  assert.deepEqual(await names('service=Checkout'), ['INC-2'])
  assert.deepEqual(await names('status=triage'), ['INC-2'])
  assert.deepEqual(await names('team=nobody'), [])
  assert.match(ana.text, /No incident is open that fits/)
  assert.deepEqual(await names('mine=on'), [])
  await ana.get('/app/incidents/INC-3')
  await ana.post('/app/incidents/INC-3', { line: 'lead me' })
  assert.deepEqual(await names('mine=on'), ['INC-3'])
})

test('past incidents come a part at a time, and are found by their words', async () => {
  for (let i = 4; i < 58; i++) {
    await run(`declare shop ${i} is shut`)
    await run(`INC-${i} ${i % 2 ? 'resolve' : 'decline'} ${i === 57 ? 'the zebra came back' : 'done'}`)
  }
  const rows = (text) => [...text.matchAll(/<td><a href="\/app\/incidents\/(INC-\d+)"/g)].map(([, name]) => name)
  assert.equal(rows((await ana.get('/app/past')).text).length, 50)
  assert.match(link(ana.text, 'Earlier'), /from=[\w-]{100,}$/) // what it ended with may be private
  assert.deepEqual(rows((await ana.get(`/app/past${link(ana.text, 'Earlier')}`)).text), ['INC-7', 'INC-6', 'INC-5', 'INC-4'])
  assert.equal(link(ana.text, 'Earlier'), undefined)
  await until('its words to be indexed', async () => rows((await ana.get('/app/past?q=zebra')).text).length)
  assert.deepEqual(rows(ana.text), ['INC-57'])
  assert.match(ana.text, /<small>the zebra came back<\/small>/)
  const all = new Set(rows((await ana.get('/app/past?q=shop')).text))
  for (let next; (next = link(ana.text, 'Earlier'));) rows((await ana.get(`/app/past${next}`)).text).forEach((name) => all.add(name))
  assert.equal(all.size, 54)
  assert.deepEqual(rows((await ana.get('/app/past?q=shop&severity=critical')).text), [])
})

test('the box offers how a line may go on', inBrowser, async () => {
  const view = await open(t, '/app/incidents/INC-1', { as: ana }), box = view.locator('#command')
  const offered = () => view.locator('#lines option').evaluateAll((options) => options.map(({ value }) => value))
  assert.ok((await offered()).includes('sev '))
  await view.keyboard.press('/')
  for (const [typed, wanted] of [['sev ma', 'sev major'], ['lead @b', 'lead @bo'], ['page pay', 'page payments']]) {
    await box.fill('')
    await view.keyboard.type(typed)
    await until(`${wanted} to be offered`, async () => (await offered()).includes(wanted))
  }
  assert.deepEqual(view.faults, [])
  await view.context().close()
})
