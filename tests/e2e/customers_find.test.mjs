// A customer is looked for on the platforms, and a person decides which match is a route of theirs.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { sees, together, press, textOf as shownIn } from './slack/joined.mjs'
import { SlackPerson } from './slack/person.mjs'
import { Person, Tocsin, build, textOf, until, withSlack } from './support.mjs'

// A Tocsin with a desk that finds what it is asked for, and Ana in the console.
async function setUp(t, { desk = true } = {}) {
  const row = desk ? `desk = { plugin = "${join(build, 'connectors/desk.so')}" },` : ''
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { ${row}`) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await until('the connectors', async () => (await tocsin.api('/connectors')).connectors.every((c) => c.state === 'running'))
  return { tocsin, ana }
}

const routes = async (tocsin, key = 'acme') => (await tocsin.api(`/customers/${key}`)).routes

test('one match is a route after a press, and no press adds it twice', async (t) => {
  const { tocsin, ana } = await setUp(t)
  ana.say('/inc customer acme find acme.example')
  const card = await ana.sees('the match', (m, text) => /Desk knows 1 match for acme\.example/.test(text) && /Acme GmbH \(org-1\)/.test(text))
  assert.deepEqual(card.card.buttons.map((b) => b.label), ['Route to Acme GmbH'])
  assert.equal(await routes(tocsin), undefined, 'nothing is done before a person says so')
  ana.press(card, 'Route to Acme GmbH')
  await until('the route', async () => (await routes(tocsin))?.length === 1)
  assert.deepEqual(await routes(tocsin), [{ connector: 'desk', address: 'org-1' }])
  ana.say('/inc customer acme find')
  const again = await ana.sees('that it is known', (m, text) => /knows 1 match for acme/.test(text) && /a route of theirs already/.test(text))
  assert.deepEqual(again.card.buttons ?? [], [])
})

test('several matches are a button each; nobody, trouble and nonsense are said with what to type', async (t) => {
  const { tocsin, ana } = await setUp(t)
  ana.say('/inc customer acme find several.example')
  const card = await ana.sees('the matches', (m, text) => /Desk knows 2 matches/.test(text) && /jo@acme\.example/.test(text) && /and others/.test(text))
  assert.deepEqual(card.card.buttons.map((b) => b.label), ['Route to Acme GmbH', 'Route to Jo *Doe*'])
  ana.press(card, 'Route to Jo *Doe*')
  await until('the route', async () => (await routes(tocsin))?.[0].address === 'req-2')
  ana.say('/inc customer acme find nobody@acme.example')
  await ana.sees('that there is nobody', (m, text) => /knows nobody for nobody@acme\\?\.example.*`customer acme route desk …`/s.test(text))
  ana.say('/inc customer acme find refused')
  await ana.sees('the refusal', (m, text) => /could not look for refused: the desk does not let us look/.test(text))
  ana.say('/inc customer acme find broken')
  await ana.sees('the nonsense', (m, text) => /could not look for broken: it gave no answer that I understand/.test(text))
  ana.say('/inc customer acme find hostile')
  const odd = await ana.sees('what is left of it', (m, text) => /knows 1 match for hostile/.test(text))
  assert.deepEqual(odd.card.buttons.map((b) => b.label), ['Route to org-9'])
  assert.ok(!/two words|channel/.test(textOf(odd)), textOf(odd))
  assert.match((await tocsin.tocsin('inc', 'actions')).out, /Everything has been sent/)
})

test('without a connector that can look, without a chat, and without a customer, it says what to do', async (t) => {
  const { tocsin, ana } = await setUp(t, { desk: false })
  ana.say('/inc customer acme find jo@acme.example')
  await ana.sees('that nobody can look', (m, text) => /No connector here can look customers up.*`customer acme route email/.test(text))
  ana.say('/inc customer find acme.example')
  await ana.sees('what to type', (m, text) => /`customer acme find acme\.example`/.test(text))
  const refused = await tocsin.tocsin('inc', 'customer', 'acme', 'find', 'acme.example')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /Ask this in a chat/)
})

test('a channel shared in Slack is found by its name, and the customer is told there', withSlack, async (t) => {
  const { slack, tocsin, ana, w } = await together(t)
  const members = [ana.id, w.bot.id]
  const shared = w.addChannel('ext-acme', { creator: ana.id, members, shared: true })
  w.addChannel('acme-internal', { creator: ana.id, members })
  w.addChannel('ext-globex', { creator: ana.id, members, shared: true })
  await ana.slash('general', 'customer acme find jo@mail.acme.example')
  const card = await sees(slack, 'general', /knows 1 match/)
  assert.match(shownIn(card), /#ext-acme/)
  await press(ana, slack.channel('general'), card, 'Route to #ext-acme')
  await until('the route', async () => (await routes(tocsin))?.[0].address === shared.id)
  await ana.slash('general', 'declare checkout is slow --customer acme')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  await ana.slash('general', 'INC-1 tell acme We are on it.')
  await until('a draft', async () => (await tocsin.tocsin('inc', 'INC-1', 'approve', '1')).code === 0)
  await until('the message', () => slack.messages('ext-acme').find((m) => /We are on it/.test(shownIn(m))))
  const carl = new SlackPerson(slack, { name: 'Carl', team: 'T9ACME0001' })
  carl.join('ext-acme')
  await carl.say('ext-acme', 'Thanks! Still slow here.')
  const replied = await until('the answer', async () => (await tocsin.timeline('INC-1')).find((e) => e.type === 'replied'))
  assert.match(replied.text, /acme.*Still slow here/s)
  await ana.say('ext-acme', 'We are looking.')
  assert.equal((await tocsin.timeline('INC-1')).filter((e) => e.type === 'replied').length, 1, 'one of us is no customer')
  assert.deepEqual(slack.violations, [])
})
