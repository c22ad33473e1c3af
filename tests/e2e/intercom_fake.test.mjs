// Intercom's own, unmodified client works against the fake Intercom as it does against Intercom.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'
import { startIntercom } from './intercom/server.mjs'
import { modules, until, withIntercom } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))

async function fakeIntercom(t) {
  const { IntercomClient } = require('intercom-client')
  const intercom = await startIntercom()
  t.after(() => intercom.stop())
  const { workspace } = intercom
  const ann = workspace.addAdmin('Ann')
  const acme = workspace.addCompany('Acme GmbH', 'acme')
  const hank = workspace.addContact({ email: 'hank@acme.example', name: 'Hank', external_id: '70', company: acme, custom_attributes: { account: 'acme' } })
  const client = new IntercomClient({ token: intercom.token, environment: intercom.url, maxRetries: 0 })
  return { intercom, workspace, ann, acme, hank, client }
}

const refused = (statusCode, code) => (error) => error.statusCode === statusCode && error.body.errors[0].code === code
const rows = async (pages) => {
  const all = []
  for await (const row of await pages) all.push(row)
  return all
}

test('the client finds contacts and companies', withIntercom, async (t) => {
  const { intercom, workspace, acme, hank, client } = await fakeIntercom(t)
  const lead = workspace.addContact({ role: 'lead', name: 'Visitor' })
  const search = (field, operator, value) => rows(client.contacts.search({ query: { field, operator, value }, pagination: { per_page: 1 } }))
  assert.deepEqual((await search('email', '=', 'HANK@acme.example')).map((c) => c.id), [hank.id])
  assert.deepEqual((await search('email_domain', '=', 'acme.example')).map((c) => c.name), ['Hank'])
  assert.deepEqual((await search('custom_attributes.account', '=', 'acme')).map((c) => c.id), [hank.id])
  assert.deepEqual((await search('role', 'IN', ['user', 'lead'])).map((c) => c.id), [hank.id, lead.id])
  assert.deepEqual(await search('updated_at', '>', workspace.now() - 60), []) // contacts' dates are days
  const both = { operator: 'AND', value: [{ field: 'external_id', operator: '=', value: '70' }, { field: 'role', operator: '=', value: 'user' }] }
  assert.deepEqual((await rows(client.contacts.search({ query: both }))).map((c) => c.email), ['hank@acme.example'])
  assert.equal((await client.contacts.find({ contact_id: hank.id })).external_id, '70')
  assert.equal((await client.contacts.showContactByExternalId({ external_id: '70' })).id, hank.id)
  assert.equal((await client.companies.retrieve({ name: 'Acme GmbH' })).data[0].id, acme.id)
  assert.deepEqual((await client.companies.listAttachedContacts({ company_id: acme.id })).data.map((c) => c.id), [hank.id])
  assert.deepEqual((await rows(client.contacts.listAttachedCompanies({ contact_id: hank.id }))).map((c) => c.name), ['Acme GmbH'])
  const me = await client.admins.identify()
  assert.deepEqual([me.name, me.app.id_code], ['Tocsin', 'abc12345'])
  await assert.rejects(client.contacts.create({ external_id: '70' }), refused(409, 'conflict'))
  await assert.rejects(client.contacts.find({ contact_id: 'f'.repeat(24) }), refused(404, 'contact_not_found'))
  assert.deepEqual(intercom.violations, [])
})

test('the client talks in conversations', withIntercom, async (t) => {
  const { intercom, workspace, hank, ann, client } = await fakeIntercom(t)
  const from = { type: 'admin', id: Number(ann.id) }
  const to = { type: 'user', id: hank.id }
  const told = await client.messages.create({ message_type: 'email', subject: 'Slow', body: '<p>We see it</p>', template: 'plain', from, to, create_conversation_without_contact_reply: true })
  const unseen = await client.messages.create({ message_type: 'inapp', body: 'Hello', from, to })
  assert.deepEqual([told.type, unseen.conversation_id], ['admin_message', undefined])
  const opened = await client.conversations.find({ conversation_id: told.conversation_id })
  assert.deepEqual([opened.source.author.type, opened.source.id, opened.source.delivered_as, opened.state], ['admin', told.id, 'admin_initiated', 'open'])
  await client.conversations.reply({ conversation_id: opened.id, body: { message_type: 'comment', type: 'admin', admin_id: ann.id, body: 'More' } })
  await client.conversations.reply({ conversation_id: opened.id, body: { message_type: 'note', type: 'admin', admin_id: ann.id, body: '<p>Only us</p>' } })
  await client.conversations.manage({ conversation_id: opened.id, body: { message_type: 'close', type: 'admin', admin_id: ann.id } })
  await client.conversations.reply({ conversation_id: opened.id, body: { message_type: 'comment', type: 'user', intercom_user_id: hank.id, body: 'Thanks' } })
  const { conversation_parts: parts, state } = await client.conversations.find({ conversation_id: opened.id })
  assert.deepEqual(parts.conversation_parts.map((p) => [p.part_type, p.author.type, p.body && p.body.replace(/<[^>]+>/g, '')]),
    [['comment', 'admin', 'More'], ['note', 'admin', 'Only us'], ['close', 'admin', null], ['open', 'user', 'Thanks']])
  assert.equal(state, 'open')
  const asked = await client.conversations.create({ from: to, body: 'It is slow' })
  assert.deepEqual((await rows(client.conversations.list({ per_page: 1 }))).map((c) => c.id).sort(), [opened.id, asked.conversation_id].sort())
  workspace.conversations[0].searchable_at = Date.now() + 60_000
  const recent = { query: { operator: 'AND', value: [{ field: 'updated_at', operator: '>', value: String(workspace.now() - 60) }, { field: 'contact_ids', operator: '=', value: hank.id }] } }
  assert.deepEqual((await rows(client.conversations.search(recent))).map((c) => c.id), [asked.conversation_id])
  const tag = workspace.addTag('incident')
  await client.tags.tagConversation({ conversation_id: opened.id, id: tag.id, admin_id: ann.id })
  assert.equal((await client.conversations.find({ conversation_id: opened.id })).tags.tags[0].applied_by.id, ann.id)
  await assert.rejects(client.messages.create({ message_type: 'email', subject: 'x', body: '', template: 'plain', from, to }), refused(400, 'parameter_invalid'))
  await assert.rejects(client.conversations.find({ conversation_id: '1' }), refused(404, 'conversation_not_found'))
  assert.deepEqual(intercom.violations, [])
})

test('the client works with tickets', withIntercom, async (t) => {
  const { intercom, workspace, hank, ann, client } = await fakeIntercom(t)
  const [tracker, office] = [workspace.addType('Incident', 'Tracker'), workspace.addType('Work', 'Back-office')]
  const asked = workspace.contactWrites(hank, 'It is slow')
  const ticket = await client.tickets.create({ ticket_type_id: tracker.id, contacts: [{ id: hank.id }], conversation_to_link_id: asked.id, ticket_attributes: { _default_title_: 'INC-1', _default_description_: 'slow' } })
  assert.deepEqual([ticket.category, ticket.ticket_state.category, ticket.linked_objects.data[0].id], ['Tracker', 'submitted', asked.id])
  const states = await client.ticketStates.listTicketStates()
  const resolved = states.data.find((s) => s.category === 'resolved')
  assert.equal((await client.tickets.update({ ticket_id: ticket.id, ticket_state_id: resolved.id, open: false, admin_id: Number(ann.id) })).ticket_state.category, 'resolved')
  const note = await client.tickets.reply({ ticket_id: ticket.id, body: { message_type: 'note', type: 'admin', admin_id: ann.id, body: '<p>Over</p>' } })
  assert.deepEqual([note.part_type, note.type], ['note', 'ticket_part'])
  const made = await client.tickets.create({ ticket_type_id: office.id, contacts: [{ email: 'incidents@example.com' }] })
  assert.equal((await client.tickets.get({ ticket_id: made.id })).category, 'Back-office')
  await assert.rejects(client.tickets.reply({ ticket_id: made.id, body: { message_type: 'comment', type: 'user', intercom_user_id: hank.id, body: 'x' } }), refused(400, 'parameter_mismatch'))
  assert.equal((await client.ticketTypes.get({ ticket_type_id: office.id })).name, 'Work')
  assert.deepEqual((await rows(client.tickets.search({ query: { field: 'title', operator: '=', value: 'INC-1' } }))).map((x) => x.id), [ticket.id])
  assert.deepEqual(intercom.violations, [])
})

test('it misbehaves on demand', withIntercom, async (t) => {
  const { intercom, workspace, hank, ann, client } = await fakeIntercom(t)
  const asked = workspace.contactWrites(hank, 'It is slow')
  const reply = (text) => client.conversations.reply({ conversation_id: asked.id, body: { message_type: 'comment', type: 'admin', admin_id: ann.id, body: text } })
  intercom.fail('replyConversation', { status: 429, retryAfter: 2 })
  await assert.rejects(reply('one'), (e) => e.statusCode === 429 && e.rawResponse.headers.get('retry-after') === '2' && e.rawResponse.headers.has('x-ratelimit-reset'))
  intercom.fail('replyConversation', { after: 503 })
  await assert.rejects(reply('two'), (e) => e.statusCode === 503)
  intercom.fail('replyConversation', 'cut after')
  await assert.rejects(reply('three'))
  intercom.fail('replyConversation', 'cut before')
  await assert.rejects(reply('four'))
  assert.deepEqual(asked.parts.map((p) => p.body), ['<p>two</p>', '<p>three</p>'])
  intercom.lacks.add('write conversations')
  await assert.rejects(reply('five'), refused(403, 'forbidden'))
  intercom.perSlice = 0
  await assert.rejects(client.admins.identify(), (e) => e.statusCode === 429)
  intercom.perSlice = 1666
  intercom.token = 'another'
  await assert.rejects(client.admins.identify(), refused(401, 'unauthorized'))
})

test('its webhooks are signed, and can be held, turned around and repeated', async (t) => {
  const intercom = await startIntercom()
  const { workspace, webhooks } = intercom
  const got = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push({ method: request.method, signature: request.headers['x-hub-signature'], body })
    response.writeHead(got.length === 2 ? 503 : 200).end()
  })
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done))
  t.after(() => (intercom.stop(), receiver.close(), receiver.closeAllConnections()))
  webhooks.url = `http://127.0.0.1:${receiver.address().port}/`
  assert.equal(await webhooks.probe(), 200)
  webhooks.notify('ping')
  await until('the retry', () => got.length === 3)
  assert.equal(got[1].body, got[2].body)
  assert.equal(got[1].signature, `sha1=${createHmac('sha1', webhooks.secret).update(got[1].body).digest('hex')}`)

  webhooks.hold()
  const hank = workspace.addContact({ email: 'hank@acme.example' })
  const asked = workspace.contactWrites(hank, 'It is slow')
  workspace.contactWrites(hank, 'Still', asked)
  await webhooks.release((all) => all.reverse())
  await webhooks.replay()
  const seen = got.slice(3).map(({ body }) => JSON.parse(body))
  assert.deepEqual(seen.map((n) => n.topic), ['conversation.user.replied', 'conversation.user.created', 'conversation.user.created'])
  assert.deepEqual(seen[0].data.item.conversation_parts.conversation_parts.map((p) => p.body), ['<p>Still</p>'])
  assert.equal(seen[1].id, seen[2].id)
})
