// Subscribers of a status page, through real mail servers, a webhook that Standard Webhooks' own library verifies, and a channel in Slack:
// from the form on the page to the last word, each told once, over kills.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { MailRig, withMail } from './mail_rig.mjs'
import { together, textOf } from './slack/joined.mjs'
import { loadModule } from './standin.mjs'
import { hookOf } from './statuspage_rig.mjs'
import { Person, freePort, until, withSlack, withStandardWebhooks } from './support.mjs'

const SECRET = 'twenty-characters-at-least'
const MANY = 200
const skip = withMail.skip || withSlack.skip || withStandardWebhooks.skip

const policy = (url, hidden) => `
component { name = "Checkout" }
component { name = "API" }
status_page { name = "main", title = "Acme", url = "${url}", languages = { "de" } }
status_page { name = "globex", title = "Acme for Globex", url = "${url}${hidden}", components = { "API" }, private = true }
status_page { name = "team", title = "Acme for the team", url = "${url}/for/team", components = { "API" }, private = true, readers = { "token:dashboard" } }
`

const open = (url, options) => fetch(url, { redirect: 'manual', ...options })
const submit = (url, fields, headers = {}) => open(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
const linkIn = (mail, what) => new RegExp(`http://\\S+/subscribe/${what}/[\\w.-]+`).exec(mail.text)[0]

async function world(t) {
  const rig = await MailRig.start(t)
  const port = await freePort(), url = `http://127.0.0.1:${port}`
  const connectors = `
    email = { address = "incidents@example.com", name = "Acme", secret = "a secret of the end-to-end tests", smtp = "127.0.0.1:${rig.ports.submission}",
      imap = "127.0.0.1:${rig.ports.imaps}", user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem" },
    webhook = { private_subscribers = true },`
  const made = await together(t, 'sockets', {
    change: (text) => text.replace('connectors = {', `status_listen = "127.0.0.1:${port}", status_secret = "${SECRET}",\n connectors = {${connectors}`),
    policy: () => policy(url, ''),
  })
  const { tocsin } = made
  const hidden = new URL((await tocsin.tocsin('statuspage', 'link', 'globex')).out.trim()).pathname.replace('/status', '').replace(/\/$/, '')
  await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), policy(url, hidden))
  await tocsin.tocsin('policy', 'reload')
  await until('the form', async () => (await open(`${url}${hidden}/subscribe`)).status === 200)
  const ana = await new Person(tocsin, 'ana').enter(), bo = await new Person(tocsin, 'bo').enter()
  t.after(() => [ana, bo].forEach((person) => person.leave()))
  return { ...made, slackAna: made.ana, rig, url, hidden: `${url}${hidden}`, ana, bo }
}

// A mail address that has signed up and confirmed; its mail with the link.
async function subscribed(w, base, user, fields = {}) {
  const before = w.rig.files(user).length
  assert.equal((await submit(`${base}/subscribe`, { email: `${user}@acme.example`, ...fields })).status, 200)
  const mail = (await w.rig.receives(user, before + 1)).at(-1)
  const confirmed = await submit(linkIn(mail, 'confirm'), {})
  assert.equal(confirmed.status, 303)
  return { mail, manage: new URL(confirmed.headers.get('location'), linkIn(mail, 'confirm')).href }
}

async function post(w, line) {
  const { ana, bo } = w
  const before = ana.messages.length
  ana.say(`!inc INC-1 post ${line}`)
  const draft = await ana.sees('the draft', (m, text) => ana.messages.indexOf(m) >= before && /Message \d+ to the status page/.test(text))
  bo.say(`!inc INC-1 approve ${/Message (\d+) to/.exec(draft.card?.title ?? textOf(draft) ?? draft.text)?.[1] ?? ''}`)
  const words = /([A-Z][\w ]+\.)/.exec(line)[1]
  await until(`"${words}" on the page`, async () => (await (await open(`${w.url}/`)).text()).includes(words))
}

test('sign-ups: confirmed by the link in a real mail, forged and replayed links refused, and nobody learns who subscribes', { skip }, async (t) => {
  const w = await world(t)
  const { rig, tocsin, url, hidden } = w

  await t.test('the form works without a script; the link in the mail only asks, and its button confirms once', async () => {
    const form = await (await open(`${url}/subscribe?in=de`)).text()
    assert.match(form, /lang="de"/)
    assert.match(form, /<input id="email" name="email" type="email" required/)
    assert.ok(!/ on\w+=|<script>/.test(form))
    assert.equal((await submit(`${url}/subscribe`, { email: 'first@acme.example', in: 'de' })).status, 200)
    const [mail] = await rig.receives('first', 1)
    assert.match(mail.subject, /^\[Acme\] Bestätigen Sie/)
    assert.equal(mail.headers.get('list-unsubscribe'), undefined)
    const confirm = linkIn(mail, 'confirm')
    assert.match(await (await open(confirm)).text(), /first@acme\.example/)
    assert.match((await tocsin.tocsin('subscribers', 'list')).out, /^$/)
    assert.equal((await submit(confirm, {})).status, 303)
    assert.match((await tocsin.tocsin('subscribers', 'list')).out, /^main\tmail\tfirst@acme\.example\t\S+\tactive\n$/)
    assert.equal((await submit(confirm, {})).status, 404)
    assert.equal((await submit(confirm.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a')), {})).status, 404)
  })

  await t.test('an address that subscribes is answered as one that does not, and gets the same mail', async () => {
    const [known, unknown] = [await submit(`${url}/subscribe`, { email: 'first@acme.example' }), await submit(`${url}/subscribe`, { email: 'other@acme.example' })]
    assert.deepEqual([known.status, await known.text()], [unknown.status, await unknown.text()])
    const other = (await rig.receives('other', 1))[0]
    const again = (await rig.receives('first', 2))[1]
    const plain = (mail) => mail.text.replace(/confirm\/\S+/g, 'confirm/…')
    assert.equal(plain(again), plain(other))
  })

  await t.test('a link of one page confirms and manages nothing on another', async () => {
    assert.equal((await submit(`${hidden}/subscribe`, { email: 'big@globex.example' })).status, 200)
    const confirm = linkIn((await rig.receives('big', 1))[0], 'confirm')
    assert.ok(confirm.startsWith(hidden))
    assert.equal((await submit(confirm.replace(hidden, url), {})).status, 404)
    const confirmed = await submit(confirm, {})
    assert.equal(confirmed.status, 303)
    const manage = new URL(confirmed.headers.get('location'), confirm).href
    assert.equal((await open(manage)).status, 200)
    assert.equal((await open(manage.replace(hidden, url))).status, 404)
    assert.equal((await open(manage.replace(/\w\?/, '_?'))).status, 404)
  })

  await t.test('a page with readers: whoever signed up there and is no reader any more can only leave', async () => {
    const token = (await tocsin.tocsin('token', 'create', 'dashboard', '--scopes', 'read')).out.trim()
    const page = `${url}/for/team`
    assert.equal((await submit(`${page}/subscribe`, { email: 'team@acme.example' })).status, 401)
    assert.equal((await submit(`${page}/subscribe`, { email: 'team@acme.example' }, { authorization: `Bearer ${token}` })).status, 200)
    const confirm = linkIn((await rig.receives('team', 1))[0], 'confirm')
    const confirmed = await submit(confirm, {})
    assert.equal(confirmed.status, 303)
    const manage = new URL(confirmed.headers.get('location'), confirm).href
    assert.match(await (await open(manage)).text(), /name="component"/)
    assert.match((await tocsin.tocsin('subscribers', 'list', '--page', 'team')).out, /^team\tmail\tteam@acme\.example\t\S+\tactive\n$/)
    await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), policy(url, hidden.slice(url.length)).replace('token:dashboard', 'token:another'))
    await tocsin.tocsin('policy', 'reload')
    await until('that it is none', async () => (await open(manage)).status === 404)
    assert.doesNotMatch(await (await open(manage)).text(), /name="component"|team@acme/)
    assert.match((await tocsin.tocsin('subscribers', 'list', '--page', 'team')).out, /\tno reader\n$/)
    const leave = manage.replace('/manage/', '/leave/').replace(/\?.*/, '')
    assert.equal((await submit(leave, {})).status, 200)
    assert.equal((await tocsin.tocsin('subscribers', 'list', '--page', 'team')).out, '')
  })

  await t.test('what is no address is refused; a mailbox gets three mails an hour; an address may ask ten times', async () => {
    const from = (n) => ({ 'x-forwarded-for': `192.0.2.${n}` })
    for (const email of ['', 'nobody', 'a@b', 'a@b.example\r\nBcc: c@d.example', 'two@a.example,b@c.example'])
      assert.equal((await submit(`${url}/subscribe`, { email }, from(1))).status, 422, email)
    assert.equal((await submit(`${url}/subscribe`, { webhook: 'http://10.0.0.1/x' }, from(1))).status, 422)
    for (let i = 0; i < 5; i++) assert.equal((await submit(`${url}/subscribe`, { email: 'often@acme.example' }, from(2))).status, 200)
    for (let i = 0; i < 5; i++) assert.equal((await submit(`${url}/subscribe`, { email: `n${i}@acme.example` }, from(2))).status, 200)
    const refused = await submit(`${url}/subscribe`, { email: 'n6@acme.example' }, from(2))
    assert.equal(refused.status, 429)
    assert.equal((await submit(`${url}/subscribe`, { email: 'n6@acme.example' }, from(3))).status, 200)
    await Promise.all([rig.receives('n6', 1), rig.receives('often', 3)])
    assert.equal(rig.files('often').length, 3)
  })
})

test(`an incident's words reach ${MANY} mailboxes, a webhook and a channel once each, over kills`, { skip }, async (t) => {
  const w = await world(t)
  const { rig, tocsin, url, hidden, ana, bo, slack } = w
  const { Webhook } = await loadModule('standardwebhooks')
  const target = await hookOf(t)
  const users = Array.from({ length: MANY }, (_, i) => `s${i}`)
  const counts = () => users.map((user) => rig.files(user).length)

  // an export of Statuspage, with lines that cannot be taken
  const csv = join(tocsin.above, 'subscribers.csv')
  const rows = users.map((user, i) => `email,${user}@many.example,,${i % 2 ? 'API;Checkout' : ''}`)
  rows.splice(10, 0, 'sms,,+15550100,', 'email,not an address,,', 'email,x@many.example,,Nothing')
  await writeFile(csv, ['type,email,phone_number,components', ...rows].join('\n'))
  const imported = await tocsin.tocsin('subscribers', 'import', csv)
  assert.match(imported.out, /^line 12: Only email .*\nline 13: .*address.*\nline 14: The policy has no component 'Nothing'\.\n200 taken, 3 refused\n$/)

  // a webhook confirms, and shows its secret
  assert.equal((await submit(`${url}/subscribe`, { webhook: target.url })).status, 200)
  const asked = await until('the webhook to be asked', () => target.received.length && JSON.parse(target.received[0].text))
  const confirmed = await submit(asked.meta.confirm, {})
  const page = await (await open(new URL(confirmed.headers.get('location'), asked.meta.confirm))).text()
  const webhook = new Webhook(/whsec_[\w+/=]+/.exec(page)[0])
  const events = () => target.received.map(({ headers, text }) => webhook.verify(text, headers))

  // a channel in one line; a mailbox of the private page; one that wants only Checkout
  const inSlack = (text) => slack.messages(slack.channel('general')?.id).filter((m) => textOf(m).includes(text)).length
  await w.slackAna.invite('general')
  await w.slackAna.slash('general', 'subscribe')
  await until('the channel to subscribe', async () => /channel/.test((await tocsin.tocsin('subscribers', 'list')).out))
  await subscribed(w, hidden, 'private')
  const components = JSON.parse(await (await open(`${url}/api/v2/components.json`)).text()).components
  const { manage } = await subscribed(w, url, 'choosy', { component: components.find(({ name }) => name === 'Checkout').id })

  // the first word, killed in the middle
  ana.say('!inc declare the ledger is on fire --sev major')
  await ana.sees('the incident', (m, text) => /INC-1/.test(text))
  await post(w, 'identified: Payments are slow. --title "Slow payments" --component checkout=major')
  await until('some mails', () => counts().filter(Boolean).length > 20)
  await tocsin.kill()
  await tocsin.start()
  await Promise.all([ana.enterAgain(), bo.enterAgain()])
  const doubtful = () => (tocsin.log.match(/to a subscriber of a status page/g) ?? []).length
  await until('all mails', () => counts().reduce((sum, n) => sum + n, 0) + doubtful() >= MANY)
  assert.deepEqual(counts().filter((n) => n > 1), [])
  assert.ok(doubtful() < 20)
  const [first] = await rig.receives(users[counts().indexOf(1)], 1)
  assert.equal(first.subject, '[Acme] Identified: Slow payments')
  assert.match(first.text, /Payments are slow\./)
  assert.match(first.text, /Checkout: Major outage/)
  assert.ok(!first.text.includes('ledger') && !first.text.includes('INC-'))
  assert.equal(first.headers.get('list').unsubscribe.url.startsWith(`${url}/subscribe/leave/main.mail.`), true)
  assert.match(String(first.headerLines.find(({ key }) => key === 'list-unsubscribe-post')?.line), /List-Unsubscribe=One-Click/)
  await until('the webhook', () => events().length === 3)
  const [, incident, moved] = events()
  assert.equal(incident.incident.incident_updates[0].body, 'Payments are slow.')
  assert.equal(incident.page.status_indicator, 'major')
  assert.deepEqual([moved.component_update.old_status, moved.component_update.new_status, moved.component.name], ['operational', 'major_outage', 'Checkout'])
  await until('the channel', () => inSlack('Payments are slow.') === 1)
  assert.equal((await rig.receives('choosy', 2)).length, 2)

  // one-click: a GET only shows a button, a POST ends it, a replay is answered alike, and a forged one ends nothing and says what to do
  const leaver = users[counts().indexOf(1)], [mail] = await rig.receives(leaver, 1)
  const leave = mail.headers.get('list').unsubscribe.url
  assert.equal((await open(leave)).status, 200)
  const one = () => open(leave, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })
  for (const answer of [await one(), await one()]) assert.equal(answer.status, 200)
  const forged = await open(`${leave}0`, { method: 'POST', body: 'List-Unsubscribe=One-Click' })
  assert.equal(forged.status, 404)
  assert.match(await forged.text(), /subscribe again with the same address.*href="..\/..\/subscribe"/s)
  assert.ok(!(await tocsin.tocsin('subscribers', 'list')).out.includes(`${leaver}@`))
  const component = components.find(({ name }) => name === 'API').id
  assert.equal((await submit(manage, Array(3).fill(['component', component]))).status, 303)
  const chosen = (await tocsin.api('/subscribers?limit=500')).subscribers.find(({ address }) => address.startsWith('choosy@'))
  assert.deepEqual(chosen.components, [component])

  // the last word, killed in the middle again
  const before = counts(), told = doubtful()
  await post(w, 'resolved All is well again.')
  await until('some mails', () => counts().filter((n, i) => n > before[i]).length > 20)
  await tocsin.kill()
  const config = await readFile(tocsin.config, 'utf8')
  await writeFile(tocsin.config, config.replace(`status_secret = "${SECRET}"`, `status_secret = "another secret of the test", status_secret_before = "${SECRET}"`))
  await tocsin.start()
  await until('the other mails', () => counts().filter((n, i) => n > before[i]).length + doubtful() - told >= MANY - 1)
  assert.deepEqual(counts().filter((n, i) => n > before[i] + 1), [])
  assert.equal(rig.files(leaver).length, 1)

  // links of the secret before still hold
  const other = users.findLast((user) => user !== leaver && rig.files(user).length), [early] = await rig.receives(other, 1)
  assert.equal((await open(early.headers.get('list').unsubscribe.url, { method: 'POST', body: 'List-Unsubscribe=One-Click' })).status, 200)
  assert.ok(!(await tocsin.tocsin('subscribers', 'list')).out.includes(`${other}@`))
  await until('the channel', () => inSlack('All is well again.') === 1)
  await until('the webhook', () => events().length === 5)
  assert.equal(rig.files('choosy').length, 2)
  assert.equal(rig.files('private').length, 1)
  assert.ok(!/many\.example/.test(tocsin.log))
  assert.match((await tocsin.tocsin('subscribers', 'remove', `${users[3]}@many.example`)).out, /^removed from 1 status pages/)
})
