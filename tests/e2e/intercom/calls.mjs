// The calls of Intercom's REST API that tests need: name -> [method, path, scope, perform(workspace, ids, body, query)].
import { Refusal } from './refusal.mjs'
import { fits, page } from './search.mjs'

const noContact = () => new Refusal(404, 'not_found', 'User Not Found')

const contactFields = {
  id: (c) => c.id, role: (c) => c.role, name: (c) => c.name, email: (c) => c.email, email_domain: (c) => c.email?.split('@')[1], external_id: (c) => c.external_id,
  created_at: (c) => c.created_at, updated_at: (c) => c.updated_at, last_seen_at: (c) => c.last_seen_at,
}
const conversationFields = {
  id: (c) => c.id, created_at: (c) => c.created_at, updated_at: (c) => c.updated_at, state: (c) => c.state, open: (c) => c.state === 'open', contact_ids: (c) => c.contacts, 'source.id': (c) => c.source.id,
  'source.author.id': (c) => c.source.author.id, 'source.author.email': (c) => c.source.author.email, tag_ids: (c) => c.tags.map((t) => t.id),
}
const ticketFields = {
  id: (t) => t.id, created_at: (t) => t.created_at, updated_at: (t) => t.updated_at, title: (t) => t.ticket_attributes._default_title_, description: (t) => t.ticket_attributes._default_description_,
  ticket_type_id: (t) => t.ticket_type_id, contact_ids: (t) => t.contacts, open: (t) => t.open,
}

const byNewest = (a, b) => b.updated_at - a.updated_at || Number(b.id) - Number(a.id)

function found(records, body, fields, { most = 150, byDay = false, hidden = () => false } = {}) {
  return page(records.filter((r) => !hidden(r) && fits(r, body.query, fields, byDay)), body.pagination, most)
}

const shownContact = (w, { companies, ...contact }) => ({ ...contact, companies: { type: 'list', data: companies.map((id) => ({ type: 'company', id })), total_count: companies.length, has_more: false } })

function recipients(w, to) {
  return [to].flat().map(({ id, type }) => {
    const contact = w.contacts.find((c) => c.id === id)
    if (!contact || contact.role !== type) throw noContact()
    return contact
  })
}

function createMessage(w, _, body) {
  if (!body.body) throw new Refusal(400, 'parameter_invalid', 'Body is required')
  if (body.message_type === 'email' && !body.subject) throw new Refusal(422, 'parameter_not_found', 'No subject supplied for email message')
  const admin = w.find('admins', body.from.id)
  const [contact] = recipients(w, body.to)
  if (body.message_type === 'email' && !contact.email) throw new Refusal(400, 'parameter_invalid', 'The contact has no email')
  const message = w.next('message')
  const answer = { type: 'admin_message', id: message, created_at: w.now(), body: body.body, message_type: body.message_type === 'email' ? 'email' : 'inapp',
    owner: { type: 'admin', id: admin.id, name: admin.name, email: admin.email, away_mode_enabled: false, away_mode_reassign: false }, ...(body.subject ? { subject: body.subject } : {}) }
  const opens = () => w.open(w.adminAs(admin.id), contact, body.body, { message, subject: body.subject ?? '', initiated: 'admin_initiated', source: body.message_type === 'email' ? 'email' : 'conversation' })
  if (!body.create_conversation_without_contact_reply) {
    w.unsent.set(message, opens)
    return answer
  }
  const { id } = opens()
  return w.namesConversation === false ? answer : { ...answer, conversation_id: id }
}

function createConversation(w, _, { from, body }) {
  const contact = w.contacts.find((c) => c.id === from.id)
  if (!contact) throw noContact()
  const conversation = w.contactWrites(contact, body)
  return { type: 'user_message', id: conversation.source.id, created_at: conversation.created_at, body, message_type: 'inapp', conversation_id: conversation.id }
}

function writerOf(w, body) {
  if (body.type === 'admin') return undefined
  const contact = w.contacts.find((c) => c.id === body.intercom_user_id || (body.email && c.email === body.email) || (body.user_id && c.external_id === body.user_id))
  if (!contact) throw noContact()
  return contact
}

function reply(w, [id], body) {
  const conversation = w.find('conversations', id)
  const contact = writerOf(w, body)
  if (contact) w.contactWrites(contact, body.body, conversation)
  else {
    const part = w.adminWrites(w.find('admins', body.admin_id), conversation, body.body, body.message_type)
    part.app_package_code = 'test-integration'
  }
  return w.shown(conversation, true)
}

const states = { close: 'closed', open: 'open', snoozed: 'snoozed' }
function manage(w, [id], body) {
  const conversation = w.find('conversations', id)
  const admin = w.adminAs(body.admin_id)
  if (body.message_type === 'assignment') w.addPart(conversation, 'assignment', admin, body.body)
  else w.setState(conversation, states[body.message_type], admin, body.message_type, body.body)
  return w.shown(conversation, true)
}

function contactOf(w, { id, email, external_id }) {
  const contact = w.contacts.find((c) => c.id === id || (email && c.email === email) || (external_id && c.external_id === external_id))
  if (contact) return contact
  if (email) return w.addContact({ role: 'lead', email })
  throw noContact()
}

function createTicket(w, _, body) {
  const type = w.types.find((t) => t.id === body.ticket_type_id && !t.archived)
  if (!type) throw new Refusal(400, 'ticket_type_not_found', 'Ticket type not found')
  const contact = contactOf(w, body.contacts[0])
  const linked = body.conversation_to_link_id ? w.find('conversations', body.conversation_to_link_id) : undefined
  if (linked && type.category === 'Customer') throw new Refusal(400, 'parameter_invalid', 'A conversation cannot be linked to a customer ticket')
  const at = w.now()
  const ticket = { id: w.next('id'), ticket_id: String(w.tickets.length + 1), category: type.category, ticket_attributes: body.ticket_attributes ?? {}, ticket_state_id: w.states[0].id, ticket_type_id: type.id,
    contacts: [contact.id], admin_assignee_id: '0', team_assignee_id: '0', created_at: at, updated_at: at, open: true, is_shared: false, parts: [], linked: [], searchable_at: Date.now() + w.searchLagMs }
  w.tickets.push(ticket)
  if (linked) {
    ticket.linked.push({ type: 'conversation', id: linked.id, category: null })
    linked.linked.push({ type: 'ticket', id: ticket.id, category: type.category })
  }
  return w.shownTicket(ticket)
}

function updateTicket(w, [id], body) {
  const ticket = w.find('tickets', id)
  const state = body.ticket_state_id ? w.states.find((s) => s.id === body.ticket_state_id && !s.archived) : undefined
  if (body.ticket_state_id && !state) throw new Refusal(400, 'ticket_state_id_invalid', 'Ticket state id is not valid or is not associated with the ticket type')
  Object.assign(ticket.ticket_attributes, body.ticket_attributes)
  if (state) w.closeTicket(body.admin_id ? w.find('admins', body.admin_id) : w.admins[0], ticket, state.category)
  if (body.open !== undefined) ticket.open = body.open
  ticket.updated_at = w.now()
  return w.shownTicket(ticket)
}

function replyTicket(w, [id], body) {
  const ticket = w.find('tickets', id)
  if (body.type === 'user' && ticket.category !== 'Customer') throw new Refusal(400, 'parameter_mismatch', 'User replies are not allowed on Backoffice tickets')
  const author = body.type === 'admin' ? w.adminAs(body.admin_id) : w.contactAs(writerOf(w, body))
  const part = w.addPart(ticket, body.message_type, author, body.body, { app_package_code: 'test-integration' })
  w.happened(body.message_type === 'note' ? 'ticket.note.created' : 'ticket.admin.replied', ticket, part)
  const { external_id: _, notified_at: _at, assigned_to: _to, ...answer } = part
  return answer
}

const listOf = (type, name, { rows, ...rest }, shown) => ({ type, [name]: rows.map(shown), ...rest })

export const calls = {
  identifyAdmin: ['GET', '/me', null, (w) => ({ ...w.me, app: w.app })],
  retrieveAdmin: ['GET', '/admins/{}', null, (w, [id]) => w.find('admins', id)],
  listAdmins: ['GET', '/admins', null, (w) => ({ type: 'admin.list', admins: w.admins })],
  searchContacts: ['POST', '/contacts/search', 'read contacts', (w, _, body) =>
    listOf('list', 'data', found(w.contacts, body, contactFields, { byDay: true }), (c) => shownContact(w, c))],
  createContact: ['POST', '/contacts', 'write contacts', (w, _, body) => {
    if (body.external_id && w.contacts.some((c) => c.external_id === body.external_id)) throw new Refusal(409, 'conflict', 'A contact matching those details already exists')
    return shownContact(w, w.addContact(body))
  }],
  findContact: ['GET', '/contacts/find_by_external_id/{}', 'read contacts', (w, [id]) => {
    const contact = w.contacts.find((c) => c.external_id === id)
    if (!contact) throw noContact()
    return shownContact(w, contact)
  }],
  retrieveContact: ['GET', '/contacts/{}', 'read contacts', (w, [id]) => shownContact(w, w.find('contacts', id))],
  listCompaniesOfContact: ['GET', '/contacts/{}/companies', 'read contacts', (w, [id], _, query) =>
    listOf('list', 'companies', page(w.find('contacts', id).companies.map((c) => w.find('companies', c)), Object.fromEntries(query)), (c) => c)],
  retrieveCompany: ['GET', '/companies', 'read contacts', (w, _, __, query) => {
    const [name, company] = [query.get('name'), query.get('company_id')]
    const one = name || company ? w.companies.filter((c) => c.name.toLowerCase() === name?.toLowerCase() || c.company_id === company) : w.companies
    if (!one.length) throw new Refusal(404, 'company_not_found', 'Company Not Found')
    return listOf('list', 'data', page(one, Object.fromEntries(query)), (c) => c)
  }],
  listContactsOfCompany: ['GET', '/companies/{}/contacts', 'read contacts', (w, [id], _, query) =>
    listOf('list', 'data', page(w.contacts.filter((c) => c.companies.includes(w.find('companies', id).id)), Object.fromEntries(query)), (c) => shownContact(w, c))],
  listConversations: ['GET', '/conversations', 'read conversations', (w, _, __, query) =>
    listOf('conversation.list', 'conversations', page([...w.conversations].sort(byNewest), Object.fromEntries(query)), (c) => w.shown(c))],
  createConversation: ['POST', '/conversations', 'write conversations', createConversation],
  retrieveConversation: ['GET', '/conversations/{}', 'read conversations', (w, [id]) => w.shown(w.find('conversations', id), true)],
  searchConversations: ['POST', '/conversations/search', 'read conversations', (w, _, body) =>
    listOf('conversation.list', 'conversations', found([...w.conversations].sort(byNewest), body, conversationFields, { hidden: w.hide }), (c) => w.shown(c))],
  replyConversation: ['POST', '/conversations/{}/reply', 'write conversations', reply],
  manageConversation: ['POST', '/conversations/{}/parts', 'write conversations', manage],
  attachTagToConversation: ['POST', '/conversations/{}/tags', 'write conversations', (w, [id], body) => w.tag(w.find('admins', body.admin_id), w.find('conversations', id), w.find('tags', body.id).name)],
  createMessage: ['POST', '/messages', 'write conversations', createMessage],
  createTicket: ['POST', '/tickets', 'write tickets', createTicket],
  searchTickets: ['POST', '/tickets/search', 'read tickets', (w, _, body) =>
    listOf('ticket.list', 'tickets', found([...w.tickets].sort(byNewest), body, ticketFields, { hidden: w.hide }), (t) => w.shownTicket(t))],
  getTicket: ['GET', '/tickets/{}', 'read tickets', (w, [id]) => w.shownTicket(w.find('tickets', id))],
  updateTicket: ['PUT', '/tickets/{}', 'write tickets', updateTicket],
  replyTicket: ['POST', '/tickets/{}/reply', 'write tickets', replyTicket],
  listTicketTypes: ['GET', '/ticket_types', 'read tickets', (w) => ({ type: 'list', data: w.types })],
  getTicketType: ['GET', '/ticket_types/{}', 'read tickets', (w, [id]) => ({ ...w.find('types', id), ticket_states: { type: 'list', data: w.states.filter((s) => !s.archived) } })],
  listTicketStates: ['GET', '/ticket_states', 'read tickets', (w) => ({ type: 'list', data: w.states.map((s) => ({ ...s, ticket_types: { type: 'list', data: w.types } })) })],
  listTags: ['GET', '/tags', null, (w) => ({ type: 'list', data: w.tags })],
}
