// Customers' conversations in a fake Intercom: from an error to the customer's conversation and back.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startIntercom } from './intercom/server.mjs'
import { Person, Tocsin, build, textOf, throwError, until, withSdk } from './support.mjs'

const SECRET = 'the client secret of a fake app'

async function fakeIntercom(t) {
  const intercom = await startIntercom()
  t.after(() => intercom.stop())
  const { workspace } = intercom
  const acme = workspace.addCompany('Acme GmbH', 'acme')
  return { intercom, workspace, webhooks: intercom.webhooks, ann: workspace.addAdmin('Ann'), acme,
    hank: workspace.addContact({ email: 'hank@acme.example', name: 'Hank', external_id: '70', company: acme }),
    tracker: workspace.addType('Incident', 'Tracker'), office: workspace.addType('Work', 'Back-office') }
}

const rowOf = ({ intercom, workspace, tracker, office }, more = `secret = "${SECRET}"`) =>
  `url = "${intercom.url}", token = "${intercom.token}", admin = "${workspace.me.id}", inbox = "https://app.intercom.com/a/inbox/${workspace.app.id_code}",
   tracker = "${tracker.id}", work = "${office.id}", requester = "incidents@example.com", tag = "incident", interval = "1s", ${more}`

async function setUp(t, { more, others = () => '', policy } = {}) {
  const fake = await fakeIntercom(t)
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { intercom = { ${rowOf(fake, more)} }, ${others(fake)}`) })
  t.after(() => tocsin.remove())
  if (policy) await writeFile(join(tocsin.directory, 'policy', 'tickets.lua'), policy)
  await tocsin.start()
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), ben.leave()))
  await until('intercom to run', async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'intercom')?.state === 'running')
  fake.webhooks.url = `${tocsin.url}/connector/intercom/`
  return { ...fake, tocsin, ana, ben }
}

// Ana writes, Ben approves.
async function tell({ tocsin, ana, ben }, name, text) {
  ana.say(`/inc ${name} tell acme ${text}`)
  const draft = await until('the draft', async () => (await tocsin.incident(name)).drafts?.find((d) => d.text.includes(text)))
  ben.say(`/inc ${name} approve ${draft.number}`)
}

async function route(ana, tocsin, address = 'hank@acme.example') {
  ana.say('/inc customer acme name Acme GmbH')
  ana.say(`/inc customer acme route intercom ${address}`)
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.[0]?.address === address)
}

const words = (html) => html.replaceAll(/<[^>]+>/g, '')
const replies = (conversation) => conversation.parts.filter((p) => p.part_type !== 'note' && p.body).map((p) => words(p.body))
const everything = (workspace) => workspace.conversations.flatMap((c) => [words(c.source.body), ...replies(c)])
const said = (workspace, text) => until(`'${text}' in Intercom`, () => everything(workspace).some((s) => s.includes(text)))
const replied = (tocsin, name, text) => until(`'${text}' in ${name}`, async () => (await tocsin.timeline(name)).find((e) => e.text?.includes(text)))
const assertOnce = (workspace, text) => assert.equal(everything(workspace).filter((s) => s.includes(text)).length, 1, text)

function killRunner(tocsin) {
  const pid = tocsin.runners().find((p) => readFileSync(`/proc/${p}/maps`, 'utf8').includes('plugins/intercom.so'))
  if (pid) process.kill(pid, 'SIGKILL')
}

test("from an error to the customer's conversation and back, while connector and daemon are killed", withSdk, async (t) => {
  const world = await setUp(t)
  const { intercom, workspace, webhooks, hank, ann, tocsin, ana, ben } = world
  assert.equal(await webhooks.probe(), 200)
  webhooks.notify('ping')
  const check = await tocsin.tocsin('connector', 'check', 'intercom')
  assert.equal(check.code, 0, check.err)

  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc customer acme find acme.example')
  const found = await ana.sees('the match', (m, text) => /knows 1 match for acme/.test(text) && /hank@acme/.test(text))
  ana.press(found, 'Route to Hank (Acme GmbH)')
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.[0]?.address === 'hank@acme.example')

  await throwError(tocsin.dsn, { customer: 'acme' })
  const room = await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)
  intercom.fail('createMessage', 'cut after')
  await tell(world, 'INC-1', 'We see it, & we are **on it**.')
  killRunner(tocsin)
  await ana.sees('that they were told', (m, text) => /was told via intercom/.test(text))
  assertOnce(workspace, 'We see it')
  const [conversation] = workspace.conversations
  assert.deepEqual([conversation.source.author.id, conversation.source.type, conversation.contacts], [workspace.me.id, 'email', [hank.id]])
  assert.match(conversation.source.body, /We see it, &amp; we are <b>on it<\/b>\./)

  workspace.contactWrites(hank, '<p>Still <i>slow</i> for us.</p>', conversation)
  const answer = await ana.sees('the answer', (m, text) => /^Hank of Acme GmbH replied/.test(text) && text.includes('slow'))
  assert.match(textOf(answer), new RegExp(`https://app.intercom.com/a/inbox/${workspace.app.id_code}/inbox/conversation/${conversation.id}`))
  workspace.adminWrites(ann, conversation, 'I am looking, too.')
  await ana.sees("the agent's reply", (m, text) => /Ann answered Acme GmbH/.test(text) && text.includes('I am looking, too.'))
  workspace.adminWrites(ann, conversation, 'Do not tell them.', 'note')
  workspace.botWrites(conversation, 'I am a bot.')

  intercom.fail('replyConversation', { slow: 300 })
  await tell(world, 'INC-1', 'Pay by invoice meanwhile.')
  killRunner(tocsin)
  await said(workspace, 'Pay by invoice meanwhile.')
  intercom.fail('replyConversation', { after: 503 })
  await tell(world, 'INC-1', 'Soon it is over.')
  await said(workspace, 'Soon it is over.')
  await tocsin.kill()
  await tocsin.start()
  await Promise.all([ana, ben].map((p) => p.enterAgain()))
  workspace.contactWrites(hank, 'It works again.', conversation)
  await replied(tocsin, 'INC-1', 'It works again.')
  await tell(world, 'INC-1', 'It is all over.')
  await said(workspace, 'It is all over.')
  for (const text of ['We see it', 'Pay by invoice', 'Soon it is over', 'It is all over']) assertOnce(workspace, text)
  assert.equal(workspace.conversations.length, 1)
  const events = await tocsin.timeline('INC-1')
  assert.equal(events.filter((e) => e.type === 'replied').length, 2)
  assert.ok(!events.some((e) => /Do not tell them|I am a bot/.test(e.text)))
  assert.deepEqual(intercom.violations, [])
})

test('without a secret it asks what is new, and an agent declares with a note or a tag', async (t) => {
  const world = await setUp(t, { more: 'attribute = "account"' })
  const { intercom, workspace, hank, ann, tocsin, ana } = world
  workspace.addTag('incident')
  await route(ana, tocsin)
  const asked = workspace.contactWrites(hank, '<p>Cards are refused</p><p>Since 9:00.</p>')
  await ana.sees('the first word', (m, text) => m.room === 'incidents' && /wrote/.test(text) && /Cards are refused/.test(text) && /Since 9:00/.test(text))
  const lead = workspace.addContact({ role: 'lead', name: 'Eve' })
  workspace.contactWrites(lead, '!inc declare customers cannot command', asked)
  workspace.adminWrites(ann, asked, '<p>!inc cards are refused</p>', 'note')
  workspace.adminWrites(ann, asked, '<p>not !inc that one</p>', 'note')
  const incident = await until('the incident', async () => (await tocsin.incident('INC-1'))?.title && tocsin.incident('INC-1'))
  assert.equal(incident.title, 'cards are refused')
  await until('the answer in a note', () => asked.parts.some((p) => p.part_type === 'note' && p.author.id === workspace.me.id && /INC-1/.test(p.body)))

  const other = workspace.contactWrites(hank, 'It "close INC-1" is down')
  workspace.tag(ann, other, 'incident')
  await until('the second one', async () => (await tocsin.incident('INC-2'))?.title)
  assert.equal((await tocsin.incident('INC-2')).title, "It 'close INC-1' is down")
  workspace.contactWrites(hank, 'Still down', other)
  await until('the next round', () => intercom.called('retrieveConversation').filter((c) => c.path.endsWith(other.id)).length >= 2)
  await tocsin.kill()
  await tocsin.start()
  await until('another round', async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'intercom')?.state === 'running')
  const before = intercom.called('searchConversations').length
  await until('two more rounds', () => intercom.called('searchConversations').length >= before + 2)
  assert.equal((await tocsin.incidents()).length, 2)
  assert.equal((await tocsin.incident('INC-1')).status, 'investigating')
  assert.deepEqual(intercom.violations, [])
})

test('tickets: a tracker, conversations that join it, their state, and work for engineers', async (t) => {
  const world = await setUp(t, { policy: 'tickets { tracker = "intercom", parents = { "intercom" }, solve = true }' })
  const { intercom, workspace, hank, ann, tracker, office, tocsin, ana, ben } = world
  const linkOf = ({ id }) => `https://app.intercom.com/a/inbox/${workspace.app.id_code}/inbox/shared/all/conversation/${id}`
  const asked = workspace.contactWrites(hank, 'Cards are refused')
  ana.say('/inc checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  intercom.fail('createTicket', { after: 503 })
  ana.say(`/inc INC-1 attach ${linkOf(asked)}`)
  const made = await until('the tracker', () => workspace.tickets.find((x) => x.ticket_type_id === tracker.id))
  await until('that it has joined', () => made.parts.some((p) => p.part_type === 'note' && p.body.includes(asked.id)))
  await until('the note', () => asked.parts.some((p) => p.part_type === 'note' && /INC-1/.test(p.body)))
  const listed = async () => (await tocsin.api('/incidents/INC-1/tickets')).tickets ?? []
  await until('that it follows the tracker', async () => (await listed()).find((x) => x.ticket === asked.id)?.parent === `t${made.id}`)
  const affected = await until('whom it affects', async () => (await tocsin.incident('INC-1')).customers?.length)
  assert.ok(affected)
  assert.equal(workspace.tickets.length, 1)

  workspace.contactWrites(hank, 'Still refused', asked)
  await replied(tocsin, 'INC-1', 'Still refused')
  workspace.setState(asked, 'closed', workspace.adminAs(ann.id), 'close')
  await until('that it was closed', async () => (await listed()).find((x) => x.ticket === asked.id)?.state === 'done')
  world.webhooks.hold()
  workspace.setState(asked, 'open', workspace.adminAs(ann.id), 'open')
  workspace.setState(asked, 'closed', workspace.adminAs(ann.id), 'close')
  workspace.setState(asked, 'open', workspace.adminAs(ann.id), 'open')
  await world.webhooks.release((all) => all.reverse())
  await until('that it is open', async () => (await listed()).find((x) => x.ticket === asked.id)?.state === 'open')

  ana.say('/inc INC-1 ticket Fix the retry loop')
  const work = await until('the work', () => workspace.tickets.find((x) => x.ticket_type_id === office.id))
  assert.match(work.ticket_attributes._default_title_, /Fix the retry loop/)
  ana.say('/inc INC-1 reopen it is not over')
  ana.say('/inc INC-1 resolve the bank is back')
  await until('the end', async () => (await tocsin.incident('INC-1')).status === 'resolved')
  await until('the tracker to be resolved', () => workspace.find('states', made.ticket_state_id).category === 'resolved')
  await until('the conversation to be closed', () => asked.state === 'closed')
  assert.deepEqual(everything(workspace).slice(0, 2), ['Cards are refused', 'Still refused']) // nothing was said to the customer
  assert.equal(replies(asked).length, 1)
  assert.deepEqual(intercom.violations, [])
})

test('webhooks that are forged, held, turned around, repeated or lost', async (t) => {
  const world = await setUp(t)
  const { workspace, webhooks, hank, tocsin, ana, ben } = world
  await route(ana, tocsin)
  ana.say('/inc checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  ana.say('/inc INC-1 affect acme')
  await tell(world, 'INC-1', 'We see it.')
  await said(workspace, 'We see it.')
  const [conversation] = workspace.conversations
  assert.equal(await webhooks.probe(), 200)

  webhooks.hold()
  for (const text of ['first', 'second', 'third']) workspace.contactWrites(hank, `The ${text} answer`, conversation)
  await webhooks.release((all) => all.reverse())
  for (const one of webhooks.sent.slice(-3)) assert.equal(await webhooks.replay(one), 200)
  for (const text of ['first', 'second', 'third']) await replied(tocsin, 'INC-1', `The ${text} answer`)
  const forged = JSON.stringify({ ...JSON.parse(webhooks.sent.at(-1).body), id: 'notif_forged' }).replace('The first', 'A forged')
  assert.equal(await webhooks.post(forged, webhooks.sent.at(-1).signature), 401)
  assert.equal(await webhooks.post(forged, `sha1=${'0'.repeat(40)}`), 401)
  assert.equal(await webhooks.post('not JSON', webhooks.sign('not JSON')), 400)
  const { url } = webhooks
  webhooks.url = null
  workspace.contactWrites(hank, 'The lost answer', conversation)
  webhooks.url = url
  await until('the lost answer', async () => (await tocsin.timeline('INC-1')).find((e) => e.text?.includes('The lost answer')), 45_000)
  const events = await tocsin.timeline('INC-1')
  assert.equal(events.filter((e) => e.type === 'replied').length, 4)
  assert.ok(!events.some((e) => e.text?.includes('forged')))
})

test('a message that Intercom refuses for now, cuts off or delays is sent once', async (t) => {
  const world = await setUp(t)
  const { intercom, workspace, hank, tocsin, ana, ben } = world
  const anna = workspace.addContact({ name: 'Anna', external_id: '71', custom_attributes: {} })
  await route(ana, tocsin, anna.id)
  ana.say('/inc checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  ana.say('/inc INC-1 affect acme')
  intercom.fail('retrieveContact', 500)
  intercom.fail('createMessage', { status: 429, retryAfter: 1 })
  intercom.fail('createMessage', { after: 500 })
  await tell(world, 'INC-1', 'One & only.')
  await replied(tocsin, 'INC-1', 'acme was told via intercom')
  assert.equal(workspace.conversations.length, 1)
  assert.equal(workspace.conversations[0].source.type, 'conversation') // she has no address
  for (const [how, text] of [[{ status: 429 }, 'two'], [409, 'three'], [{ after: 502 }, 'four'], ['cut after', 'five'], ['cut before', 'six'], ['malformed', 'seven'], [{ slow: 1500 }, 'eight']]) {
    intercom.fail('replyConversation', how)
    await tell(world, 'INC-1', `Number ${text}.`)
    await until(`number ${text}`, () => replies(workspace.conversations[0]).some((r) => r.includes(text)), 30_000)
  }
  await until('all answers', async () => (await tocsin.incident('INC-1')).drafts?.every((d) => d.state !== 'sending') ?? true)
  assert.deepEqual(replies(workspace.conversations[0]), ['two', 'three', 'four', 'five', 'six', 'seven', 'eight'].map((n) => `Number ${n}.`))
  workspace.remove(workspace.conversations[0])
  await tell(world, 'INC-1', 'A new conversation.')
  await said(workspace, 'A new conversation.')
  intercom.fail('createMessage', 'cut before')
  workspace.remove(workspace.conversations[0])
  await tell(world, 'INC-1', 'Perhaps it arrived.')
  await until('two looks', () => intercom.called('listConversations').length >= 2, 30_000)
  assert.equal(workspace.conversations.length, 0) // for some minutes nobody can tell
  assert.equal(intercom.called('createMessage').filter((c) => c.text.includes('Perhaps')).length, 1)
  assert.deepEqual(intercom.violations, [])
})

test('a check names what is missing', async (t) => {
  const row = (fake, change) => `{ plugin = "${join(build, 'plugins/intercom.so')}", ${change(rowOf(fake))} },`
  const wrong = {
    token: [(r) => r.replace(/token = "[^"]+"/, 'token = "nonsense"'), /refuses the token/],
    admin: [(r) => r.replace(/admin = "[^"]+"/, 'admin = "17"'), /there is no teammate 17/],
    inbox: [(r) => r.replace('/inbox/abc12345', '/inbox/zzz'), /workspace abc12345 \(Shop\), and `inbox` of zzz/],
    kind: [(r) => r.replace(/tracker = "\d+"/, 'tracker = "54"'), /`tracker` must be a ticket type of the category Tracker; Work is one of Back-office/],
    gone: [(r) => r.replace(/work = "\d+"/, 'work = "99"'), /there is no ticket type 99/],
  }
  const { intercom, workspace, tocsin } = await setUp(t, { others: (fake) => Object.entries(wrong).map(([name, [change]]) => `${name} = ${row(fake, change)}`).join('\n') })
  const check = async (name) => {
    const { code, out, err } = await tocsin.tocsin('connector', 'check', name)
    return code ? out + err : ''
  }
  for (const [name, [, says]] of Object.entries(wrong)) await until(`${name} to say why`, async () => says.test(await check(name)))
  const rights = { 'read contacts': /Read and list users/, 'read conversations': /Read conversations/, 'write conversations': /Write conversations/, 'read tickets': /Read tickets/, 'write tickets': /Write tickets/ }
  const before = JSON.stringify([workspace.conversations, workspace.tickets])
  for (const [scope, says] of Object.entries(rights)) {
    intercom.lacks = new Set([scope])
    assert.match(await check('intercom'), says)
  }
  intercom.lacks.clear()
  assert.equal(await check('intercom'), '')
  assert.equal(JSON.stringify([workspace.conversations, workspace.tickets]), before)
  assert.deepEqual(intercom.violations, [])
})
