// Words that want to be more than words: each kind of them comes by every way by which words come, and on every page they are read as they are.
import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { after, before, test } from 'node:test'
import { Browser, closeChromium, inBrowser, open, pages, signInByLink, withApp } from './app_rig.mjs'
import { Person, until } from './support.mjs'

const hostile = {
  script: '<script>alert(1)</script><script src="https://evil.example/x.js"></script>',
  svg: '<svg onload=alert(1)><animate onbegin=alert(1)></svg><math><mi xlink:href="javascript:alert(1)">',
  handlers: '"\' onfocus=alert(1) autofocus x="><img src=x onerror=alert(1)>',
  links: '[a](javascript:alert(1)) [b](data:text/html;base64,PHNjcmlwdD4=) <javascript:alert(1)> javascript:alert(1)',
  ends: '</option></select></textarea></title></datalist></script><iframe src=javascript:alert(1)></iframe>',
  bidi: '\u202egnp.\u2066exe\u2069\u202c \u200fevil\u200e',
  braces: '{{csrf}} {{{csrf}}} {{> content}} {{#live}}x{{/live}} ${1+1} <%= 1 %>',
  entities: '&lt;b&gt; &#60;script&#62; &amp;amp; &quot;&apos; &#x3c;i&#x3e; &nbsp;',
  marks: '**bold** `code` # head ![p](https://evil.example/p.png) <b>b</b> ~~s~~',
  long: `${'Ä'.repeat(3000)}<script>alert(1)</script>`.repeat(5), // 30 KB: a line has at most 32
}
const texts = Object.entries(hostile)

// What a reader sees, without what is invisible.
const read = (text) => text.replaceAll(/\p{Cf}/gu, '').replaceAll(/\s+/g, ' ').trim()
const beginning = (text) => Buffer.from(read(text)).subarray(0, 50).toString().replace(/\ufffd$/, '') // of names there is no more

const policy = `
access { act = "everybody", approve = { "bo" }, administer = { "dan", "${userInfo().username}" } }
team { name = ${JSON.stringify(`team ${hostile.handlers}`)}, people = { "ana" } }
service { name = ${JSON.stringify(`service ${hostile.script}`)}, team = ${JSON.stringify(`team ${hostile.handlers}`)} }
`

let t, dan
const people = [], names = {}
const enter = async (name) => people[people.push(await new Person(t, name).enter()) - 1]
const run = (text) => t.api('/commands', { method: 'POST', body: { text } })

async function alert(kind, text) {
  const body = {
    title: `title ${text}`, message: `${text} ${text}`, service: 'checkout', environment: `environment ${text}`, release: text, culprit: text, host: text, stream: text,
    url: 'javascript:alert(1)', links: { runbook: 'javascript:alert(1)', [text]: 'https://acme.example/' }, tags: { [text]: text, instance: text },
    customer: { key: `key ${kind}`, name: `customer ${text}` }, exception: { type: text, value: text }, fingerprint: kind,
  }
  const answer = await fetch(`${t.url}/intake/alerts`, { method: 'POST', headers: { authorization: `Bearer ${t.key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  assert.equal(answer.status, 202, await answer.text())
  names[kind] = await until(`the incident of ${kind}`, async () => (await t.incidents()).find(({ name }) => !Object.values(names).includes(name))?.name)
}

// Everything that somebody can type about an incident.
async function type(name, text) {
  const short = text.slice(0, 150)
  for (const line of ['accept', `note note ${text}`, `update update ${text}`, `summary summary ${text}`, `link https://acme.example/label label ${short}`, `followup @ana followup ${short} by friday`,
    'tell all We see it.', `reject 1 reject ${short}`, `tell all draft ${text}`, `redraft 2 draft again ${text}`, `pause pause ${short} for 2h`, 'writeup draft', `writeup add helped: writeup ${text}`])
    await run(`${name} ${line}`)
  await writeUp(name, `# heading ${text}\n\n${text}\n\n- item ${text}\n`)
}

// The next version of an incident's write-up.
async function writeUp(name, text) {
  const { version } = await t.api(`/incidents/${name}/writeup`)
  await t.api(`/incidents/${name}/writeup`, { method: 'PUT', body: { version, text } })
}

before(async () => {
  t = await withApp({ policy, settings: `  name = ${JSON.stringify(`installation ${hostile.handlers}`)},` })
  const ana = await enter('Ana')
  ana.say('!inc whoami')
  await ana.sees('who she is', (m, said) => /You are Ana/.test(said))
  await enter('Dan')
  dan = await signInByLink(t, 'Dan')
  for (const [kind, text] of texts) {
    await alert(kind, text)
    await type(names[kind], text)
    const person = await enter(`person ${text.slice(0, 50)}`)
    person.say(`!inc ${names[kind]} note by person`)
    await person.sees('an answer', (m, said) => /Noted in/.test(said))
  }
})
after(async () => {
  await closeChromium()
  for (const person of people) person.leave()
  await t?.remove()
})

// What no page has within its frame; each of these could load, run or change something.
const never = 'script style link meta base iframe frame object embed applet img image picture source video audio track math animate set use foreignObject noscript template marquee portal'.split(' ')

// Runs in the page: what of it is no page's own.
function strangers(tags) {
  const bad = []
  for (const element of document.querySelectorAll('main *')) {
    if (tags.includes(element.localName) || (element.localName === 'svg' && !element.matches('.spark, .chart'))) bad.push(element.outerHTML.slice(0, 200))
    for (const { name, value } of element.attributes) {
      if (/^on|^style$|^srcdoc$/i.test(name)) bad.push(`${element.localName} ${name}=${value.slice(0, 100)}`)
      if (/^(href|src|action|formaction|xlink:href)$/i.test(name) && !/^(https?:|mailto:|\/|\?|#)/i.test(value)) bad.push(`${element.localName} ${name}=${value.slice(0, 100)}`)
    }
  }
  return bad
}

test('no page has anything of it but words', inBrowser, async () => {
  const view = await open(t, '/app/', { as: dan })
  const own = Object.values(names).map((name) => `/app/incidents/${name}`), some = ['script', 'handlers', 'ends', 'braces'].map((kind) => encodeURIComponent(hostile[kind]))
  const asked = some.flatMap((text) => [`/app/past?q=${text}&severity=${text}&from=${text}`, `/app/?${['severity', 'team', 'service', 'status', 'sort', 'page'].map((field) => `${field}=${text}`).join('&')}`, `${own[0]}?show=${text}&who=${text}&before=${text}`])
  const listed = async (path) => [...(await dan.get(path)).text.matchAll(/href="(\/app\/(?:groups|customers)\/[^"]+)"/g)].map(([, found]) => found)
  own.push(...own.flatMap((path) => ['', '?version=2&since=1', '?version=3&since=2', '/edit'].map((rest) => `${path}/writeup${rest}`)))
  own.push(...(await listed('/app/groups')), ...(await listed('/app/customers')))
  for (const path of [...new Set([...(await pages()).flatMap(({ paths }) => paths), ...own, ...asked])]) {
    await view.goto(t.url + path, { waitUntil: 'domcontentloaded' })
    assert.deepEqual(await view.evaluate(strangers, never), [], path)
    assert.deepEqual(view.faults.filter((fault) => !/Failed to load resource/.test(fault)), [], path)
  }
  await view.context().close()
})

test('each is read as the same characters', inBrowser, async () => {
  const view = await open(t, '/app/', { as: dan })
  for (const [kind, text] of texts) {
    await view.goto(`${t.url}/app/incidents/${names[kind]}`)
    const said = read(await view.locator('main').evaluate((main) => main.textContent))
    for (const way of ['title', 'customer', 'label', 'followup', 'reject', 'pause', 'person'])
      assert.ok(said.includes(beginning(`${way} ${text.slice(0, 50)}`)), `${way}, ${kind}: ${said}`)
  }
  await view.goto(`${t.url}/app/declare`)
  const said = read(await view.locator('body').evaluate((body) => body.innerHTML + body.textContent))
  for (const word of [`team ${hostile.handlers}`, `installation ${hostile.handlers}`]) assert.ok(said.includes(beginning(word)), word)
  await view.context().close()
})

test('a write-up is read, and comes back when two wrote it, as the same characters', inBrowser, async () => {
  const view = await open(t, '/app/', { as: dan }), words = (locator) => locator.evaluate((element) => element.textContent).then(read)
  for (const [kind, text] of texts) {
    const path = `${t.url}/app/incidents/${names[kind]}/writeup`
    await view.goto(path)
    if (!['links', 'marks', 'entities'].includes(kind)) assert.ok((await words(view.locator('article'))).includes(read(`item ${text}`)), kind) // these are CommonMark
    await view.goto(`${path}/edit`)
    await writeUp(names[kind], `theirs ${text}`)
    await view.getByLabel('Text, as Markdown').fill(`mine ${text}`)
    await view.getByRole('button', { name: 'Save' }).click()
    await view.locator('mark').waitFor()
    assert.equal(await words(view.locator('mark')), read(`theirs ${text}`), kind)
    assert.equal(read(await view.getByLabel('Text, as Markdown').inputValue()), read(`mine ${text}`), kind)
    await view.getByRole('button', { name: 'Preview' }).click()
    await view.getByRole('heading', { name: 'As it will read' }).waitFor()
    assert.deepEqual(await view.evaluate(strangers, never), [], kind)
    assert.deepEqual(view.faults.splice(0).filter((fault) => !/Failed to load resource|dialog: $/.test(fault)), [], kind)
    await view.getByRole('button', { name: 'Save' }).click()
    await view.waitForURL(path)
  }
  await view.context().close()
})

test('what the box offers is words, too', async () => {
  for (const [kind, text] of texts) {
    const answer = await dan.get(`/app/complete?incident=${names[kind]}&line=${encodeURIComponent(`tell ${text.slice(0, 50)}`)}`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/json')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    JSON.parse(answer.text)
  }
  assert.equal((await new Browser(t).get('/app/complete?line=te')).text, '[]')
})
