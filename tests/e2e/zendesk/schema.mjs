// What a request may have, as Zendesk's API reference describes it: a type's name, a list of values, or members of an object.
const values = (...allowed) => (v) => allowed.includes(v)
const list = (item) => (v, path, faults) => Array.isArray(v) && v.every((x, i) => fits(item, x, `${path}[${i}]`, faults))
const comment = { body: 'string', html_body: 'string', public: 'boolean', author_id: 'integer', uploads: list('string') }
const ticket = {
  comment, subject: 'string', type: values('problem', 'incident', 'question', 'task'), priority: values('urgent', 'high', 'normal', 'low'),
  status: values('new', 'open', 'pending', 'hold', 'solved', 'closed'), custom_status_id: 'integer', assignee_id: 'integer', assignee_email: 'string', group_id: 'integer',
  organization_id: 'integer', external_id: 'string', problem_id: 'integer', tags: list('string'), custom_fields: list({ id: 'integer', value: 'any' }), due_at: 'string',
  requester_id: 'integer', collaborator_ids: list('integer'), email_ccs: list({ user_id: 'any', user_email: 'string', action: values('put', 'delete') }), metadata: 'object',
}
const created = { ...ticket, requester: { name: 'string', email: 'string', locale_id: 'integer' }, submitter_id: 'integer', ticket_form_id: 'integer', brand_id: 'integer',
  via_followup_source_id: 'integer', recipient: 'string', via: 'object' }
const updated = { ...ticket, safe_update: 'boolean', updated_stamp: 'string', additional_tags: list('string'), remove_tags: list('string') }

const METADATA_MOST = 1024 // bytes

const is = { integer: Number.isSafeInteger, any: () => true, object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  string: (v) => typeof v === 'string', boolean: (v) => typeof v === 'boolean' }

function fits(type, value, path, faults) {
  if (typeof type === 'object') {
    if (!is.object(value)) return faults.push(`${path} is no object`), false
    return Object.entries(value).map(([name, v]) => type[name] ? fits(type[name], v, `${path}.${name}`, faults) : (faults.push(`${path}.${name} is not known`), false)).every(Boolean)
  }
  const good = typeof type === 'function' ? type(value, path, faults) : is[type](value)
  if (!good) faults.push(`${path}: ${JSON.stringify(value)} is no ${typeof type === 'string' ? type : 'value of it'}`)
  return good
}

// What is wrong with the body of `POST tickets` or `PUT tickets/N`.
export function faultsOfTicket(body, isNew) {
  const faults = []
  fits({ ticket: isNew ? created : updated }, body, 'body', faults)
  if (JSON.stringify(body.ticket?.metadata ?? {}).length > METADATA_MOST) faults.push('body.ticket.metadata is larger than 1 KB')
  if (isNew && body.ticket?.requester && body.ticket.requester_id) faults.push('both requester and requester_id')
  if (body.ticket?.safe_update && !body.ticket.updated_stamp) faults.push('safe_update without updated_stamp')
  return faults
}
