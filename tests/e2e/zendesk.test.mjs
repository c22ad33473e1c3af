// Customers' tickets in Zendesk, against the fake one: reached, heard, and what happens when things go wrong.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startZendesk } from './zendesk/server.mjs'
import { Person, Tocsin, build, textOf, throwError, until, withSdk } from './support.mjs'

const PATIENCE = 30_000

const rowOf = (zendesk, more = '') => `{ url = "${zendesk.url}", email = "${zendesk.admin.email}", token = "${zendesk.token}", limits = { ["*"] = "none", post = "none" }, ${more} }`

// A Zendesk with a customer and two agents, and a Tocsin that serves it, by webhooks or by polling.
async function setUp(t, { polling = false, more = () => '' } = {}) {
  const zendesk = await startZendesk()
  const acme = zendesk.desk.addOrganization({ name: 'Acme GmbH', domain_names: ['acme.example'], external_id: 'acme' })
  const people = {
    hank: zendesk.desk.addUser({ name: 'Hank', email: 'hank@acme.example', organization: acme }),
    ann: zendesk.desk.addUser({ name: 'Ann Agent', email: 'ann@example.com', role: 'agent' }),
  }
  const hook = zendesk.hooks.create({ name: 'Tocsin', endpoint: 'http://127.0.0.1:1/', status: polling ? 'inactive' : 'active' })
  const settings = polling ? 'interval = "1s"' : `webhook_secret = "${hook.secret}"`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { zendesk = ${rowOf(zendesk, settings)}, ${more(zendesk)}`) })
  hook.endpoint = `${tocsin.url}/connector/zendesk/webhook`
  t.after(async () => {
    await tocsin.remove()
    await zendesk.stop()
  })
  await tocsin.start()
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), ben.leave()))
  const world = { zendesk, tocsin, ana, ben, ...people }
  await running(world)
  return world
}

const running = ({ tocsin }, name = 'zendesk') => until(`${name} to run`, async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === name)?.state === 'running', PATIENCE)
  .catch((error) => { throw new Error(`${error.message}\n${tocsin.log}`) })

// An incident that affects the customer, with its room.
async function incident({ tocsin, ana, ben }) {
  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc customer acme route zendesk hank@acme.example')
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.[0]?.address === 'hank@acme.example')
  await throwError(tocsin.dsn, { customer: 'acme' })
  const room = await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)
}

// Ana writes, Ben approves.
async function tell({ tocsin, ana, ben }, text) {
  ana.say(`/inc INC-1 tell acme ${text}`)
  const draft = await until('the draft', async () => (await tocsin.incident('INC-1')).drafts?.find((d) => d.text.includes(text)))
  ben.say(`/inc INC-1 approve ${draft.number}`)
}

const mailed = ({ zendesk, tocsin }, text) => until(`'${text}' at the customer`, () => zendesk.desk.mails.find((m) => m.text.includes(text)), PATIENCE)
  .catch((error) => { throw new Error(`${error.message}\n${zendesk.log.slice(-20).map((l) => `${l.status} ${l.method} ${l.path} ${l.body}`).join('\n')}\n${tocsin.log}`) })
const replied = ({ tocsin }, text) => until(`'${text}' in the incident`, async () => (await tocsin.timeline('INC-1')).find((e) => e.text?.includes(text)), PATIENCE)
  .catch((error) => { throw new Error(`${error.message}\n${tocsin.log}`) })

function killRunner({ tocsin }) {
  const pid = tocsin.runners().find((p) => readFileSync(`/proc/${p}/maps`, 'utf8').includes('plugins/zendesk.so'))
  if (pid) process.kill(pid, 'SIGKILL')
}

// Nothing that Zendesk does not allow, nothing without an explicit `public`, and no call that is made in vain.
function assertClean({ zendesk }) {
  assert.deepEqual(zendesk.violations, [])
  for (const { body, name } of zendesk.log.filter((l) => /^tickets\.(create|update)$/.test(l.name))) {
    const { comment } = JSON.parse(body).ticket
    if (comment) assert.equal(typeof comment.public, 'boolean', `${name}: ${body}`)
  }
  const texts = zendesk.desk.mails.map((m) => `${m.ticket}: ${m.text}`)
  assert.deepEqual(texts.filter((x, i) => texts.indexOf(x) !== i), [], 'a customer read something twice')
}

for (const polling of [false, true]) {
  test(`from an error to the customer's ticket and back, by ${polling ? 'polling' : 'webhooks'}, while the connector is killed`, withSdk, async (t) => {
    const world = await setUp(t, { polling })
    const { zendesk, tocsin, ana, hank, ann } = world
    await incident(world)
    await tell(world, 'We see it, & we are **on it**.')
    killRunner(world)
    await mailed(world, 'We see it, & we are on it.')
    await ana.sees('that they were told', (m, text) => /was told via zendesk/.test(text), PATIENCE)
    const [ticket] = zendesk.desk.tickets.values()
    assert.deepEqual([ticket.requester_id, ticket.tags], [hank.id, ['tocsin']])

    zendesk.desk.says(ticket, hank, 'Still *slow* for us.', { attachments: [{ file_name: 'log.txt', content_url: `${zendesk.url}/log.txt`, size: 12 }] })
    const answer = await ana.sees('the answer', (m, text) => /^Hank of Acme GmbH replied/.test(text) && text.includes('*slow'), PATIENCE)
    assert.match(textOf(answer), new RegExp(`${zendesk.url}/agent/tickets/${ticket.id}`))
    zendesk.desk.says(ticket, ann, 'I am looking, too.')
    await ana.sees("the agent's reply", (m, text) => /Ann Agent answered Acme GmbH.*as support/.test(text) && text.includes('I am looking, too.'), PATIENCE)
    zendesk.desk.says(ticket, ann, 'Do not tell them.', { public: false })

    killRunner(world)
    await tell(world, 'Pay by invoice meanwhile.')
    await mailed(world, 'Pay by invoice meanwhile.')
    killRunner(world)
    zendesk.desk.says(ticket, hank, 'It works again.')
    await replied(world, 'It works again.')
    await tell(world, 'It is over.')
    await mailed(world, 'It is over.')

    assert.equal(zendesk.desk.tickets.size, 1)
    const events = await tocsin.timeline('INC-1')
    assert.equal(events.filter((e) => e.type === 'replied').length, 2)
    assert.ok(!events.some((e) => /Do not tell them/.test(e.text)))
    assertClean(world)
  })
}
