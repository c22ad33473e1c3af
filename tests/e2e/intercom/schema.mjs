// What Intercom's published description (OpenAPI, version 2.14) asks of the requests that tests make: members, their types, what is required.

const text = { type: 'string' }
const number = { type: 'integer' }
const yes = { type: 'boolean' }
const id = { type: 'string', pattern: /^\d+$/ }
const contactId = { type: 'string', pattern: /^[0-9a-f]{24}$/ }
const one = (...values) => ({ enum: values })
const object = (required, optional = {}) => ({ type: 'object', required, optional })
const anything = { type: 'object', required: {} }
const list = (items, most = Infinity) => ({ type: 'array', items, most })
const either = (...schemas) => ({ either: schemas })

const operators = ['=', '!=', 'IN', 'NIN', '<', '<=', '>', '>=', '~', '!~', '^', '$']
const filter = object({ field: text, operator: one(...operators), value: either(text, number, yes, list(either(text, number))) })
const group = (inside) => object({ operator: one('AND', 'OR'), value: list(inside, 15) })
const search = object({ query: either(filter, group(either(filter, group(filter)))) }, { pagination: object({}, { per_page: number, starting_after: text }) })

const adminAction = (type, more = {}, optional = {}) => object({ message_type: one(type), type: one('admin'), admin_id: id, ...more }, { body: text, ...optional })
const files = { attachment_urls: list(text, 10), created_at: number }
const adminReply = either(
  object({ message_type: one('comment', 'note'), type: one('admin'), admin_id: id, body: text }, files),
  object({ message_type: one('quick_reply'), type: one('admin'), admin_id: id, reply_options: list(object({ text, uuid: text })) }, { body: text, ...files }))
const contactReply = object({ message_type: one('comment'), type: one('user'), body: text }, { intercom_user_id: contactId, email: text, user_id: text, ...files })
const recipient = object({ type: one('user', 'lead'), id: contactId })
const message = (type, required, optional) => object({ message_type: one(...type), body: text, from: object({ type: one('admin'), id: number }), to: either(recipient, list(recipient)), ...required },
  { created_at: number, create_conversation_without_contact_reply: yes, ...optional })

export const bodies = {
  createContact: object({}, { role: one('user', 'lead'), external_id: text, email: text, phone: text, name: text, custom_attributes: anything }),
  searchContacts: search,
  searchConversations: search,
  searchTickets: search,
  createConversation: object({ from: object({ type: one('user', 'lead', 'contact'), id: contactId }), body: text }, { created_at: number, attachment_urls: list(text, 10) }),
  createMessage: either(message(['email'], { subject: text, template: one('plain', 'personal') }), message(['inapp', 'in_app'], {}, { subject: text, template: text })),
  replyConversation: either(adminReply, contactReply),
  manageConversation: either(adminAction('close'), adminAction('open'), adminAction('snoozed', { snoozed_until: number }), adminAction('assignment', { assignee_id: text })),
  attachTagToConversation: object({ id, admin_id: id }),
  createTicket: object({ ticket_type_id: id, contacts: list(either(object({ id: contactId }), object({ external_id: text }), object({ email: text })), 1) },
    { conversation_to_link_id: id, company_id: text, created_at: number, ticket_attributes: anything, skip_notifications: yes,
      assignment: object({}, { admin_assignee_id: text, team_assignee_id: text }) }),
  updateTicket: object({}, { ticket_attributes: anything, ticket_state_id: id, company_id: text, open: yes, is_shared: yes, snoozed_until: number, admin_id: number, assignee_id: text, skip_notifications: yes }),
  replyTicket: either(
    object({ message_type: one('comment', 'note'), type: one('admin'), admin_id: id, body: text }, { cross_post: yes, skip_notifications: yes, ...files }),
    contactReply),
}

const kindOf = (value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value)

function faultsOfObject(schema, value, at) {
  const known = { ...schema.required, ...schema.optional }
  const missing = Object.keys(schema.required).filter((name) => value[name] === undefined).map((name) => `${at}.${name} is missing`)
  const strange = schema.optional === undefined ? [] : Object.keys(value).filter((name) => !known[name]).map((name) => `${at}.${name} is not known`)
  const wrong = Object.keys(value).filter((name) => known[name]).flatMap((name) => faults(known[name], value[name], `${at}.${name}`))
  return [...missing, ...strange, ...wrong]
}

// What is wrong with a value; [] if nothing is.
export function faults(schema, value, at = 'body') {
  if (schema.either) {
    const all = schema.either.map((s) => faults(s, value, at))
    return all.some((f) => !f.length) ? [] : all.reduce((best, f) => (f.length < best.length ? f : best))
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at} is ${JSON.stringify(value)}, not one of ${schema.enum.join(', ')}`]
  if (kindOf(value) !== schema.type) return [`${at} is of the type ${kindOf(value)}, not ${schema.type}`]
  if (schema.pattern && !schema.pattern.test(value)) return [`${at} is '${value}', which does not look right`]
  if (schema.type === 'object') return faultsOfObject(schema, value, at)
  if (schema.type !== 'array') return []
  return [...(value.length > schema.most ? [`${at} has more than ${schema.most} items`] : []), ...value.flatMap((v, i) => faults(schema.items, v, `${at}[${i}]`))]
}
