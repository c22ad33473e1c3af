// Customers' tickets in Zendesk, against the fake one: reached, heard, and what happens when things go wrong.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startZendesk } from './zendesk/server.mjs'
import { Person, Tocsin, build, textOf, throwError, until, withSdk } from './support.mjs'

const PATIENCE = 30_000

const rowOf = (zendesk, more = '') => `{ url = "${zendesk.url}", email = "${zendesk.admin.email}", token = "${zendesk.token}", limits = { ["*"] = "none", post = "none" }, ${more} }`

// A Zendesk with a customer and two agents, and a Tocsin that serves it, by webhooks or by polling.
async function setUp(t, { polling = false, more = () => '', policy = '' } = {}) {
  const zendesk = await startZendesk()
  const acme = zendesk.desk.addOrganization({ name: 'Acme GmbH', domain_names: ['acme.example'], external_id: 'acme' })
  const people = {
    hank: zendesk.desk.addUser({ name: 'Hank', email: 'hank@acme.example', organization: acme }),
    ann: zendesk.desk.addUser({ name: 'Ann Agent', email: 'ann@example.com', role: 'agent' }),
  }
  const hook = zendesk.hooks.create({ name: 'Tocsin', endpoint: 'http://127.0.0.1:1/', status: polling ? 'inactive' : 'active' })
  const settings = polling ? 'interval = "1s"' : `webhook_secret = "${hook.secret}"`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { zendesk = ${rowOf(zendesk, settings)}, ${more(zendesk)}`) })
  await appendFile(join(tocsin.directory, 'policy/team.lua'), policy)
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
function assertClean({ zendesk, tocsin }) {
  assert.deepEqual(zendesk.violations, [])
  assert.doesNotMatch(tocsin.log, /Sanitizer|runtime error/)
  assert.ok(!tocsin.log.includes(zendesk.token), 'a secret is in the log')
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

const notes = ({ zendesk }, ticket) => zendesk.desk.comments(ticket).filter((c) => !c.public).map((c) => c.plain_body)
const noted = (world, ticket, pattern) => until(`the note ${pattern}`, () => notes(world, ticket).find((n) => pattern.test(n)), PATIENCE)
  .catch((error) => { throw new Error(`${error.message}\n${notes(world, ticket).join('\n--\n')}\n${world.zendesk.log.slice(-20).map((l) => `${l.status} ${l.method} ${l.path} ${l.body}`).join('\n')}\n${world.tocsin.log}`) })

test('an agent declares from a ticket, a problem follows the incident, and both are solved after the closing message', async (t) => {
  const world = await setUp(t, { policy: '\ntickets { parents = { "zendesk" }, solve = true }\n' })
  const { zendesk, tocsin, ana, ben, hank, ann } = world
  const { desk } = zendesk
  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc customer acme route zendesk hank@acme.example')
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.length)
  const ticket = desk.opens(hank, { subject: 'Checkout is slow', text: 'Since 9:00.' })
  const other = desk.opens(desk.addUser({ name: 'Jo', email: 'jo@globex.example' }), { subject: 'Cards are refused', text: 'All of them.' })
  desk.says(ticket, hank, '!inc declare we are no agents')
  desk.says(ticket, ann, '!inc declare checkout is slow', { public: false })
  const incident = await until('the incident', () => tocsin.incident('INC-1'))
  assert.match(incident.title, /checkout is slow/)
  await noted(world, ticket, /INC-1/)
  const problem = await until('the problem', () => [...desk.tickets.values()].find((x) => x.type === 'problem'), PATIENCE)
  await until('it to join the problem', () => desk.ticket(ticket.id).problem_id === problem.id, PATIENCE)
  assert.equal(problem.is_public, false)

  desk.says(other, ann, '', { public: false, additional_tags: ['inc_attach_inc-1'] })
  await until('the other to join', () => desk.ticket(other.id).problem_id === problem.id, PATIENCE)
  const listed = await until('both tickets', async () => ((await tocsin.api('/incidents/INC-1/tickets')).tickets ?? []).filter((x) => x.ticket === String(ticket.id) || x.ticket === String(other.id)).length === 2)
  assert.ok(listed)

  for (const person of [ana, ben]) person.say('/inc INC-1 join')
  await tell(world, 'The cash desk works again.')
  await mailed(world, 'The cash desk works again.')
  ana.say('/inc INC-1 accept')
  ana.say('/inc INC-1 resolve a lock was held')
  await until('the tickets to be solved', () => [ticket, problem].every((x) => desk.ticket(x.id).status === 'solved'), PATIENCE).catch((error) => {
    throw new Error(`${error.message}\n${[...desk.tickets.values()].map((x) => `${x.id} ${x.status}`)}\n${zendesk.log.slice(-20).map((l) => `${l.status} ${l.method} ${l.path} ${l.body}`).join('\n')}\n${tocsin.log}`)
  })
  const closing = desk.mails.findIndex((m) => m.text.includes('works again'))
  assert.ok(closing >= 0)
  assertClean(world)
})

test('a ticket of a colleague is offered for the incident of their organisation, and its words come with it', async (t) => {
  const world = await setUp(t)
  const { zendesk, tocsin, ana } = world
  const { desk } = zendesk
  const [acme] = desk.organizations.values()
  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc declare checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  ana.say('/inc INC-1 affect acme')
  await until('whom it affects', async () => (await tocsin.incident('INC-1')).customers?.length)
  const ticket = desk.opens(desk.addUser({ name: 'Kai', email: 'kai@mail.example', organization: acme }), { subject: 'Hm', text: 'Odd things.' })
  const card = await ana.sees('the offer', (m, text) => /kai@mail.example wrote/.test(text) && /may belong to: INC-1/.test(text), PATIENCE)
  ana.press(card, 'Attach to INC-1')
  await replied(world, 'Odd things.')
  await noted(world, ticket, /This ticket belongs to INC-1/)
  assert.deepEqual((await tocsin.incident('INC-1')).customers.map((c) => c.key), ['acme'])
  assertClean(world)
})

test('each misbehaviour ends in one message at the customer, also when the daemon is killed', withSdk, async (t) => {
  const world = await setUp(t)
  const { zendesk, tocsin, ana, ben } = world
  await incident(world)
  const faults = [{ status: 429, retryAfter: 1 }, 409, 423, 500, 503, { after: 500 }, { after: 502 }, 'cut before', 'cut after', 'malformed']
  for (const [i, how] of faults.entries()) { // the first one opens the ticket
    zendesk.fail(i ? 'tickets.update' : 'tickets.create', how)
    await tell(world, `Message ${i}.`)
    await mailed(world, `Message ${i}.`)
  }
  for (const [i, name] of ['tickets.show', 'tickets.audits'].entries()) {
    zendesk.fail(name, 503)
    zendesk.fail('tickets.update', 'cut after')
    await tell(world, `Question ${i}.`)
    await mailed(world, `Question ${i}.`)
  }
  zendesk.fail('tickets.update', { slow: 1500 })
  await tell(world, 'While it is killed.')
  await until('the call to be made', () => zendesk.log.some((l) => l.body.includes('While it is killed.')))
  await tocsin.kill()
  await tocsin.start()
  await Promise.all([ana, ben].map((p) => p.enterAgain()))
  await mailed(world, 'While it is killed.')
  await tell(world, 'Done.')
  await mailed(world, 'Done.')
  assert.equal(zendesk.desk.tickets.size, 1)
  assertClean(world)
  assert.deepEqual(zendesk.desk.mails.length, faults.length + 4)
})

test('a ticket that was opened before the cut is found, and one for the same incident is not opened twice', withSdk, async (t) => {
  for (const how of ['cut after', { after: 502 }]) {
    const world = await setUp(t)
    await incident(world)
    world.zendesk.fail('tickets.create', how)
    world.zendesk.idempotent.set = () => {} // the key is forgotten
    await tell(world, 'We see it.')
    await mailed(world, 'We see it.')
    await world.ana.sees('that they were told', (m, text) => /was told via zendesk/.test(text), PATIENCE)
    assert.equal(world.zendesk.desk.tickets.size, 1)
    assertClean(world)
  }
})

test('a closed or merged ticket is followed up, and a deleted one is opened anew', withSdk, async (t) => {
  const world = await setUp(t)
  const { zendesk, hank } = world
  await incident(world)
  await tell(world, 'One.')
  await mailed(world, 'One.')
  zendesk.desk.close(zendesk.desk.ticket(1))
  zendesk.fail('tickets.create', 'cut after')
  await tell(world, 'Two.')
  await mailed(world, 'Two.')
  assert.equal(zendesk.desk.ticket(2).via.source.from.ticket_id, 1)
  assert.equal(zendesk.desk.ticket(2).requester_id, hank.id)
  zendesk.desk.says(zendesk.desk.ticket(2), hank, 'In the follow-up.')
  await replied(world, 'In the follow-up.')
  zendesk.desk.delete(2)
  await tell(world, 'Three.')
  await mailed(world, 'Three.')
  const other = zendesk.desk.opens(hank, { subject: 'Another', text: 'Matter.' })
  zendesk.desk.merge(other.id, { ids: [3] }, world.ann)
  await tell(world, 'Four.')
  await mailed(world, 'Four.')
  assert.deepEqual(zendesk.desk.mails.map((m) => m.text), ['One.', 'Two.', 'Three.', 'Four.'])
  assert.ok(!(await world.tocsin.timeline('INC-1')).some((e) => /was merged|was closed and merged/.test(e.text)))
  assertClean(world)
})

test('webhooks that are forged, old, doubled, reordered or lost', withSdk, async (t) => {
  const world = await setUp(t)
  const { zendesk, tocsin, hank } = world
  const { desk, hooks } = zendesk
  await incident(world)
  await tell(world, 'We see it.')
  await mailed(world, 'We see it.')
  const ticket = desk.ticket(1)
  const answers = async () => (await tocsin.timeline('INC-1')).filter((e) => e.type === 'replied').map((e) => e.text)
  const stale = new Date(Date.now() - 600_000).toISOString()
  const forgeries = [(h) => ({ ...h, 'x-zendesk-webhook-signature': 'x' }), ({ 'x-zendesk-webhook-signature': _, ...h }) => h,
    (h, sign) => ({ ...h, 'x-zendesk-webhook-signature-timestamp': stale, 'x-zendesk-webhook-signature': sign(stale) }),
    (h, sign) => ({ ...h, 'x-zendesk-webhook-signature': sign(h['x-zendesk-webhook-signature-timestamp'], '{}') })]
  for (const forge of forgeries) {
    const before = hooks.sent.length
    hooks.forge = forge
    desk.says(ticket, hank, 'Forged.')
    await until('it to be refused', () => hooks.sent.slice(before).some((x) => x.status === 401))
  }
  hooks.forge = (h) => h
  hooks.duplicates = 3
  for (const text of ['a', 'b', 'c']) desk.says(ticket, hank, `Doubled ${text}.`)
  for (const text of ['a', 'b', 'c']) await replied(world, `Doubled ${text}.`)
  hooks.held = []
  for (const text of ['d', 'e']) desk.says(ticket, hank, `Reordered ${text}.`)
  await hooks.release((list) => list.reverse())
  for (const text of ['d', 'e']) await replied(world, `Reordered ${text}.`)
  zendesk.fail('tickets.audits', 503) // it is sent again
  desk.says(ticket, hank, 'Sent again.')
  await replied(world, 'Sent again.')
  const texts = (await answers()).map((x) => /(Doubled .|Reordered .|Sent again)/.exec(x)?.[1])
  assert.deepEqual(texts.filter(Boolean).sort(), ['Doubled a', 'Doubled b', 'Doubled c', 'Reordered d', 'Reordered e', 'Sent again'])
  const { url } = tocsin
  const post = async (path, body) => (await fetch(`${url}/connector/zendesk${path}`, { method: 'POST', body })).status
  assert.deepEqual([await post('/webhook', '{}'), await post('/webhook', 'x'.repeat(300_000))], [401, 401])
  assertClean(world)
})

test('polling goes on where it stopped, through restarts, repeated rows and a late export', withSdk, async (t) => {
  const world = await setUp(t, { polling: true })
  const { zendesk, tocsin, ana, ben, hank } = world
  await incident(world)
  await tell(world, 'We see it.')
  await mailed(world, 'We see it.')
  zendesk.exportRepeats = 3
  const ticket = zendesk.desk.ticket(1)
  for (let i = 0; i < 3; i++) zendesk.desk.says(ticket, hank, `Before ${i}.`)
  await replied(world, 'Before 2.')
  await tocsin.kill()
  for (let i = 0; i < 3; i++) zendesk.desk.says(ticket, hank, `While down ${i}.`)
  await tocsin.start()
  await Promise.all([ana, ben].map((p) => p.enterAgain()))
  await replied(world, 'While down 2.')
  zendesk.exportLag = 2000
  zendesk.fail('export', { status: 429, retryAfter: 1 })
  zendesk.desk.says(ticket, hank, 'Late.')
  await replied(world, 'Late.')
  const texts = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'replied').map((e) => /(Before|While down) \d|Late/.exec(e.text)?.[0])
  assert.deepEqual(texts, ['Before 0', 'Before 1', 'Before 2', 'While down 0', 'While down 1', 'While down 2', 'Late'])
  assert.ok(zendesk.log.filter((l) => l.name === 'export').every((l) => l.query.cursor || Number(l.query.start_time) < Date.now() / 1000 - 60))
  assertClean(world)
})

test('requesters are found by address, external id, domain, name and organisation', async (t) => {
  const world = await setUp(t)
  const { zendesk, ana } = world
  const { desk } = zendesk
  const globex = desk.addOrganization({ name: 'Globex Inc', external_id: 'globex' })
  desk.addUser({ name: 'Jo', email: 'jo@globex.example', organization: globex })
  desk.addUser({ name: 'No Mail', organization: globex })
  for (const [words, found] of [['acme find hank@acme.example', /Hank.*hank@acme\.example/s], ['acme find acme.example', /Hank/], ['globex find nobody', /Jo.*jo@globex/s], ['acme find globex', /No Mail/]]) {
    ana.say(`/inc customer ${words}`)
    await ana.sees(words, (m, text) => /knows \d+ match/.test(text) && found.test(text), PATIENCE)
  }
  assertClean(world)
})

test('a check names each right that is missing, and wrong settings are refused', async (t) => {
  const zendesk = await startZendesk()
  t.after(() => zendesk.stop())
  const { desk } = zendesk
  const light = desk.addUser({ name: 'Light', email: 'light@example.com', role: 'agent' })
  light.only_private_comments = true
  light.ticket_restriction = 'assigned'
  desk.addUser({ name: 'Agent', email: 'agent@example.com', role: 'agent' }).ticket_restriction = 'groups'
  desk.addUser({ name: 'Hank', email: 'hank@example.com' })
  zendesk.oauth.set('an OAuth token', zendesk.admin)
  const rows = {
    good: [0, /ok|works/i, { email: zendesk.admin.email }],
    oauth: [0, /ok|works/i, { token: 'an OAuth token' }],
    wrong: [1, /refuses the login: check `email` and `token`/, { email: zendesk.admin.email, token: 'nonsense' }],
    light: [1, /may write no public comments.*only an administrator may export/, { email: light.email }],
    agent: [0, /sees some tickets only.*may be missed/, { email: 'agent@example.com', webhook_secret: 'c2VjcmV0' }],
    customer: [1, /it is no agent/, { email: 'hank@example.com' }],
    nowhere: [1, /not JSON|is not there|cannot be reached|not Zendesk/, { email: zendesk.admin.email, url: `${zendesk.url}/elsewhere` }],
    plain: [1, /`url` must begin with https/, { email: zendesk.admin.email, url: 'http://acme.zendesk.com' }],
    name: [1, /`email` must be the mail address/, { email: 'tocsin' }],
    table: [1, /`customers.acme` must be one mail address/, { email: zendesk.admin.email, customers: 'x' }],
  }
  const lua = ([, , { customers, ...set }]) => `plugin = "${join(build, 'plugins/zendesk.so')}", ${customers ? `customers = { acme = "${customers}" },` : ''} ` +
    Object.entries({ url: zendesk.url, token: zendesk.token, ...set }).map(([k, v]) => `${k} = "${v}"`).join(', ')
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { ${Object.entries(rows).map(([name, row]) => `${name} = { ${lua(row)} },`).join('\n')}`) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  for (const [name, [code, said]] of Object.entries(rows)) {
    let text
    await until(`${name} to say ${said}`, async () => {
      const checked = await tocsin.tocsin('connector', 'check', name)
      text = checked.out + checked.err
      return (checked.code ? 1 : 0) === code && said.test(text.replace(/\s+/g, ' '))
    }, PATIENCE).catch((error) => { throw new Error(`${error.message}: ${text}`) })
    assert.ok(!text.includes(zendesk.token) && !text.includes('nonsense'), `${name} tells a secret`)
  }
})
