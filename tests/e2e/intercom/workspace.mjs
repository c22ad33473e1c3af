// What a workspace of Intercom has: admins, contacts, companies, conversations, tickets; and what people do in it.
import { randomBytes } from 'node:crypto'
import { Refusal } from './refusal.mjs'

const PARTS_MOST = 500
const inert = /<(?!\/?(p|br|b|i|a|ul|ol|li|h[1-6]|pre|code|blockquote|img)\b)[^>]*>/gi

// Intercom keeps a few tags, and writes some of them its own way.
const bodyOf = (text) => {
  if (!/<[a-z]/i.test(text)) return `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>')}</p>`
  return text.replaceAll(/<(\/?)strong>/g, '<$1b>').replaceAll(/<(\/?)em>/g, '<$1i>').replaceAll('<p>', '<p class="no-margin">').replaceAll(inert, '').replaceAll(/\n+/g, '\n').trim()
}

export class Workspace {
  constructor() {
    this.app = { type: 'app', id_code: 'abc12345', name: 'Shop', region: 'US', timezone: 'Europe/Dublin', created_at: 1671465577, identity_verification: true }
    this.admins = []
    this.contacts = []
    this.companies = []
    this.conversations = []
    this.tickets = []
    this.tags = []
    this.types = []
    this.states = []
    this.unsent = new Map() // messages that opened no conversation, by their id
    this.last = { id: 470, message: 403918300, part: 100 }
    this.skew = 0 // seconds that Intercom's clock is ahead
    this.happened = () => {} // (topic, record, part)
    this.hide = (record) => record.searchable_at > Date.now() // what searches do not see yet
    this.searchLagMs = 0
    for (const [index, category] of ['submitted', 'in_progress', 'waiting_on_customer', 'resolved'].entries())
      this.states.push({ type: 'ticket_state', id: String(8481 + index), category, internal_label: category.replaceAll('_', ' '), external_label: category, archived: false })
  }

  now() {
    return Math.floor(Date.now() / 1000) + this.skew
  }

  next(kind) {
    return String(++this.last[kind])
  }

  // ---- people and things ----

  addAdmin(name, email = `${name.toLowerCase()}@example.com`, more = {}) {
    const admin = { type: 'admin', id: String(991267459 + this.admins.length), name, email, email_verified: true, has_inbox_seat: true, away_mode_enabled: false, ...more }
    this.admins.push(admin)
    return admin
  }

  addContact({ role = 'user', email = null, name = null, external_id = null, company, custom_attributes = {} }) {
    const at = this.now()
    const contact = { type: 'contact', id: randomBytes(12).toString('hex'), workspace_id: this.app.id_code, external_id, role, email, phone: null, name, custom_attributes,
      created_at: at, updated_at: at, last_seen_at: at, unsubscribed_from_emails: false, companies: company ? [company.id] : [] }
    this.contacts.push(contact)
    return contact
  }

  addCompany(name, company_id = name.toLowerCase()) {
    const company = { type: 'company', id: randomBytes(12).toString('hex'), company_id, name, app_id: this.app.id_code, created_at: this.now(), updated_at: this.now(), user_count: 0, custom_attributes: {} }
    this.companies.push(company)
    return company
  }

  addType(name, category) {
    const type = { type: 'ticket_type', id: String(53 + this.types.length), name, description: name, category, is_internal: category !== 'Customer', archived: false, workspace_id: this.app.id_code }
    this.types.push(type)
    return type
  }

  addTag(name) {
    const tag = { type: 'tag', id: String(7522900 + this.tags.length), name }
    this.tags.push(tag)
    return tag
  }

  find(kind, id) {
    const found = this[kind].find((record) => record.id === String(id))
    if (!found) throw new Refusal(404, `${kind.replace(/s$/, '')}_not_found`, 'Resource Not Found')
    return found
  }

  // ---- authors ----

  adminAs(id) {
    const { type, name, email } = this.find('admins', id)
    return { type, id: String(id), name, email }
  }

  contactAs({ id, role, name, email }) {
    return { type: role, id, name, email }
  }

  // ---- conversations ----

  open(author, contact, body, { source = 'conversation', subject = '', message = this.next('message'), initiated = 'customer_initiated' } = {}) {
    const at = this.now()
    const conversation = { id: this.next('id'), created_at: at, updated_at: at, title: null, state: 'open', tags: [], parts: [], contacts: [contact.id], custom_attributes: {}, ticket: null, linked: [],
      searchable_at: Date.now() + this.searchLagMs,
      source: { type: source, id: message, delivered_as: initiated, subject, body: bodyOf(body), author, attachments: [], url: null, redacted: false } }
    this.conversations.push(conversation)
    return conversation
  }

  addPart(record, part_type, author, body, more = {}) {
    const at = Math.max(this.now(), record.updated_at)
    const part = { type: record.ticket_type_id ? 'ticket_part' : 'conversation_part', id: this.next('part'), part_type, body: body ? bodyOf(body) : null, created_at: at, updated_at: at, notified_at: at,
      assigned_to: null, author, attachments: [], external_id: null, redacted: false, app_package_code: null, ...more }
    record.parts.push(part)
    record.updated_at = at
    return part
  }

  // As the API gives it; `parts`: those of a webhook, or true for all.
  shown(conversation, parts) {
    const { parts: all, contacts, tags, linked, searchable_at: _, ...rest } = conversation
    const latest = parts === true ? all.slice(-PARTS_MOST) : parts
    return { type: 'conversation', waiting_since: null, snoozed_until: null, open: conversation.state === 'open', read: false, priority: 'not_priority', sla_applied: null, statistics: null,
      conversation_rating: null, teammates: null, first_contact_reply: null, admin_assignee_id: null, team_assignee_id: null, topics: {}, ai_agent: null, ai_agent_participated: false, ...rest,
      tags: { type: 'tag.list', tags },
      contacts: { type: 'contact.list', contacts: contacts.map((id) => ({ type: 'contact', id, external_id: this.find('contacts', id).external_id })) },
      linked_objects: { type: 'list', data: linked, total_count: linked.length, has_more: false },
      ...(latest ? { conversation_parts: { type: 'conversation_part.list', conversation_parts: latest, total_count: all.length } } : {}) }
  }

  shownTicket(ticket) {
    const { parts, contacts, linked, ticket_state_id: state, ticket_type_id: type, searchable_at: _, ...rest } = ticket
    const { archived: _archived, ...ticket_state } = this.find('states', state)
    return { type: 'ticket', ...rest, ticket_state, ticket_type: this.find('types', type),
      contacts: { type: 'contact.list', contacts: contacts.map((id) => ({ type: 'contact', id, external_id: this.find('contacts', id).external_id })) },
      linked_objects: { type: 'list', data: linked, total_count: linked.length, has_more: false },
      ticket_parts: { type: 'ticket_part.list', ticket_parts: parts.slice(-PARTS_MOST), total_count: parts.length } }
  }

  setState(conversation, state, admin, part_type, body) {
    conversation.state = state
    const part = this.addPart(conversation, part_type, admin, body)
    const verb = { close: 'closed', open: 'opened', snoozed: 'snoozed' }[part_type]
    this.happened(`conversation.admin.${verb}`, conversation, part)
    return part
  }

  // ---- what people do ----

  contactWrites(contact, text, conversation, more = {}) {
    if (!conversation) {
      const opened = this.open(this.contactAs(contact), contact, text, more)
      this.happened('conversation.user.created', opened)
      return opened
    }
    const part_type = conversation.state === 'open' ? 'comment' : 'open'
    conversation.state = 'open'
    if (!conversation.contacts.includes(contact.id)) conversation.contacts.push(contact.id)
    const part = this.addPart(conversation, part_type, this.contactAs(contact), text)
    this.happened('conversation.user.replied', conversation, part)
    return part
  }

  adminWrites(admin, conversation, text, message_type = 'comment') {
    const part = this.addPart(conversation, message_type, this.adminAs(admin.id), text)
    this.happened(message_type === 'note' ? 'conversation.admin.noted' : 'conversation.admin.replied', conversation, part)
    return part
  }

  botWrites(conversation, text) {
    const part = this.addPart(conversation, 'comment', { type: 'bot', id: '1', name: 'Fin', email: 'operator@intercom.io', from_ai_agent: true }, text)
    this.happened('conversation.operator.replied', conversation, part)
    return part
  }

  tag(admin, conversation, name) {
    const tag = { ...this.tags.find((t) => t.name === name), applied_at: this.now(), applied_by: { type: 'admin', id: admin.id } }
    conversation.tags.push(tag)
    conversation.updated_at = Math.max(this.now(), conversation.updated_at)
    this.happened('conversation_part.tag.created', conversation, undefined, { tags_added: { type: 'tag.list', tags: [tag] } })
    return tag
  }

  closeTicket(admin, ticket, category = 'resolved') {
    const state = this.states.find((s) => s.category === category)
    const previous = this.find('states', ticket.ticket_state_id).category
    Object.assign(ticket, { ticket_state_id: state.id, open: category !== 'resolved' })
    this.addPart(ticket, 'ticket_state_updated_by_admin', this.adminAs(admin.id), null, { ticket_state: category, previous_ticket_state: previous })
    this.happened('ticket.state.updated', ticket)
  }

  remove(conversation) {
    this.conversations.splice(this.conversations.indexOf(conversation), 1)
    this.happened('conversation.deleted', conversation)
  }
}
