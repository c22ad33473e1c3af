// The write-up of an incident in the browser: read, written by two at once, finished, kept; by whom, and without losing words.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { Browser, axeFaults, closeChromium, inBrowser, open, shot, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const policy = `
access { see = { "cleo" }, act = { "ana", "bo" }, administer = { "${userInfo().username}" } }
people { ana = { name = "Ana" }, bo = { name = "Bo" } }
`

let t, ana, bo, cleo
const people = [], path = '/app/incidents/INC-1/writeup', edit = `${path}/edit`
const run = async (text) => {
  const answer = await t.api('/commands', { method: 'POST', body: { text } })
  assert.equal(answer.error, null, `${text}: ${answer.text}`)
}
const entities = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" }
const plain = (html) => html.replaceAll(/&(lt|gt|amp|quot|#39);/g, (_, name) => entities[name])
const typed = ({ text }) => plain(/<textarea name="text"[^>]*>\n([^]*?)<\/textarea>/.exec(text)[1])
const began = ({ text }) => /name="version" value="(\d+)"/.exec(text)[1]
const save = (browser, text, version = began(browser)) => browser.post(edit, { text, version })
const latest = () => t.api('/incidents/INC-1/writeup')

before(async () => {
  t = await withApp({ policy })
  for (const name of ['Ana', 'Bo', 'Cleo']) people.push(await new Person(t, name).enter())
  ana = await signInByLink(t, 'Ana')
  bo = await signInByLink(t, 'Bo')
  cleo = await signInByLink(t, 'Cleo')
  await run('declare --sev major cards are refused')
  for (const line of ['pin the runbook was right', 'resolve rolled back']) await run(`INC-1 ${line}`)
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

test('it is drafted, and the incident and the past ones lead to it, with what is owed', async () => {
  assert.match((await ana.get('/app/incidents/INC-1')).text, /<dt>Write-up<\/dt><dd><a href="\/app\/incidents\/INC-1\/writeup">none yet<\/a>, owed by <time/)
  assert.match((await ana.get('/app/past')).text, /<a href="\/app\/incidents\/INC-1\/writeup"[^>]*>write-up owed<\/a>/)
  assert.match((await ana.get(path)).text, /There is none yet\. It is owed by <time/)
  assert.equal((await ana.get(edit)).status, 404)
  await ana.get(path)
  assert.equal((await ana.post(path, { do: 'draft' })).status, 200)
  assert.match(ana.text, /<article[^>]*><h2>INC-1 cards are refused<\/h2>[^]*the runbook was right/)
  assert.equal((await ana.post(path, { do: 'draft' })).status, 409)
  assert.equal((await ana.post(path, { do: 'note hello' })).status, 409)
  assert.match((await ana.get('/app/incidents/INC-1')).text, />version 1<\/a>, owed by/)
})

test('what two write at once is merged, and where both wrote nothing is lost', async () => {
  await ana.get(edit)
  await bo.get(edit)
  const first = typed(ana)
  assert.equal(typed(bo), (await latest()).text)
  assert.deepEqual([(await save(ana, `Read this first.\n${first}`)).status, ana.location], [303, path])
  assert.deepEqual([(await save(bo, `${first}The end.\r\n`)).status, bo.location], [303, `${path}?merged=1`])
  assert.match((await bo.get(bo.location)).text, /What others wrote meanwhile is in it/)
  const both = (await latest()).text
  assert.equal(both, `Read this first.\n${first}The end.\n`)

  await ana.get(edit)
  await bo.get(edit)
  await save(ana, both.replace('The end.', 'That was all, & <more>.').replace('Read this first.', 'Read this at once.'))
  assert.equal((await save(bo, both.replace('The end.', 'The end of it.').replace('# INC-1', '# About INC-1'))).status, 409)
  assert.match(bo.text, /Ana wrote the same lines meanwhile/)
  assert.equal(typed(bo), both.replace('The end.', 'The end of it.').replace('Read this first.\n# INC-1', 'Read this first.\n# About INC-1').replace('Read this first.', 'Read this first.'))
  assert.match(bo.text, /<mark>That was all, &amp; &lt;more&gt;\.<\/mark>/)
  assert.match(bo.text, /<mark>Read this at once\.<\/mark>/)
  assert.equal(began(bo), '4')
  assert.equal((await latest()).version, 4)
  const resolved = typed(bo).replace('The end of it.', 'The end of it. That was all, & <more>.').replace('Read this first.', 'Read this at once.')
  assert.equal((await save(bo, resolved)).status, 303)
  assert.equal((await latest()).text, resolved)
})

test('what cannot be kept comes back as it was typed', async () => {
  const long = `${'Ä'.repeat(500)}\n`.repeat(1000), lines = 'x\n'.repeat(2001), hostile = '</textarea><script>alert(1)</script>&amp;'
  await ana.get(edit)
  const version = began(ana)
  for (const [text, why] of [[long, /at most 128 KB/], [lines, /2000 lines/], [' \n', /empty/], [`${hostile}${'a'.repeat(1 << 20)}`, /at most 128 KB/]]) {
    assert.equal((await save(ana, text, version)).status, 409)
    assert.match(ana.text, why)
    assert.equal(typed(ana), text)
    assert.equal(began(ana), version)
  }
  assert.equal((await save(ana, 'x', '99')).status, 409)
  assert.equal((await save(ana, 'x', '-1')).status, 409)
  assert.equal(typed(ana), 'x')
  assert.equal((await ana.post(edit, { text: hostile, version, do: 'preview' })).status, 200)
  assert.equal(typed(ana), hostile)
  assert.match(ana.text, /As it will read<\/h2><div class="preview writeup"><p>&lt;\/textarea&gt;&lt;script&gt;/)
  assert.equal((await latest()).version, 5)
})

test('whoever was signed out, or has another form, gets their words back', async () => {
  const words = 'words for an hour <b>&', again = /Your words <textarea[^>]*readonly>\nwords for an hour &lt;b&gt;&amp;<\/textarea>/, other = await new Browser(t).signIn()
  await other.get(edit)
  other.cookies.delete('tocsin')
  assert.equal((await save(other, words, '5')).status, 401)
  assert.match(other.text, again)
  assert.match(other.text, /href="\/app\/signin\?back=%2Fapp%2Fincidents%2FINC-1%2Fwriteup%2Fedit"/)
  assert.equal((await other.post(edit, { text: 'x'.repeat(100_000), version: '5' })).status, 401)
  await ana.get(edit)
  assert.equal((await ana.post(edit, { csrf: 'f'.repeat(32), text: words, version: '5' })).status, 403)
  assert.match(ana.text, again)
  assert.equal((await ana.post('/app/incidents/INC-99/writeup/edit', { csrf: (await ana.get(edit)).csrf, text: words, version: '5' })).status, 404)
  assert.match(ana.text, again)
  assert.equal((await ana.post(edit, { text: 'x'.repeat(5 << 20), version: '5' }).catch(() => ({ status: 413 }))).status, 413)
  assert.equal((await latest()).version, 5)
})

test('versions, and what changed between two', async () => {
  await ana.get(path)
  assert.deepEqual([...ana.text.matchAll(/<td><a href="\?version=(\d+)">/g)].map(([, version]) => version), ['5', '4', '3', '2', '1'])
  assert.match((await ana.get(`${path}?version=5&since=4`)).text, /<li class="reworded"><p>[^]*<strong>The end of it\.<\/strong>/)
  assert.match((await ana.get(`${path}?version=2&since=1`)).text, /<li class="added"><ins>Read this first\.<\/ins>/)
  assert.match((await ana.get(`${path}?version=1&since=2`)).text, /<li class="gone"><del>Read this first\.<\/del>/)
  assert.match((await ana.get(`${path}?version=3&since=3`)).text, /Both read the same/)
  assert.match((await ana.get(`${path}?version=1`)).text, /Version 1, of Ana/)
  for (const query of ['version=6', 'version=-1', 'version=5&since=9', 'version=99999999999999999999']) assert.equal((await ana.get(`${path}?${query}`)).status, 404, query)
})

test('it is kept as Markdown and as HTML', async () => {
  const { text } = await latest(), file = `${path}/file/INC-1`
  assert.equal((await cleo.get(`${file}.md`)).text, text)
  assert.equal(cleo.headers.get('content-type'), 'text/markdown; charset=utf-8')
  assert.equal(cleo.headers.get('content-disposition'), 'attachment; filename="INC-1.md"')
  assert.equal(cleo.headers.get('x-content-type-options'), 'nosniff')
  assert.match((await cleo.get(`${file}.html?version=1`)).text, /^<!doctype html>[^]*<h1>INC-1 cards are refused<\/h1>/)
  assert.match(cleo.headers.get('content-security-policy'), /^default-src 'none'/)
  for (const other of [`${path}/file/INC-2.md`, `${file}.exe`, `${file}.md.html`, `${path}/file/..%2fedit`, `${file}.md?version=9`]) assert.ok([400, 404].includes((await cleo.get(other)).status), other)
  assert.equal((await new Browser(t).get(`${file}.md`)).status, 303)
})

test('it is finished and opened again by who may act, and read by who may see', async () => {
  assert.equal((await cleo.get(path)).status, 200)
  assert.doesNotMatch(cleo.text, /writeup\/edit|name="do"/)
  assert.equal((await cleo.get(edit)).status, 403)
  assert.equal((await cleo.post(path, { do: 'done' })).status, 409)
  assert.match(cleo.text, /is for people who may act/)
  assert.equal((await cleo.post(edit, { text: 'mine', version: '5' })).status, 403)
  assert.match(cleo.text, /readonly>\nmine<\/textarea>/)
  await ana.get(path)
  assert.match((await ana.post(path, { do: 'done' })).text, /The write-up is finished/)
  assert.match((await ana.get('/app/incidents/INC-1')).text, />version 5<\/a>, finished/)
  assert.match((await ana.get('/app/past')).text, />write-up<\/a>/)
  assert.match((await ana.get(path)).text, /It was finished <time/)
  assert.match((await ana.post(path, { do: 'reopen' })).text, /open again/)
})

test('that of a private incident is for its members, at every address', async () => {
  await ana.get('/app/declare')
  await ana.post('/app/declare', { title: 'keys leaked', private: 'on' })
  const base = `/app/incidents/${ana.location.split('/').at(-1)}/writeup`
  await ana.get(base)
  assert.equal((await ana.post(base, { do: 'draft' })).status, 200)
  for (const who of [bo, await new Browser(t).signIn()]) {
    for (const address of [base, `${base}?version=1`, `${base}?version=1&since=1`, `${base}/edit`, `${base}/file/${base.split('/')[3]}.md`]) {
      assert.equal((await who.get(address)).status, 404, address)
      assert.doesNotMatch(who.text, /keys leaked/)
    }
    await who.get(edit)
    for (const [address, fields] of [[base, { do: 'done' }], [`${base}/edit`, { text: 'x', version: '1' }], [`${base}/edit`, { text: 'x', version: '1', do: 'preview' }]]) {
      assert.equal((await who.post(address, fields)).status, 404)
      assert.doesNotMatch(who.text, /keys leaked/)
    }
  }
})

// ---- in a browser ----

const looks = [['light', {}], ['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 320, height: 700 } }]]
const isWhole = async (view, name, look) => {
  assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= view.viewportSize().width, `${name} is wider than the window, ${look}`)
  assert.deepEqual(await axeFaults(view, look === 'dark' ? ['color-contrast'] : undefined), [], `${name} ${look}`)
}

test('two people in two browsers: the second sees both texts, and saves again', inBrowser, async () => {
  for (const [look, options] of looks) {
    const one = await open(t, edit, { as: ana, ...options }), two = await open(t, edit, { as: bo, ...options })
    const write = async (view, words) => {
      const box = view.getByLabel('Text, as Markdown')
      await box.fill((await box.inputValue()).replace(/^.*\n/, `${words} ${look}.\n`))
      await view.getByRole('button', { name: 'Save' }).click()
    }
    await write(one, 'Ana was here,')
    await one.waitForURL(t.url + path)
    await write(two, 'Bo was here,')
    await two.getByRole('alert').getByText('Ana wrote the same lines meanwhile').waitFor()
    assert.equal(await two.locator('mark').innerText(), `Ana was here, ${look}.`)
    assert.match(await two.getByLabel('Text, as Markdown').inputValue(), new RegExp(`^Bo was here, ${look}\\.\n`))
    await shot(two, `writeup-clash-${look}`)
    await isWhole(two, 'clash', look)
    await write(two, 'Ana and Bo were here,')
    await two.waitForURL(t.url + path)
    await two.getByText(`Ana and Bo were here, ${look}.`).waitFor()
    for (const [name, address] of [['writeup', path], ['changes', `${path}?version=5&since=1`], ['edit', edit]]) {
      await two.goto(t.url + address)
      await shot(two, `writeup-${name}-${look}`)
      await isWhole(two, name, look)
    }
    for (const view of [one, two]) {
      assert.deepEqual(view.faults.filter((fault) => !/status of 409/.test(fault)), [], look)
      await view.context().close()
    }
  }
})

test('unsaved words are not left unasked, and stay when Tocsin is away', inBrowser, async () => {
  const view = await open(t, edit, { as: ana }), box = view.getByLabel('Text, as Markdown')
  await box.focus()
  await view.keyboard.type('Not saved yet. ')
  const asked = () => view.faults.filter((fault) => fault.startsWith('dialog')).length
  await view.getByRole('link', { name: 'Leave' }).click({ noWaitAfter: true })
  await until('the question', asked)
  assert.equal(view.url(), t.url + edit)
  await view.getByRole('button', { name: 'Preview' }).click()
  await view.getByRole('heading', { name: 'As it will read' }).waitFor()
  assert.match(await box.inputValue(), /Not saved yet\. /)
  await view.getByRole('link', { name: 'Leave' }).click({ noWaitAfter: true })
  await until('the question again', () => asked() === 2)
  await t.kill()
  await view.getByRole('button', { name: 'Save' }).click()
  await view.locator('#connection').getByText('your words are still here', { exact: false }).or(view.locator('#connection').getByText('Your words are still here', { exact: false })).waitFor()
  await t.start()
  await box.press('Control+Enter')
  await view.waitForURL(t.url + path)
  assert.match((await latest()).text, /Not saved yet\. /)
  assert.equal(asked(), 2)
  await view.context().close()
})

test('somebody who writes sees that another has saved', inBrowser, async () => {
  const view = await open(t, edit, { as: ana }), { version, text } = await latest()
  await view.getByLabel('Text, as Markdown').fill('mine')
  await bo.get(edit)
  await save(bo, `${text}\nand more\n`)
  await view.locator('#latest').getByText(`The latest version is ${version + 1}, of Bo`).waitFor()
  assert.equal(await view.getByLabel('Text, as Markdown').inputValue(), 'mine')
  await view.context().close()
})

test('it is drafted, edited and finished with the keyboard alone, with and without a script', inBrowser, async () => {
  for (const javaScriptEnabled of [true, false]) {
    await run(`declare ${javaScriptEnabled ? 'mails' : 'faxes'} are late`)
    const name = (await t.incidents())[0].name, view = await open(t, `/app/incidents/${name}/writeup`, { as: ana, javaScriptEnabled })
    const press = async (role, label) => {
      await view.getByRole(role, { name: label, exact: true }).focus()
      await view.keyboard.press('Enter')
    }
    await press('button', 'Draft it from the timeline')
    await press('link', 'Edit')
    await view.getByLabel('Text, as Markdown').focus()
    await view.keyboard.press('Control+Home')
    await view.keyboard.type('By hand.')
    await view.keyboard.press('Enter')
    await view.keyboard.press('Tab')
    await view.keyboard.press('Tab')
    await view.keyboard.press('Enter')
    await view.getByRole('heading', { name: 'As it will read' }).waitFor()
    await press('button', 'Save')
    await view.waitForURL(`${t.url}/app/incidents/${name}/writeup`)
    await view.locator('article').getByText('By hand.').waitFor()
    await press('button', 'It is finished')
    await view.getByRole('status').getByText('The write-up is finished').waitFor()
    await view.getByLabel('From version', { exact: true }).fill('1')
    await view.getByLabel('From version', { exact: true }).press('Enter')
    await view.locator('.changes').getByText('By hand.').waitFor()
    await view.context().close()
  }
})

test('without a script both texts come back, too', inBrowser, async () => {
  const view = await open(t, edit, { as: ana, javaScriptEnabled: false }), box = view.getByLabel('Text, as Markdown'), { text } = await latest()
  await bo.get(edit)
  await save(bo, text.replace(/^.*\n/, 'Bo was faster.\n'))
  await box.fill(text.replace(/^.*\n/, 'Ana was slower.\n'))
  await view.getByRole('button', { name: 'Save' }).click()
  await view.locator('mark').getByText('Bo was faster.').waitFor()
  assert.match(await box.inputValue(), /^Ana was slower\.\n/)
  await view.getByRole('button', { name: 'Save' }).click()
  await view.waitForURL(t.url + path)
  assert.match((await latest()).text, /^Ana was slower\.\n/)
  await view.context().close()
})

test('printed, it is the write-up alone, in black on white', inBrowser, async () => {
  const view = await open(t, path, { as: ana, colorScheme: 'dark' })
  await view.emulateMedia({ media: 'print', colorScheme: 'dark' })
  for (const hidden of ['header', 'nav', '#versions-title', 'button', 'form']) assert.equal(await view.locator(hidden).locator('visible=true').count(), 0, hidden)
  assert.equal(await view.locator('article').isVisible(), true)
  assert.deepEqual(await view.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]), ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'])
  await shot(view, 'writeup-print')
  await view.context().close()
})
