// Intercom's search: filters over records, and pages of what they find.
import { Refusal } from './refusal.mjs'

const dates = new Set(['created_at', 'updated_at', 'last_seen_at', 'signed_up_at'])
const day = (seconds) => Math.floor(Number(seconds) / 86400)
const same = (a, b) => String(a ?? '').toLowerCase() === String(b).toLowerCase()
const within = (a, b) => String(a ?? '').toLowerCase().includes(String(b).toLowerCase())

const tests = {
  '=': same,
  '!=': (a, b) => !same(a, b),
  IN: (a, b) => b.some((v) => same(a, v)),
  NIN: (a, b) => !b.some((v) => same(a, v)),
  '>': (a, b) => Number(a) >= Number(b), // "greater (or equal)"
  '<': (a, b) => Number(a) <= Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '~': within,
  '!~': (a, b) => !within(a, b),
  '^': (a, b) => String(a ?? '').toLowerCase().startsWith(String(b).toLowerCase()),
  $: (a, b) => String(a ?? '').toLowerCase().endsWith(String(b).toLowerCase()),
}

// Contacts' dates are compared by whole days, and not by all operators.
function fitsDay(found, { field, operator, value }) {
  if (!['=', '<', '>'].includes(operator)) throw new Refusal(400, 'invalid_operator', `${operator} is not supported for ${field}`)
  const apart = day(found) - day(value)
  return operator === '=' ? apart === 0 : operator === '>' ? apart > 0 : apart < 0
}

// `fields`: { field: (record) => its value, or several }.
export function fits(record, query, fields, byDay, depth = 0) {
  if (query.operator === 'AND' || query.operator === 'OR') {
    if (depth > 1 || query.value.length > 15) throw new Refusal(400, 'invalid_query', 'too many filters')
    const all = query.value.map((q) => fits(record, q, fields, byDay, depth + 1))
    return query.operator === 'AND' ? all.every(Boolean) : all.some(Boolean)
  }
  const custom = /^custom_attributes\.(.+)$/.exec(query.field)
  const get = custom ? (r) => r.custom_attributes[custom[1]] : fields[query.field]
  if (!get) throw new Refusal(400, 'invalid_field', `${query.field} is not a field that can be searched`)
  if (dates.has(query.field) && byDay) return fitsDay(get(record), query)
  return [get(record)].flat().some((value) => tests[query.operator](value, query.value))
}

// The members of a page: { pages, total_count, rows }.
export function page(rows, { per_page: asked = 20, starting_after: after, page: number = 1 } = {}, most = 150) {
  const size = Math.min(Math.max(1, Number(asked)), most)
  const start = after ? Number(Buffer.from(after, 'base64').toString()) : (Number(number) - 1) * size
  const shown = rows.slice(start, start + size)
  const next = start + size < rows.length ? { next: { per_page: size, starting_after: Buffer.from(String(start + size)).toString('base64') } } : {}
  return { rows: shown, total_count: rows.length,
    pages: { type: 'pages', page: Math.floor(start / size) + 1, per_page: size, total_pages: Math.max(1, Math.ceil(rows.length / size)), ...next } }
}
