// The responders' web: insights as charts. Months that the core's own test simulates are brought into a daemon; each chart, its table, its CSV, its
// picture and the API say the same, and no private incident is named to who may not see it.
import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Browser, axeFaults, closeChromium, inBrowser, open, shot, withApp } from './app_rig.mjs'
import { build, run, until } from './support.mjs'

const MONTH = '2026-07', asked = `month=${MONTH}&months=1`
const charts = ['time', 'ended', 'team', 'service', 'rule', 'person', 'calls', 'customer', 'component', 'times']
const policy = `access { see = { "person1" }, act = { "person0" }, administer = { "person2" } }`

let t, member, other
const tokens = {}

// A journal of simulated months in the place of its own, and a token.
async function prepare(tocsin) {
  const env = { ...process.env, MONTHS_OUT: tocsin.above, MONTHS_FROM: '2026-02-01T00:00:00Z', INCIDENTS: '400' }
  const made = await run(join(build, 'tests/unit/review/months_test'), [], { env, timeout: 600_000 })
  assert.equal(made.code, 0, made.err)
  await rm(join(tocsin.directory, 'data'), { recursive: true })
  await mkdir(join(tocsin.directory, 'data'))
  const brought = await tocsin.tocsin('import', join(tocsin.above, 'journal.jsonl'))
  assert.equal(brought.code, 0, brought.err)
  const token = await tocsin.tocsin('token', 'create', 'admin', '--offline', '--person', 'person2', '--scopes', 'read,write,admin')
  assert.equal(token.code, 0, token.err)
  tocsin.token = /tocsin_\w+/.exec(token.out)[0]
}

before(async () => {
  t = await withApp({ policy, prepare })
  await until('all incidents to be read', async () => (await t.api('/insights')).waiting === 0, 300_000)
  for (const person of ['person0', 'person1']) tokens[person] = (await t.api('/tokens', { method: 'POST', body: { name: person, person, scopes: 'read' } })).token
  member = new Browser(t)
  other = new Browser(t)
  await member.signIn(tokens.person0)
  await other.signIn(tokens.person1)
})
after(async () => {
  await closeChromium()
  await t?.remove()
})

const ask = (path, token) => fetch(`${t.url}/api/v1/insights${path}`, { headers: { authorization: `Bearer ${token}` } })
const askJson = async (path, token) => (await ask(path, token)).json()

// Rows as objects.
function csvRows(text) {
  const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain)
  const [head, ...lines] = text.trim().split('\r\n').map(cells)
  return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])))
}

const plain = (html) => html.replaceAll(/<[^>]*>/g, '').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'")

// The rows of the table on a chart's page: texts of the cells, and where the first one leads.
const tableRows = (html) => [...html.matchAll(/<tr><td><a href="([^"]*)">([^]*?)<\/tr>/g)].map(([, href, rest]) => ({
  href: href.replaceAll('&amp;', '&'),
  cells: [...`<td>${rest}`.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, text]) => plain(text)),
}))

// A duration as people read it.
function said(seconds) {
  if (seconds >= 36_000) return `${Math.floor((seconds + 1800) / 3600)} h`
  const parts = [['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]].flatMap(([unit, of], i, all) => {
    const n = Math.floor((i ? seconds % all[i - 1][1] : seconds) / of)
    return n ? [`${n}${unit}`] : []
  })
  return parts.slice(0, 2).join(' ') || '0s'
}

const number = (row, name) => (row[name] === '' ? undefined : Number(row[name]))

// ---- the same figures everywhere ----

test('bars: the table, the CSV and the API say the same', async () => {
  const api = await askJson(`?${asked}`, tokens.person0), was = await askJson('?month=2026-06&months=1', tokens.person0)
  for (const chart of ['team', 'service', 'person', 'customer']) {
    const rows = csvRows(await (await ask(`/charts/${chart}.csv?${asked}`, tokens.person0)).text())
    const table = tableRows((await member.get(`/app/insights/${chart}?${asked}`)).text)
    const sums = api.by[chart].filter(({ work_seconds: work }) => work > 0)
    assert.equal(rows.length, sums.length, chart)
    assert.equal(table.length, sums.length, chart)
    assert.ok(rows.length > 3, chart)
    for (const [i, row] of rows.entries()) {
      const sum = api.by[chart].find(({ key }) => key === row.key), earlier = was.by[chart].find(({ key }) => key === row.key)
      assert.deepEqual([number(row, 'work_seconds'), number(row, 'incidents'), row.ids ? row.ids.split(' ') : [], number(row, 'hidden')], [sum.work_seconds, sum.incidents, sum.ids, sum.hidden])
      if (chart !== 'person') assert.equal(number(row, 'before_seconds'), earlier?.work_seconds ?? 0) // named by now, where before is as it was summed up
      assert.equal(number(row, 'called'), sum.calls.all + sum.calls_declined.all)
      assert.deepEqual(table[i].cells.slice(0, 4), [row.name, said(number(row, 'work_seconds')), said(number(row, 'before_seconds')), row.incidents])
    }
  }
})

test('months, times and calls likewise', async () => {
  const rows = csvRows(await (await ask(`/charts/ended.csv?${asked}`, tokens.person0)).text())
  assert.deepEqual([rows.length, rows.at(-1).key], [12, MONTH])
  for (const row of rows.slice(-3)) {
    const { all } = await askJson(`?month=${row.key}`, tokens.person0)
    assert.deepEqual(['ended', 'incidents', 'declined', 'repeats', 'merged', 'drills'].map((name) => number(row, name)), [all.incidents + all.declined, all.incidents, all.declined, all.repeats, all.merged, all.drills], row.key)
  }
  const { all, by } = await askJson(`?${asked}`, tokens.person0)
  for (const row of csvRows(await (await ask(`/charts/times.csv?${asked}`, tokens.person0)).text()))
    assert.deepEqual([number(row, 'count'), number(row, 'p50_seconds'), number(row, 'p90_seconds')], Object.values(all.times[row.key]))
  const calls = csvRows(await (await ask(`/charts/calls.csv?${asked}`, tokens.person0)).text())
  assert.ok(calls.length > 3)
  for (const row of calls) {
    const { calls: of, calls_declined: vain } = by.person.find(({ key }) => key === row.key)
    assert.deepEqual(['called', 'called_nights', 'called_weekends', 'called_declined'].map((name) => number(row, name)), [of.all + vain.all, of.nights + vain.nights, of.weekends + vain.weekends, vain.all])
  }
})

test('each chart is a picture and a file, of the app and of the API', async () => {
  for (const chart of charts) {
    const png = Buffer.from(await (await ask(`/charts/${chart}.png?${asked}`, tokens.person0)).arrayBuffer())
    assert.equal(png.toString('latin1', 1, 4), 'PNG', chart)
    assert.equal(png.readUInt32BE(16), 1104)
    assert.ok(png.readUInt32BE(20) > 100 && png.readUInt32BE(20) < 2400)
    const answer = await fetch(`${t.url}/app/insights/file/${chart}.csv?${asked}`, { headers: { cookie: [...member.cookies].map((pair) => pair.join('=')).join('; ') } })
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${chart}-${MONTH}.csv"`)
    assert.equal(await answer.text(), await (await ask(`/charts/${chart}.csv?${asked}`, tokens.person0)).text())
  }
})

test('what is not there, and who is not signed in, is told so', async () => {
  assert.equal((await member.get('/app/insights/colour')).status, 404)
  assert.equal((await member.get('/app/insights?month=soon')).status, 400)
  assert.match(member.text, /write 2026-11/)
  assert.equal((await member.get('/app/insights/incidents?by=team')).status, 400)
  assert.equal((await new Browser(t).get('/app/insights')).status, 303)
  assert.equal((await new Browser(t).get('/app/insights/file/team.png')).status, 403)
  assert.equal((await member.get(`/app/insights?month=2020-01&team=nobody`)).status, 200)
})

// ---- the incidents behind a figure ----

test('each figure leads to the incidents behind it', async () => {
  const { by, all } = await askJson(`?${asked}`, tokens.person0)
  const listed = async (path) => {
    const names = []
    for (let next = path; next; next = /<a href="(\?[^"]*from=\d+)"/.exec(member.text)?.[1].replaceAll('&amp;', '&').replace(/^/, '/app/insights/incidents')) {
      await member.get(next)
      assert.equal(member.status, 200, next)
      names.push(...[...member.text.matchAll(/<tr><td><a href="\/app\/incidents\/(INC-\d+)"/g)].map(([, name]) => name))
    }
    return names
  }
  await member.get(`/app/insights/service?${asked}`)
  for (const { href, cells: [name] } of tableRows(member.text).slice(0, 5)) {
    const { ids, hidden } = by.service.find(({ key }) => key === name)
    assert.deepEqual(await listed(href), ids)
    if (hidden) assert.match(member.text, new RegExp(`${hidden} more count, and are private`))
  }
  assert.deepEqual(await listed(`/app/insights/incidents?${asked}`), all.ids.slice(0, 200))
})

test('a private incident counts, and is named to nobody who may not see it', async () => {
  const { token } = await t.api('/tokens', { method: 'POST', body: { name: 'writes', person: 'person0', scopes: 'read,write' } })
  const post = (path, body) => fetch(`${t.url}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const { name } = await (await post('/incidents', { title: 'keys leaked', service: 'hush-service', private: true })).json()
  const resolved = await post('/commands', { text: `${name} resolve they were changed` })
  assert.equal(resolved.status, 200, await resolved.text())
  await until('it to be read', async () => (await askJson('', tokens.person0)).all.ids.includes(name))
  const theirs = await askJson('', tokens.person1)
  assert.equal((await askJson('', tokens.person0)).all.incidents, theirs.all.incidents)
  assert.ok(theirs.all.hidden > 0)
  for (const path of ['', ...charts.map((chart) => `/${chart}`), '/incidents', ...charts.map((chart) => `/file/${chart}.csv`)]) {
    const { text, status } = await other.get(`/app/insights${path}`)
    assert.equal(status, 200, path)
    assert.doesNotMatch(text, new RegExp(`${name}\\b|hush-service|keys leaked`), path)
  }
  assert.match(other.text, /key,name/)
  assert.match((await other.get('/app/insights/incidents')).text, /more count, and are private/)
  assert.match((await member.get('/app/insights/file/time.csv')).text, new RegExp(`${name}\\b`))
  assert.match((await member.get('/app/insights/incidents')).text, /keys leaked/)
})

test('a page of many services and teams is less than 100 KB', async () => {
  for (let i = 0; i < 200; i++) {
    const { name } = await t.api('/incidents', { method: 'POST', body: { title: `incident ${i}`, service: `a-service-with-a-long-name-${i}`, team: `a team of people ${i % 12}` } })
    await t.api('/commands', { method: 'POST', body: { text: `${name} resolve it was number ${i}` } })
  }
  await until('them to be read', async () => (await t.api('/insights')).by.service.length >= 200)
  await member.get('/app/insights')
  assert.match(member.text, />All \d+</)
  const bytes = Buffer.byteLength(member.text)
  assert.ok(bytes < 100 * 1024, `${bytes} bytes`)
})

// ---- in a browser ----

const looks = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 320, height: 700 } }],
  ['narrow-dark', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' }],
  ['forced', { forcedColors: 'active' }],
]
const paths = [`/app/insights?${asked}`, `/app/insights/service?${asked}`, `/app/insights/times?${asked}`, `/app/insights/incidents?${asked}`]

test('the pages are whole in light and dark, on a phone and in forced colours, without faults of axe', inBrowser, async () => {
  for (const [look, options] of looks) {
    const view = await open(t, '/app/', { as: member, ...options })
    for (const path of paths) {
      await view.goto(t.url + path)
      await view.locator('details').evaluateAll((all) => all.slice(0, 1).forEach((one) => (one.open = true)))
      await shot(view, `insights${path.split('?')[0].slice('/app/insights'.length).replace('/', '-')}-full-${look}`)
      assert.ok((await view.evaluate(() => document.documentElement.scrollWidth)) <= (options.viewport?.width ?? 1100), `${path} is wider than the window, ${look}`)
      if (look !== 'forced') assert.deepEqual(await axeFaults(view), [], `${path} ${look}`)
    }
    assert.deepEqual(view.faults, [], look)
    await view.context().close()
  }
})

// Who sees fewer colours tells bars from hatched parts by more than their colour.
test('charts are told apart by who sees fewer colours, and on paper', inBrowser, async () => {
  const view = await open(t, paths[0], { as: member })
  const session = await view.context().newCDPSession(view)
  for (const type of ['protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia']) {
    await session.send('Emulation.setEmulatedVisionDeficiency', { type })
    await shot(view, `insights-full-${type}`)
  }
  await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' })
  await view.emulateMedia({ media: 'print' })
  assert.equal(await view.locator('header').isVisible(), false)
  assert.equal(await view.locator('.filter').isVisible(), false)
  assert.equal(await view.locator('svg.chart').count(), charts.length - 1) // nothing is known by component
  await shot(view, 'insights-full-print')
  await view.context().close()
})

test('a chart says in words what it shows, and its table opens with a key, without a script', inBrowser, async () => {
  const view = await open(t, paths[0], { as: member, javaScriptEnabled: false })
  const words = await view.locator('section[aria-labelledby=service] svg').getAttribute('aria-label')
  assert.match(words, /^People's time by service, July 2026: service\d+ \d+ h, before \d/)
  const summary = view.locator('section[aria-labelledby=service] summary')
  await summary.focus()
  await view.keyboard.press('Enter')
  await view.locator('section[aria-labelledby=service] table').waitFor()
  await view.locator('select[name=months]').selectOption('3 months')
  await view.getByRole('button', { name: 'Show' }).click()
  await view.getByRole('heading', { name: 'July 2026 to September 2026' }).waitFor()
  await view.context().close()
})
