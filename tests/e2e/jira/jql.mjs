// A part of JQL: conditions joined by AND, and ORDER BY.
const fields = {
  project: (i) => i.project.key, key: (i) => i.key, issuekey: (i) => i.key, id: (i) => i.id, creator: (i) => i.by, reporter: (i) => i.by, status: (i) => i.status,
  statuscategory: (i) => i.project.workflow.statuses[i.status], created: (i) => i.created, updated: (i) => i.updated,
}
const minutes = { m: 1, h: 60, d: 1440, w: 10080 }
const numberOf = (key) => Number(key.split('-').pop())
const orders = { ...fields, key: (i) => numberOf(i.key) }

const relative = (text) => /^-?\d+[mhdw]$/.test(text) && Date.now() + Number.parseInt(text) * minutes[text.at(-1)] * 60_000
const absolute = (text) => /^\d{4}[-/]\d\d[-/]\d\d( \d\d:\d\d)?$/.test(text) && Date.parse(text.replaceAll('/', '-').replace(' ', 'T') + 'Z') - 3_600_000 // in the user's own zone, Berlin

function valueOf(field, text, { me }) {
  if (text === 'currentUser()') return me
  const bare = text.replace(/^"(.*)"$|^'(.*)'$/, '$1$2')
  if (field === 'created' || field === 'updated') return Math.floor((relative(bare) || absolute(bare)) / 60_000) * 60_000 // to the minute
  return bare
}

const compare = { '=': (a, b) => a === b, '!=': (a, b) => a !== b, '>=': (a, b) => a >= b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '<': (a, b) => a < b }

function conditionOf(text, context) {
  const [, name, operator, right] = /^(\w+)\s*(>=|<=|!=|=|>|<|in\b)\s*(.+)$/is.exec(text.trim()) ?? []
  const field = name?.toLowerCase()
  if (!fields[field]) throw new Error(`Field '${name ?? text}' does not exist or you do not have permission to view it.`)
  if (operator.toLowerCase() === 'in') {
    const values = right.trim().slice(1, -1).split(',').map((v) => valueOf(field, v.trim(), context))
    return (issue) => values.includes(fields[field](issue))
  }
  const value = valueOf(field, right.trim(), context)
  if (Number.isNaN(value)) throw new Error(`Date value '${right}' for field '${name}' is invalid.`)
  if (field === 'project' && !context.keys.includes(value)) throw new Error(`The value '${value}' does not exist for the field 'project'.`)
  return (issue) => compare[operator](fields[field](issue), value)
}

// { rows } or { fault }
export function matches(jql, issues, context) {
  try {
    const [where, order = 'created DESC'] = jql.split(/\border\s+by\b/i)
    const conditions = where.trim() ? where.split(/\band\b/i).map((text) => conditionOf(text, context)) : []
    const [, by, way = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(order) ?? []
    if (!orders[by?.toLowerCase()]) throw new Error(`Field '${order.trim()}' cannot be ordered by.`)
    const rows = issues.filter((issue) => conditions.every((holds) => holds(issue)))
    rows.sort((a, b) => orders[by.toLowerCase()](a) - orders[by.toLowerCase()](b) || numberOf(a.key) - numberOf(b.key))
    return { rows: /desc/i.test(way) ? rows.reverse() : rows }
  } catch (error) {
    return { fault: error.message }
  }
}
