// The calls of the API: name -> [method, path, perform(zendesk, ids, body, query, actor, call) -> [status, body], the role that it needs].
import { Refusal, missing } from './refusal.mjs'
import { faultsOfTicket } from './schema.mjs'

const PER_PAGE = 100

// Offset and cursor pagination of a list.
function paged(zendesk, name, rows, query, more = {}) {
  if (query.has('page[size]')) {
    const size = Math.min(PER_PAGE, Number(query.get('page[size]')))
    const from = Number(Buffer.from(query.get('page[after]') ?? '', 'base64url').toString() || 0)
    const after = from + size < rows.length ? Buffer.from(String(from + size)).toString('base64url') : null
    return [200, { [name]: rows.slice(from, from + size), ...more, meta: { has_more: Boolean(after), after_cursor: after, before_cursor: null }, links: { next: null, prev: null } }]
  }
  const per = Math.min(PER_PAGE, Number(query.get('per_page') ?? PER_PAGE))
  const page = Number(query.get('page') ?? 1)
  return [200, { [name]: rows.slice((page - 1) * per, page * per), ...more, count: rows.length, next_page: page * per < rows.length ? `${zendesk.url}/api/v2/${name}?page=${page + 1}` : null, previous_page: null }]
}

// The records that `include` asks for.
function sideloads(zendesk, query, userIds, organizationIds = []) {
  const wanted = (query.get('include') ?? '').split(',')
  const { desk } = zendesk
  const some = (map, ids) => [...new Set(ids)].map((id) => map.get(id)).filter(Boolean)
  return { ...(wanted.includes('users') ? { users: some(desk.users, userIds) } : {}),
    ...(wanted.includes('organizations') ? { organizations: some(desk.organizations, organizationIds) } : {}) }
}

const peopleOf = (t) => [t.requester_id, t.submitter_id, t.assignee_id, ...t.collaborator_ids]
const include = (zendesk, query, tickets) => sideloads(zendesk, query, tickets.flatMap(peopleOf), tickets.map((t) => t.organization_id))

// Zendesk's search: terms "email:x", "name:x", "organization:x", "type:user", or words in any of them.
function searchUsers(desk, text) {
  const terms = [...text.matchAll(/(\w+):("[^"]*"|\S+)|("[^"]*"|\S+)/g)].map(([, field, value, word]) => ({ field, value: (value ?? word).replaceAll('"', '').toLowerCase() }))
  const like = (has, value) => (value.includes('*') ? new RegExp(`^${value.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(has) : has.includes(value))
  return [...desk.users.values()].filter((u) => terms.every(({ field, value }) => {
    const organization = desk.organizations.get(u.organization_id)?.name.toLowerCase() ?? ''
    if (field === 'type') return value === 'user'
    if (field === 'role') return u.role === value
    const has = { email: u.email ?? '', name: u.name, organization }
    return (field ? [has[field] ?? ''] : Object.values(has)).some((h) => like(h.toLowerCase(), value))
  }))
}

function createTicket(zendesk, _, body, query, actor, { request, text }) {
  const key = request.headers['idempotency-key']
  const known = key && zendesk.idempotent.get(key)
  if (key?.length > 255) throw new Refusal(400, 'IdempotentRequestError', 'the key is longer than 255 characters')
  if (known && known.text !== text) throw new Refusal(400, 'IdempotentRequestError', 'Request parameters do not match those of the first request with this key.')
  if (known) return [201, known.body, { 'x-idempotency-lookup': 'hit' }]
  zendesk.violations.push(...faultsOfTicket(body, true))
  const { ticket, audit } = zendesk.desk.create(body.ticket ?? {}, actor)
  const answer = JSON.parse(JSON.stringify({ ticket, audit }))
  if (key) zendesk.idempotent.set(key, { text, body: answer })
  return [201, answer, { location: `${zendesk.url}/api/v2/tickets/${ticket.id}.json`, ...(key ? { 'x-idempotency-lookup': 'miss' } : {}) }]
}

function updateTicket(zendesk, [id], body, query, actor) {
  zendesk.violations.push(...faultsOfTicket(body, false))
  if (zendesk.locked.delete(Number(id))) throw new Refusal(423, 'lock', 'the ticket is locked by another update')
  return [200, zendesk.desk.update(id, body.ticket ?? {}, actor)]
}

function listAudits(zendesk, [id], body, query) {
  const ticket = zendesk.desk.tickets.get(Number(id))
  if (!ticket) throw missing()
  const sorted = query.get('sort_order') === 'desc' || query.get('sort') === '-created_at' ? [...ticket.audits].reverse() : ticket.audits
  return paged(zendesk, 'audits', sorted, query, sideloads(zendesk, query, ticket.audits.flatMap((a) => [a.author_id, ...a.events.map((e) => e.author_id)])))
}

// The cursor is the sequence of the latest change on the page. Rows that change again come again.
function exportTickets(zendesk, _, body, query) {
  const begin = query.has('start_time') ? Number(query.get('start_time')) : undefined
  if (begin !== undefined && begin > Date.now() / 1000 - 60) throw new Refusal(422, 'StartTimeTooRecent', 'Too recent start_time. Use a start_time older than 1 minute')
  if (begin === undefined && !query.get('cursor')) throw new Refusal(400, 'BadRequest', 'start_time or cursor is required')
  const [from] = begin === undefined ? JSON.parse(Buffer.from(query.get('cursor'), 'base64url').toString()) : [0]
  const rows = [...zendesk.desk.tickets.values()].filter((t) => t.changed.sequence > from - zendesk.exportRepeats && t.generated_timestamp >= (begin ?? 0) && t.changed.at <= Date.now() - zendesk.exportLag)
    .sort((a, b) => a.changed.sequence - b.changed.sequence)
  const page = rows.slice(0, Math.min(1000, Number(query.get('per_page') ?? 1000)))
  const latest = Math.max(from, ...page.map((t) => t.changed.sequence))
  return [200, { tickets: page, ...include(zendesk, query, page), after_cursor: Buffer.from(JSON.stringify([latest])).toString('base64url'), after_url: '', before_cursor: null, before_url: null,
    end_of_stream: page.length === rows.length }]
}

function organizationsBy(zendesk, query) {
  const by = query.has('external_id') ? (o) => o.external_id?.toLowerCase() === query.get('external_id').toLowerCase() : (o) => o.name.toLowerCase() === (query.get('name') ?? '').toLowerCase()
  return [...zendesk.desk.organizations.values()].filter(by)
}

export const calls = {
  me: ['GET', 'users/me', (z, _, b, q, actor) => [200, { user: actor ?? { id: null, name: 'Anonymous user', role: 'end-user', email: 'invalid@example.com' } }], 'anybody'],
  'users.search': ['GET', 'users/search', (z, _, b, q) => paged(z, 'users', q.has('external_id') ? [...z.desk.users.values()].filter((u) => u.external_id === q.get('external_id')) : searchUsers(z.desk, q.get('query') ?? ''), q,
    sideloads(z, q, [], [...z.desk.users.values()].map((u) => u.organization_id)))],
  'users.many': ['GET', 'users/show_many', (z, _, b, q) => [200, { users: q.get('ids').split(',').map((id) => z.desk.user(id)).filter(Boolean) }]],
  user: ['GET', 'users/{}', (z, [id]) => {
    if (!z.desk.user(id)) throw missing()
    return [200, { user: z.desk.user(id) }]
  }],
  'organizations.search': ['GET', 'organizations/search', (z, _, b, q) => paged(z, 'organizations', organizationsBy(z, q), q), 'admin'],
  'organizations.autocomplete': ['GET', 'organizations/autocomplete', (z, _, b, q) => paged(z, 'organizations', [...z.desk.organizations.values()].filter((o) => o.name.toLowerCase().startsWith(q.get('name').toLowerCase())), q)],
  'organizations.users': ['GET', 'organizations/{}/users', (z, [id], b, q) => paged(z, 'users', [...z.desk.users.values()].filter((u) => u.organization_id === Number(id)), q)],
  'tickets.list': ['GET', 'tickets', (z, _, b, q) => {
    const rows = [...z.desk.tickets.values()].filter((t) => t.status !== 'deleted' && (!q.has('external_id') || t.external_id === q.get('external_id')))
    return paged(z, 'tickets', rows, q, include(z, q, rows))
  }],
  'tickets.create': ['POST', 'tickets', createTicket],
  'tickets.show': ['GET', 'tickets/{}', (z, [id], b, q) => [200, { ticket: z.desk.ticket(id), ...include(z, q, [z.desk.ticket(id)]) }]],
  'tickets.update': ['PUT', 'tickets/{}', updateTicket],
  'tickets.delete': ['DELETE', 'tickets/{}', (z, [id]) => (z.desk.delete(id), [204])],
  'tickets.merge': ['POST', 'tickets/{}/merge', (z, [id], body, q, actor) => (z.desk.merge(id, body, actor), [200, { job_status: { id: 'job-1', status: 'completed', url: `${z.url}/api/v2/job_statuses/job-1.json` } }])],
  'tickets.comments': ['GET', 'tickets/{}/comments', (z, [id], b, q) => paged(z, 'comments', z.desk.comments(z.desk.ticket(id)), q)],
  'tickets.audits': ['GET', 'tickets/{}/audits', listAudits],
  'tickets.incidents': ['GET', 'tickets/{}/incidents', (z, [id], b, q) => paged(z, 'tickets', [...z.desk.tickets.values()].filter((t) => t.problem_id === Number(id)), q)],
  export: ['GET', 'incremental/tickets/cursor', exportTickets, 'admin'],
  'webhooks.create': ['POST', 'webhooks', (z, _, body) => [201, { webhook: z.hooks.create(body.webhook) }], 'admin'],
  'webhooks.secret': ['GET', 'webhooks/{}/signing_secret', (z, [id]) => [200, { signing_secret: { algorithm: 'SHA256', secret: z.hooks.find(id).secret } }], 'admin'],
}
