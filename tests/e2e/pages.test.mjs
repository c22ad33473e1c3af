// The page that links in chat lead to, as a browser shows it.
import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'
import { modules, throwError, Tocsin, until, withSdk } from './support.mjs'

const { JSDOM } = createRequire(join(modules, 'package.json'))('jsdom')

async function open(t, url, token) {
  const page = await JSDOM.fromURL(url, { runScripts: 'dangerously', resources: 'usable', pretendToBeVisual: true,
    beforeParse(window) {
      window.fetch = fetch // jsdom has no fetch
      if (token) window.localStorage.setItem('tocsin token', token)
    } })
  t.after(() => page.window.close())
  const text = (selector) => page.window.document.querySelector(selector).textContent
  return { page, text, document: page.window.document }
}

test('the page of an incident shows what its reader may see, and updates itself', async (t) => {
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', 'public_url = "http://127.0.0.1:1",\n  connectors = {') })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const command = (text) => tocsin.api('/commands', { method: 'POST', body: { text } })
  await command('declare <img src=x onerror=alert(1)> is slow')
  const url = `${tocsin.url}/incidents/INC-1`

  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'/)
  assert.doesNotMatch(await answer.text(), /is slow/)

  // without a token the page asks for one, and refuses a wrong one
  const asked = await open(t, url)
  await until('the form', () => asked.document.querySelector('#sign-in') && !asked.document.querySelector('#sign-in').hidden)
  const give = (token) => {
    asked.document.querySelector('#token').value = token
    asked.document.querySelector('#sign-in').dispatchEvent(new asked.page.window.Event('submit', { cancelable: true }))
  }
  give('tocsin_wrong')
  await until('a refusal', () => asked.text('#problem'))
  assert.equal(asked.page.window.localStorage.length, 0)
  give(tocsin.token)
  await until('the incident', () => asked.text('h1').includes('is slow'))
  assert.equal(asked.document.querySelector('img'), null)
  assert.equal(asked.text('dl').includes('investigating'), true)

  // new events appear
  await command('INC-1 note rolled back to 1.4')
  await until('the note', () => asked.text('li').includes('rolled back to 1.4'))
  await command('INC-1 sev major')
  await until('the severity', () => asked.text('dl').includes('major'))

  // a timeline of several pages
  for (let i = 0; i < 120; i++) await command(`INC-1 note number ${i}`)
  const long = await open(t, url, tocsin.token)
  await until('a page', () => long.document.querySelectorAll('li').length === 100)
  long.document.querySelector('#earlier').click()
  await until('the rest', () => long.text('ol').includes('rolled back to 1.4') && long.document.querySelector('#earlier').hidden)

  long.document.querySelector('#sign-out').click()
  assert.equal(long.page.window.localStorage.length, 0)
  assert.equal(long.document.querySelector('#incident').hidden, true)

  const none = await open(t, `${tocsin.url}/incidents/INC-77`, tocsin.token)
  await until('an error', () => none.text('#problem').includes('INC-77'))
})

test('the page shows the links of an incident and the errors that led to it', withSdk, async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await appendFile(join(tocsin.directory, 'policy/team.lua'), `service { name = "Checkout", owner = "zoe", runbook = "https://wiki.example/checkout" }
service { name = "api", depends_on = "checkout" }\n`)
  await tocsin.start()
  await throwError(tocsin.dsn, { message: 'the card <b>was refused</b>', release: 'shop@1.4.2', customer: 'Acme' })
  await until('the incident', async () => (await tocsin.api('/incidents')).incidents.length)
  const command = (text) => tocsin.api('/commands', { method: 'POST', body: { text } })
  await command('INC-1 link https://wiki.example/a?b="c" how to <i>roll back</i>')

  const { document, text } = await open(t, `${tocsin.url}/incidents/INC-1`, tocsin.token)
  await until('the link', () => text('#links').includes('how to <i>roll back</i>'))
  assert.deepEqual([...document.querySelectorAll('#links a')].map((a) => a.href), ['https://wiki.example/checkout', 'https://wiki.example/a?b=%22c%22'])
  assert.match(text('dl'), /ownerzoe.*needed byapi/)
  assert.match(text('#errors summary'), /^CardDeclined: the card <b>was refused<\/b> · 1×$/)
  for (const part of ['charge in ', 'shop.cjs:']) assert.ok(text('#errors pre').includes(part), text('#errors pre'))
  for (const part of ['production', 'shop@1.4.2', 'Acme']) assert.ok(text('#errors dl').includes(part), text('#errors dl'))
  assert.equal(document.querySelector('b, i'), null)

  document.querySelector('#errors details').open = true
  await command('INC-1 note rolled back')
  await until('the note', () => text('ol').includes('rolled back'))
  assert.equal(document.querySelector('#errors details').open, true)
})
