// node-zendesk, the community's client, works against the fake Zendesk as it does against Zendesk.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'
import { startZendesk } from './zendesk/server.mjs'
import { modules, until, withZendesk } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))

async function fake(t) {
  const zendesk = await startZendesk()
  t.after(() => zendesk.stop())
  const { createClient } = require('node-zendesk')
  const client = createClient({ username: zendesk.admin.email, token: zendesk.token, endpointUri: `${zendesk.url}/api/v2` })
  const acme = zendesk.desk.addOrganization({ name: 'Acme GmbH', domain_names: ['acme.example'], external_id: 'acme' })
  const hank = zendesk.desk.addUser({ name: 'Hank', email: 'hank@acme.example', organization: acme, external_id: 'h-1' })
  return { zendesk, client, acme, hank, call: (path, options) => call(zendesk, path, options) }
}

// What node-zendesk cannot send.
async function call(zendesk, path, { method = 'GET', body, headers = {} } = {}) {
  const authorization = `Basic ${Buffer.from(`${zendesk.admin.email}/token:${zendesk.token}`).toString('base64')}`
  const answer = await fetch(`${zendesk.url}/api/v2/${path}`, { method, body: body && JSON.stringify(body), headers: { authorization, 'content-type': 'application/json', ...headers } })
  return { status: answer.status, headers: answer.headers, body: await answer.json().catch(() => undefined) }
}

const refused = (status) => (error) => error.message.includes(`(${status})`) || assert.fail(error.message)

test('tickets, comments and audits', withZendesk, async (t) => {
  const { zendesk, client, hank } = await fake(t)
  const { result: made } = await client.tickets.create({ ticket: { subject: 'Slow', comment: { html_body: '<p>It <b>burns</b> &amp; smokes</p>', public: true }, requester: { email: 'Hank@acme.example', name: 'x' }, tags: ['tocsin'], external_id: 'e-1', metadata: { tocsin: 'mark' } } })
  assert.equal(made.requester_id, hank.id)
  assert.deepEqual(zendesk.desk.mails, [{ to: 'hank@acme.example', ticket: made.id, text: 'It burns & smokes' }])
  const { result: shown } = await client.tickets.show(made.id)
  assert.deepEqual([shown.subject, shown.status, shown.external_id, shown.is_public], ['Slow', 'new', 'e-1', true])
  await client.tickets.update(made.id, { ticket: { comment: { body: 'inside', public: false }, status: 'open' } })
  const comments = await client.tickets.getComments(made.id)
  assert.deepEqual(comments.map((c) => [c.plain_body, c.public]), [['It burns & smokes', true], ['inside', false]])
  const audits = await client.tickets.exportAudit(made.id)
  assert.deepEqual(audits.map((a) => [a.metadata.custom, a.events.map((e) => e.field_name ?? e.type)]),
    [[{ tocsin: 'mark' }, ['Comment', 'subject', 'status', 'tags', 'requester_id', 'external_id', 'organization_id']], [{}, ['Comment', 'status']]])
  assert.equal((await client.tickets.listWithFilter('external_id', 'e-1')).length, 1)
  assert.equal(zendesk.desk.mails.length, 1)
  assert.deepEqual(zendesk.violations, [])
})

test('people and organisations', withZendesk, async (t) => {
  const { zendesk, client, acme, hank } = await fake(t)
  assert.equal((await client.users.me()).result.id, zendesk.admin.id)
  for (const query of ['email:hank@acme.example', 'email:*@acme.example', 'name:hank', 'organization:"Acme GmbH"', 'hank'])
    assert.deepEqual((await client.users.search({ query })).map((u) => u.id), [hank.id], query)
  assert.deepEqual((await client.users.search({ external_id: 'h-1' })).map((u) => u.id), [hank.id])
  assert.deepEqual((await client.organizations.autocomplete({ name: 'acm' })).map((o) => o.id), [acme.id])
  assert.deepEqual((await client.users.listByOrganization(acme.id)).map((u) => u.id), [hank.id])
})

test('what is wrong is refused as Zendesk refuses it', withZendesk, async (t) => {
  const { zendesk, client, hank, call } = await fake(t)
  const create = (ticket) => client.tickets.create({ ticket: { comment: { body: 'x', public: true }, ...ticket } })
  await assert.rejects(create({ requester: { email: 'new@x.example' } }), refused(422))
  await assert.rejects(create({ comment: {} }), refused(422))
  await assert.rejects(client.tickets.show(99), refused(404))
  const { result: ticket } = await create({ requester_id: hank.id })
  await assert.rejects(client.tickets.update(ticket.id, { ticket: { status: 'solved' } }), refused(422))
  await assert.rejects(client.tickets.update(ticket.id, { ticket: { safe_update: true, updated_stamp: '2020-01-01T00:00:00Z', status: 'open' } }), refused(409))
  await client.tickets.update(ticket.id, { ticket: { status: 'solved', assignee_email: zendesk.admin.email } })
  zendesk.desk.close(zendesk.desk.ticket(ticket.id))
  await assert.rejects(client.tickets.update(ticket.id, { ticket: { comment: { body: 'y' } } }), refused(422))
  const { result: next } = await create({ requester_id: hank.id, via_followup_source_id: ticket.id })
  assert.deepEqual([next.via.source.rel, next.via.source.from.ticket_id], ['follow_up', ticket.id])
  const { createClient } = require('node-zendesk')
  await assert.rejects(createClient({ username: zendesk.admin.email, token: 'x', endpointUri: `${zendesk.url}/api/v2` }).tickets.list(), refused(401))
  assert.equal((await call('incremental/tickets/cursor?start_time=' + Math.floor(Date.now() / 1000))).status, 422)
})

test('a ticket is opened once for a key', withZendesk, async (t) => {
  const { zendesk, call } = await fake(t)
  const post = (body, key = 'k') => call('tickets', { method: 'POST', body: { ticket: { comment: { body, public: true } } }, headers: { 'idempotency-key': key } })
  const [one, two, other] = [await post('a'), await post('a'), await post('b')]
  assert.deepEqual([one.headers.get('x-idempotency-lookup'), two.headers.get('x-idempotency-lookup'), other.status, other.body.error], ['miss', 'hit', 400, 'IdempotentRequestError'])
  assert.equal(one.body.ticket.id, two.body.ticket.id)
  assert.equal(zendesk.desk.tickets.size, 1)
})

test('problems, merged and deleted tickets, and the export', withZendesk, async (t) => {
  const { zendesk, client, hank, call } = await fake(t)
  const { result: problem } = await client.tickets.create({ ticket: { type: 'problem', subject: 'P', comment: { body: 'x', public: false } } })
  const [a, b] = ['a', 'b'].map((subject) => zendesk.desk.opens(hank, { subject, text: subject }))
  await client.tickets.update(a.id, { ticket: { type: 'incident', problem_id: problem.id } })
  assert.deepEqual((await client.tickets.listIncidents(problem.id)).map((x) => x.id), [a.id])
  await client.tickets.update(problem.id, { ticket: { status: 'solved', assignee_email: zendesk.admin.email } })
  assert.equal((await client.tickets.show(a.id)).result.status, 'solved')
  const begin = Math.floor(Date.now() / 1000) - 3600
  const first = (await call(`incremental/tickets/cursor?start_time=${begin}&per_page=2`)).body
  assert.deepEqual([first.tickets.length, first.end_of_stream], [2, false])
  const second = (await call(`incremental/tickets/cursor?cursor=${first.after_cursor}&include=users`)).body
  assert.deepEqual([second.tickets.length, second.end_of_stream, second.users.some((u) => u.id === hank.id)], [1, true, true])
  await client.tickets.merge(b.id, { ids: [zendesk.desk.opens(hank, { subject: 'c', text: 'c' }).id] })
  assert.deepEqual([zendesk.desk.ticket(4).status, zendesk.desk.ticket(4).tags], ['closed', ['closed_by_merge']])
  await client.tickets.delete(b.id)
  const third = (await call(`incremental/tickets/cursor?cursor=${second.after_cursor}`)).body
  assert.deepEqual(third.tickets.map((x) => [x.id, x.status]), [[4, 'closed'], [b.id, 'deleted']])
  assert.deepEqual(zendesk.violations, [])
})

test('webhooks are signed, sent again, doubled and reordered', withZendesk, async (t) => {
  const { zendesk, client, hank } = await fake(t)
  const got = []
  let status = 204
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    got.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), status })
    response.writeHead(status).end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => (server.closeAllConnections(), server.close()))
  const { result: hook } = await client.webhooks.create({ webhook: { name: 'Tocsin', endpoint: `http://127.0.0.1:${server.address().port}/`, subscriptions: ['conditional_ticket_events'], http_method: 'POST', request_format: 'json', status: 'active' } })
  const id = (hook.webhook ?? hook).id
  const { result } = await client.webhooks.getSigningSecret(id)
  const { secret } = result.signing_secret ?? result
  const ticket = zendesk.desk.opens(hank, { subject: 'a', text: 'a' })
  await until('a request', () => got.length === 1)
  const { headers, body } = got[0]
  assert.deepEqual(JSON.parse(body), { ticket_id: String(ticket.id) })
  assert.equal(headers['x-zendesk-webhook-signature'], createHmac('sha256', secret).update(headers['x-zendesk-webhook-signature-timestamp'] + body).digest('base64'))
  status = 409
  zendesk.desk.says(ticket, hank, 'b')
  await until('it to be sent again', () => got.length >= 3)
  status = 204
  await until('the end', () => got.at(-1).status === 204)
  const before = got.length
  zendesk.hooks.duplicates = 1
  zendesk.desk.says(ticket, hank, 'c')
  await until('both', () => got.length === before + 2)
  assert.equal(got.at(-1).headers['x-zendesk-webhook-invocation-id'], got.at(-2).headers['x-zendesk-webhook-invocation-id'])
})

test('it misbehaves on demand, and keeps its limits', withZendesk, async (t) => {
  const { zendesk, client, hank, call } = await fake(t)
  const ticket = zendesk.desk.opens(hank, { subject: 'a', text: 'a' })
  const comment = (body) => call(`tickets/${ticket.id}`, { method: 'PUT', body: { ticket: { comment: { body, public: true } } } })
  const there = (text) => zendesk.desk.comments(ticket).some((c) => c.body === text)
  zendesk.fail('tickets.update', { status: 429, retryAfter: 3 })
  const late = await comment('one')
  assert.deepEqual([late.status, late.headers.get('retry-after'), there('one')], [429, '3', false])
  zendesk.fail('tickets.update', { after: 504 })
  assert.deepEqual([(await comment('two')).status, there('two')], [504, true])
  for (const how of ['cut before', 'cut after']) {
    zendesk.fail('tickets.update', how)
    await assert.rejects(comment(how))
    assert.equal(there(how), how === 'cut after')
  }
  zendesk.locked.add(ticket.id)
  assert.equal((await comment('x')).status, 423)
  zendesk.limited = true
  const answers = []
  for (let i = 0; i < 31; i++) answers.push((await comment(`n${i}`)).status)
  assert.deepEqual([answers.filter((s) => s === 200).length, answers.at(-1)], [30, 429])
  await client.tickets.show(ticket.id)
})
