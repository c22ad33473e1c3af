// The responders' web: who gets in and how, what a stranger's page cannot do, and every page in a browser.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { Browser, axeFaults, closeChromium, inBrowser, linkFor, open, pages, shot, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

// What somebody might try with words that end up on pages.
const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'><svg onload=alert(3)> [a](javascript:alert(4)) {{{title}}} \u202eevil'

// The token that `tocsin init` writes is that of whoever runs it.
const policy = `
access { see = { "cleo" }, act = { "ana" }, approve = { "bo" }, administer = { "dan", "${userInfo().username}" }, ask = "#platform" }
team { name = "Payments", people = { "ana" }, channel = "pay" }
`

let t, ana, ada
const people = []
before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Bo', 'Cleo', 'Dan', 'Eve']) people.push(await new Person(t, name).enter())
  ana = await signInByLink(t, 'Ana')
  ada = await new Browser(t).signIn()
  const run = (text) => t.api('/commands', { method: 'POST', body: { text } })
  await t.api('/incidents', { method: 'POST', body: { title: `checkout fails ${EVIL}`, severity: 'major', service: EVIL, summary: EVIL } })
  for (const line of [`note ${EVIL}`, `customers add "${EVIL.replaceAll('"', '')}"`, 'link https://acme.example/run <b>runbook</b>', `tell all ${EVIL.replaceAll('{', '')}`, `redraft 1 changed ${EVIL.replaceAll('{', '')}`, 'writeup draft', `writeup add helped: ${EVIL}`])
    await run(`INC-1 ${line}`)
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

// ---- who gets in ----

test('a link from a chat signs in once, and not by being looked at', async () => {
  const link = await linkFor(t, 'Ana'), preview = new Browser(t), browser = new Browser(t), other = new Browser(t)
  for (let i = 0; i < 3; i++) assert.match((await preview.get(link)).text, /Sign in as Ana/)
  assert.equal((await preview.get('/app/')).location, '/app/signin?back=/app/')
  await browser.get(link)
  await browser.post(link)
  assert.deepEqual([browser.status, browser.location], [303, '/app/'])
  assert.match((await browser.get('/app/')).text, /class="me">Ana</)
  assert.equal((await other.get(link)).status, 404)
  assert.equal((await preview.post(link)).status, 404)
})

test('a session that was planted before the sign-in is worth nothing', async () => {
  const browser = new Browser(t)
  browser.cookies.set('tocsin', 'a'.repeat(32))
  assert.equal((await browser.get('/app/')).status, 303)
  await browser.signIn()
  const first = browser.cookies.get('tocsin')
  assert.notEqual(first, 'a'.repeat(32))
  assert.match(browser.headers.getSetCookie().find((line) => line.startsWith('tocsin=')), /; Path=\/; HttpOnly; SameSite=Lax$/)
  await browser.signIn()
  const old = new Browser(t)
  old.cookies.set('tocsin', first)
  assert.equal((await old.get('/app/')).status, 303)
  assert.equal((await browser.get('/app/')).status, 200)
})

test('what access{} says holds for pages, for commands and for whom it does not name', async () => {
  const cleo = await signInByLink(t, 'Cleo')
  assert.equal((await cleo.get('/app/incidents/INC-1')).status, 200)
  assert.equal((await cleo.get('/app/declare')).status, 403)
  assert.match(cleo.text, /is for people who may act, and you may only see\. Ask #platform/)
  await cleo.get('/app/incidents/INC-1')
  assert.equal((await cleo.post('/app/incidents/INC-1', { line: 'note hello' })).status, 409)
  assert.match(cleo.text, /is for people who may act/)
  assert.equal((await cleo.get('/app/audit')).status, 403)
  const eve = people.find(({ name }) => name === 'Eve')
  eve.say('!inc signin')
  await eve.sees('a refusal', (m, text) => /you may do nothing here yet/.test(text))
})

test('a message is approved where its version was seen, and only by who may', async () => {
  const bo = await signInByLink(t, 'Bo')
  await ana.get('/app/incidents/INC-1')
  assert.doesNotMatch(ana.text, /Approve message 1/)
  assert.equal((await ana.post('/app/incidents/INC-1', { line: 'approve 1 2' })).status, 409)
  await bo.get('/app/incidents/INC-1')
  assert.match(bo.text, /value="approve 1 2"/)
  assert.equal((await bo.post('/app/incidents/INC-1', { line: 'approve 1 1' })).status, 409)
})

test('posts that another status page had are brought only by who may approve', async () => {
  for (const [person, status] of [['ana', 403], ['bo', 200]]) {
    const { token } = await t.api('/tokens', { method: 'POST', body: { name: `import-${person}`, person, scopes: 'write' } })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${t.url}/api/v1/statuspage/posts`, { method: 'POST', headers, body: '{"posts":[]}' })
    assert.equal(answer.status, status)
    if (status === 403) assert.match((await answer.json()).detail, /is for people who may approve, and you may only act/)
  }
})

test('a private incident is for its members, on every page', async () => {
  await ana.get('/app/declare')
  await ana.post('/app/declare', { title: 'keys leaked', private: 'on' })
  const [, name] = /\/app\/incidents\/(INC-\d+)/.exec(ana.location)
  assert.match((await ana.get(ana.location)).text, /keys leaked/)
  for (const browser of [ada, await signInByLink(t, 'Bo')]) {
    assert.equal((await browser.get(`/app/incidents/${name}`)).status, 404)
    assert.doesNotMatch(browser.text, /keys leaked/)
    assert.doesNotMatch((await browser.get('/app/')).text, new RegExp(`keys leaked|${name}`))
    await browser.get('/app/incidents/INC-1')
    assert.notEqual((await browser.post(`/app/incidents/${name}`, { line: 'note hello' })).status, 200)
  }
})

// ---- what a page of somebody else cannot do ----

test('a form without its token, or with that of another session, changes nothing', async () => {
  const other = await new Browser(t).signIn()
  await other.get('/app/declare')
  await ana.get('/app/declare')
  for (const csrf of ['', 'f'.repeat(32), other.csrf]) {
    assert.equal((await ana.post('/app/declare', { csrf, title: 'forged' })).status, 403)
    assert.equal((await new Browser(t).post('/app/signin', { csrf, token: t.token })).status, 403)
  }
  await ana.get('/app/declare')
  assert.equal((await ana.send('/app/declare', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: `csrf=${ana.csrf}&title=forged` })).status, 403)
  assert.doesNotMatch((await ana.get('/app/')).text, /forged/)
})

test('no page can be framed, keeps anything, or runs what is not its own', async () => {
  for (const { paths } of await pages())
    for (const path of paths) {
      const { headers } = await ada.get(path)
      assert.match(headers.get('content-security-policy'), /^default-src 'none'; script-src 'self'; style-src 'self'; .*form-action 'self'; frame-ancestors 'none'$/, path)
      assert.equal(headers.get('x-frame-options'), 'DENY')
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.doesNotMatch(ada.text.replaceAll(/"[^"]*"/g, '""'), /<script(?! src=)|<[^>]+ (on\w+|style)=/i, path)
    }
})

test('the stream follows who is signed in, and no page of another origin', async () => {
  const follow = (headers) => ana.send('/api/v1/stream', { headers })
  assert.equal((await follow({ origin: 'https://evil.example' })).status, 403)
  assert.equal((await follow({})).status, 426)
  assert.equal((await new Browser(t).get('/api/v1/stream')).status, 401)
  assert.equal((await ana.get('/api/v1/incidents')).status, 401)
})

test('a session that a token began ends with the token, on the stream, too', async () => {
  const { token } = await t.api('/tokens', { method: 'POST', body: { name: 'wallboard', scopes: 'read' } })
  const browser = await new Browser(t).signIn(token)
  assert.equal((await browser.get('/app/')).status, 200)
  assert.equal((await browser.get('/api/v1/stream')).status, 426)
  await t.api('/tokens/wallboard', { method: 'DELETE' })
  assert.equal((await browser.get('/app/')).status, 303)
  assert.equal((await browser.get('/api/v1/stream')).status, 401)
})

test('who guesses is told to wait', async () => {
  const browser = new Browser(t)
  await browser.get('/app/signin')
  let status
  for (let i = 0; i < 40 && status !== 429; i++) ({ status } = await browser.post('/app/signin', { token: `tocsin_${i}` }))
  assert.equal(status, 429)
  await browser.get('/app/signin')
  assert.equal((await browser.post('/app/signin', { token: t.token })).status, 303) // a valid one is never refused
})

test('a session ends when it is revoked, and the audit trail says so', async () => {
  const browser = await signInByLink(t, 'Ana'), dan = await signInByLink(t, 'Dan')
  await browser.get('/app/sessions')
  const id = /name="session" value="([0-9a-f]{12})"/.exec(browser.text.split('this one')[1])[1]
  await dan.get('/app/sessions')
  assert.equal((await dan.post('/app/sessions', { session: id })).status, 303)
  assert.equal((await browser.get('/app/')).status, 303)
  assert.match((await dan.get('/app/audit')).text, /Dan ended a session of ana/)
  await t.kill()
  await t.start()
  assert.equal((await browser.get('/app/')).status, 303)
  assert.equal((await dan.get('/app/')).status, 200)
})

test('addresses lead where they should', async () => {
  assert.deepEqual([(await ada.get('/')).status, ada.location], [302, '/app/'])
  assert.deepEqual([(await ada.get('/incidents/INC-1')).status, ada.location], [302, '/app/incidents/INC-1'])
  assert.equal((await ada.get('/app/incidents/INC-77')).status, 404)
  await ada.get('/app/signin?back=https://evil.example/')
  assert.match(ada.text, /name="back" value="\/app\/"/)
})

// ---- in a browser ----

const looks = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 320, height: 700 } }],
]

test('every page is whole in light and dark and on a phone, without faults of axe, and runs nobody\'s words', inBrowser, async () => {
  const dan = await signInByLink(t, 'Dan'), all = await pages()
  for (const [look, options] of looks) {
    const view = await open(t, '/app/', { as: dan, ...options })
    for (const [name, path] of all.flatMap(({ name, paths }) => paths.map((path) => [name, path]))) {
      await view.goto(t.url + path)
      if (!path.includes('?')) await shot(view, `${name}-${look}`)
      assert.equal(await view.locator('h1').count(), 1, path)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= (options.viewport?.width ?? 1100), `${path} is wider than the window, ${look}`)
      if (look !== 'narrow') assert.deepEqual(await axeFaults(view, look === 'dark' ? ['color-contrast'] : undefined), [], `${path} ${look}`) // in the dark only colours are others
      assert.equal(await view.locator('main img, main svg:not(.spark, .chart), main script, a[href^="javascript:"]').count(), 0, path)
    }
    assert.deepEqual(view.faults, [], look)
    await view.context().close()
  }
})

test('an incident is declared, moved and followed with the keyboard alone', inBrowser, async () => {
  const view = await open(t, '/app/declare', { as: ana })
  await view.locator('input[name=title]').focus()
  await view.keyboard.type('the search is slow')
  await view.keyboard.press('Enter')
  await view.waitForURL(/\/app\/incidents\/INC-\d+$/)
  const name = view.url().split('/').at(-1)
  await view.keyboard.press('/')
  await view.keyboard.type('sev critical')
  await view.keyboard.press('Enter')
  await view.locator('.said').getByText('critical').waitFor()
  await view.goto(`${t.url}/app/incidents/${name}`)
  await view.locator('#command').fill('a thought that is not sent yet')
  await t.api('/commands', { method: 'POST', body: { text: `${name} note somebody else was here` } })
  await view.locator('#timeline').getByText('somebody else was here').waitFor()
  assert.equal(await view.locator('#command').inputValue(), 'a thought that is not sent yet')
  assert.deepEqual(view.faults, [])
  await view.context().close()
})

test('on a phone the pages are behind a button, which a key opens and closes, with and without a script', inBrowser, async () => {
  for (const javaScriptEnabled of [true, false]) {
    const view = await open(t, '/app/', { as: ana, viewport: { width: 320, height: 700 }, javaScriptEnabled })
    const menu = view.getByRole('button', { name: 'Pages' }), list = view.getByRole('navigation', { name: 'Pages' })
    await view.keyboard.press('Tab')
    assert.equal(await view.locator(':focus').innerText(), 'Skip to the content')
    assert.equal(await list.isVisible(), false)
    await menu.focus()
    await view.keyboard.press('Enter')
    await list.waitFor()
    assert.equal(await list.locator('[aria-current=page]').innerText(), 'Open incidents')
    if (javaScriptEnabled) await shot(view, 'menu-narrow')
    await view.keyboard.press('Tab')
    await view.keyboard.press('Tab')
    assert.equal(await list.locator(':focus').count(), 1)
    await view.keyboard.press('Escape')
    await list.waitFor({ state: 'hidden' })
    await view.context().close()
  }
})

test('all of it works without a script', inBrowser, async () => {
  const view = await open(t, '/app/declare', { as: ana, javaScriptEnabled: false })
  await view.getByLabel('What is wrong').fill('mails are late')
  await view.getByRole('button', { name: 'Declare' }).click()
  await view.getByLabel('Command, as in chat').fill('note looking')
  await view.getByRole('button', { name: 'Run' }).click()
  assert.match(await view.locator('#timeline').innerText(), /looking/)
  await view.getByLabel('Show', { exact: true }).selectOption('status')
  await view.getByRole('button', { name: 'Show' }).click()
  assert.doesNotMatch(await view.locator('#timeline').innerText(), /looking/)
  await view.getByRole('button', { name: 'Sign out' }).click()
  await view.getByRole('heading', { name: 'Sign in' }).waitFor()
  await view.context().close()
})
