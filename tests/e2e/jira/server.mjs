// Jira's issues on loopback, by Atlassian's published REST v2 (the types of jira.js), as Cloud has it or Data Center: what differs is who
// one is, how one searches, and what webhooks have.
import { createHmac, randomUUID } from 'node:crypto'
import { Refusal, StandIn, list } from '../standin.mjs'
import { matches } from './jql.mjs'

const property = { key: 'text', value: 'any' }
const create = { fields: { project: { 'key?': 'text', 'id?': 'text' }, issuetype: { 'name?': 'text', 'id?': 'text' }, summary: 'text', 'description?': 'text', 'labels?': list('text'), 'priority?': 'any', 'components?': 'any' },
  'properties?': list(property), 'update?': 'any' }
const comment = { body: 'text', 'properties?': list(property), 'visibility?': 'any' }
const transition = { transition: { id: 'text' }, 'fields?': 'any', 'update?': 'any' }
const searched = { 'jql?': 'text', 'fields?': 'text', 'maxResults?': 'text', 'expand?': 'text', 'properties?': 'text', 'fieldsByKeys?': 'text' }
const category = { new: [2, 'To Do'], indeterminate: [4, 'In Progress'], done: [3, 'Done'] }

export const workflow = {
  statuses: { 'To Do': 'new', 'In Progress': 'indeterminate', Done: 'done' },
  transitions: [ // from: undefined means any status
    { id: '11', name: 'To Do', to: 'To Do' }, { id: '21', name: 'Start', to: 'In Progress' }, { id: '31', name: 'Done', to: 'Done' },
  ],
}

const time = (ms) => new Date(ms).toISOString().replace('Z', '+0000')

export class Jira extends StandIn {
  constructor({ cloud = true } = {}) {
    super('/rest/api/2', {
      myself: ['GET', '/myself', (c) => [200, this.userRow(c.user)]],
      permissions: ['GET', '/mypermissions', (c) => this.permissions(c), { query: { 'permissions?': 'text', 'projectKey?': 'text', 'projectId?': 'text', 'issueKey?': 'text' } }],
      project: ['GET', '/project/{}', (c, key) => [200, this.projectRow(this.project(key))]],
      'issue.create': ['POST', '/issue', (c) => this.create(c), { body: create }],
      'issue.get': ['GET', '/issue/{}', (c, key) => [200, this.row(this.issue(key), c.query)], { query: { 'fields?': 'text', 'properties?': 'text', 'expand?': 'text' } }],
      'comment.list': ['GET', '/issue/{}/comment', (c, key) => this.listComments(c, this.issue(key)), { query: { 'startAt?': 'text', 'maxResults?': 'text', 'orderBy?': 'text', 'expand?': 'text' } }],
      'comment.create': ['POST', '/issue/{}/comment', (c, key) => this.addComment(c, this.issue(key)), { body: comment }],
      'comment.property': ['GET', '/comment/{}/properties/{}', (c, id, key) => this.commentProperty(id, key)],
      transitions: ['GET', '/issue/{}/transitions', (c, key) => [200, { expand: 'transitions', transitions: this.open(this.issue(key)).map((t) => this.transitionRow(t)) }], { query: { 'expand?': 'text', 'transitionId?': 'text' } }],
      transition: ['POST', '/issue/{}/transitions', (c, key) => this.transition(c, this.issue(key)), { body: transition }],
      ...(cloud
        ? { search: ['GET', '/search/jql', (c) => this.search(c), { query: { ...searched, 'nextPageToken?': 'text', 'reconcileIssues?': 'text' } }] }
        : { search: ['GET', '/search', (c) => this.search(c), { query: { ...searched, 'startAt?': 'text', 'validateQuery?': 'text' } }] }),
    })
    this.cloud = cloud
    this.users = new Map() // name -> { name, email, zone }
    this.logins = new Map() // the value of Authorization -> { name, may: Set }
    this.projects = []
    this.lag = false // what is written is not found by a search until index()
    this.index = new Map() // key -> the issue as searches know it
    this.nextId = 10_000
  }

  // ---- who ----

  refusal = (what) => ({ errorMessages: [what], errors: {} })

  addUser(name, { email = `${name}@example.com`, token, may = ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'ADD_COMMENTS', 'TRANSITION_ISSUES'] } = {}) {
    this.users.set(name, { name, email })
    const value = this.cloud ? `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}` : `Bearer ${token}`
    if (token) this.logins.set(value, { name, may: new Set(may) })
  }

  userRow = ({ name }) => ({ self: `${this.apiUrl}/user`, displayName: name[0].toUpperCase() + name.slice(1), active: true, timeZone: 'Europe/Berlin',
    ...(this.cloud ? { accountId: `5b10:${name}`, accountType: 'atlassian' } : { name, key: `JIRAUSER-${name}`, emailAddress: `${name}@example.com` }) })

  login(call) {
    const user = this.logins.get(call.headers.authorization)
    if (!user) throw new Refusal(401, { message: 'Client must be authenticated to access this resource.', 'status-code': 401 })
    return user
  }

  needs(call, right, status = 403) {
    if (!call.user.may.has(right)) throw new Refusal(status, this.refusal(`You do not have permission: ${right}`))
  }

  permissions(call) {
    if (this.cloud && !call.query.permissions) throw new Refusal(400, this.refusal("The 'permissions' query parameter is required."))
    if (call.query.projectKey) this.project(call.query.projectKey)
    const keys = call.query.permissions?.split(',') ?? ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'ADD_COMMENTS', 'TRANSITION_ISSUES']
    return [200, { permissions: Object.fromEntries(keys.map((key) => [key, { id: '1', key, name: key, type: 'PROJECT', havePermission: call.user.may.has(key) }])) }]
  }

  // ---- projects ----

  addProject(key, more = {}) {
    const made = { key, id: String(this.nextId++), types: ['Task', 'Bug', 'Incident'], issues: [], last: 0, workflow, ...more }
    this.projects.push(made)
    return made
  }

  project(key) {
    const found = this.projects.find((p) => p.key === key || p.id === key)
    if (!found) throw new Refusal(404, this.refusal(`No project could be found with key '${key}'.`))
    return found
  }

  projectRow = (p) => ({ id: p.id, key: p.key, name: p.key, issueTypes: p.types.map((name, i) => ({ id: String(i + 1), name, subtask: false })) })

  // ---- issues ----

  statusRow(project, name) {
    const key = project.workflow.statuses[name]
    return { id: String(Object.keys(project.workflow.statuses).indexOf(name) + 1), name, statusCategory: { id: category[key][0], key, name: category[key][1] } }
  }

  row(issue, { fields, properties } = {}) {
    const all = { summary: issue.summary, description: issue.description, status: this.statusRow(issue.project, issue.status), issuetype: { id: '1', name: issue.type },
      project: { id: issue.project.id, key: issue.project.key }, labels: issue.labels, created: time(issue.created), updated: time(issue.updated), creator: this.userRow({ name: issue.by }) }
    const wanted = !fields || fields.includes('*') ? Object.keys(all) : fields.split(',')
    const own = properties ? Object.fromEntries(properties.split(',').filter((k) => k in issue.properties).map((k) => [k, issue.properties[k]])) : undefined
    return { id: issue.id, key: issue.key, self: `${this.apiUrl}/issue/${issue.id}`, fields: Object.fromEntries(wanted.filter((k) => k in all).map((k) => [k, all[k]])), ...(own ? { properties: own } : {}) }
  }

  all = () => this.projects.flatMap((p) => p.issues)

  issue(key) {
    const found = this.all().find((i) => i.key === key.toUpperCase() || i.id === key || i.earlier.includes(key.toUpperCase()))
    if (!found) throw new Refusal(404, this.refusal('Issue does not exist or you do not have permission to see it.'))
    return found
  }

  touch(issue) {
    issue.updated = Date.now()
    if (!this.lag) this.index.set(issue.id, { ...issue })
  }

  reindex() {
    this.index = new Map(this.all().map((i) => [i.id, { ...i }]))
  }

  create(call) {
    const { fields, properties = [] } = call.body
    const project = this.projects.find((p) => p.key === fields.project.key || p.id === fields.project.id)
    if (!project) throw new Refusal(400, { errorMessages: [], errors: { project: 'valid project is required' } })
    this.needs(call, 'CREATE_ISSUES', 400)
    if (!project.types.includes(fields.issuetype.name)) throw new Refusal(400, { errorMessages: [], errors: { issuetype: 'Specify a valid issue type' } })
    if (!fields.summary.trim() || /\n/.test(fields.summary)) throw new Refusal(400, { errorMessages: [], errors: { summary: 'The summary is invalid because it contains newline characters.' } })
    if (fields.summary.length > 255) throw new Refusal(400, { errorMessages: [], errors: { summary: 'Summary must be less than 255 characters.' } })
    if (fields.labels?.some((l) => /\s/.test(l))) throw new Refusal(400, { errorMessages: [], errors: { labels: "The label contains spaces which is invalid." } })
    const issue = this.add(project, call.user.name, { ...fields, type: fields.issuetype.name, properties: Object.fromEntries(properties.map((p) => [p.key, p.value])) })
    return [201, { id: issue.id, key: issue.key, self: `${this.apiUrl}/issue/${issue.id}` }]
  }

  add(project, by, { summary, description = null, labels = [], type = 'Task', properties = {} }) {
    const now = Date.now()
    const issue = { project, id: String(this.nextId++), key: `${project.key}-${++project.last}`, earlier: [], summary, description, labels, type, properties, by, created: now, comments: [],
      status: Object.keys(project.workflow.statuses)[0] }
    project.issues.push(issue)
    this.touch(issue)
    this.event('jira:issue_created', issue, by)
    return issue
  }

  // ---- transitions ----

  open = (issue) => issue.project.workflow.transitions.filter((t) => !t.from || t.from.includes(issue.status)).map((t) => ({ ...t, project: issue.project }))

  transitionRow = (t) => ({ id: t.id, name: t.name, hasScreen: Boolean(t.fields), isAvailable: true, to: this.statusRow(t.project, t.to),
    fields: Object.fromEntries(Object.entries(t.fields ?? {}).map(([key, f]) => [key, { required: true, hasDefaultValue: false, name: key, ...f }])) })

  transition(call, issue) {
    this.needs(call, 'TRANSITION_ISSUES')
    const found = this.open(issue).find((t) => t.id === call.body.transition.id)
    if (!found) throw new Refusal(400, this.refusal(`It seems that you have tried to perform an illegal workflow operation.`))
    const missing = Object.entries(found.fields ?? {}).find(([key, f]) => f.required !== false && !f.hasDefaultValue && !(key in (call.body.fields ?? {})))
    if (missing) throw new Refusal(400, { errorMessages: [], errors: { [missing[0]]: `${missing[0]} is required.` } })
    this.setStatus(issue, call.user.name, found.to)
    return [204]
  }

  setStatus(issue, by, status) {
    const changed = { field: 'status', fieldtype: 'jira', fromString: issue.status, toString: status }
    issue.status = status
    this.touch(issue)
    this.event('jira:issue_updated', issue, by, { issue_event_type_name: 'issue_generic', changelog: { id: String(this.nextId++), items: [changed] } })
  }

  rename(issue, by, summary) {
    const changed = { field: 'summary', fromString: issue.summary, toString: summary }
    issue.summary = summary
    this.touch(issue)
    this.event('jira:issue_updated', issue, by, { changelog: { id: String(this.nextId++), items: [changed] } })
  }

  move(issue, by, project) {
    const from = issue.key
    issue.project.issues.splice(issue.project.issues.indexOf(issue), 1)
    project.issues.push(issue)
    Object.assign(issue, { project, key: `${project.key}-${++project.last}`, earlier: [...issue.earlier, from] })
    this.touch(issue)
    this.event('jira:issue_updated', issue, by, { issue_event_type_name: 'issue_moved', changelog: { id: String(this.nextId++), items: [{ field: 'Key', fromString: from, toString: issue.key }] } })
  }

  delete(issue, by) {
    issue.project.issues.splice(issue.project.issues.indexOf(issue), 1)
    if (!this.lag) this.index.delete(issue.id)
    this.event('jira:issue_deleted', issue, by)
  }

  // ---- comments ----

  commentRow = (issue, c) => ({ self: `${this.apiUrl}/issue/${issue.id}/comment/${c.id}`, id: c.id, author: this.userRow({ name: c.by }), body: c.body, created: time(c.at), updated: time(c.at) })

  listComments(call, issue) {
    const rows = issue.comments.map((c) => this.commentRow(issue, c))
    if (call.query.orderBy === '-created') rows.reverse()
    const startAt = Number(call.query.startAt ?? 0)
    const maxResults = Math.min(Number(call.query.maxResults ?? 50), 100)
    return [200, { startAt, maxResults, total: rows.length, comments: rows.slice(startAt, startAt + maxResults) }]
  }

  addComment(call, issue) {
    this.needs(call, 'ADD_COMMENTS', 400)
    if (!call.body.body.trim()) throw new Refusal(400, { errorMessages: [], errors: { comment: 'Comment body can not be empty!' } })
    const made = this.say(issue, call.user.name, call.body.body, Object.fromEntries((call.body.properties ?? []).map((p) => [p.key, p.value])))
    return [201, this.commentRow(issue, made)]
  }

  say(issue, by, body, properties = {}) {
    const comment = { id: String(this.nextId++), by, body, properties, at: Date.now() }
    issue.comments.push(comment)
    this.touch(issue)
    this.event('comment_created', issue, by, { comment: this.commentRow(issue, comment) })
    return comment
  }

  commentProperty(id, key) {
    const found = this.all().flatMap((i) => i.comments).find((c) => c.id === id)
    if (!found || !(key in found.properties)) throw new Refusal(404, this.refusal(`The property ${key} does not exist.`))
    return [200, { key, value: found.properties[key] }]
  }

  // ---- search ----

  search(call) {
    const { jql = '', fields, properties, nextPageToken, startAt = '0', maxResults = '50' } = call.query
    const { rows, fault } = matches(jql, [...this.index.values()], { me: call.user.name, keys: this.projects.map((p) => p.key) })
    if (fault) throw new Refusal(400, this.refusal(fault))
    if (this.cloud && !/\w\s*(=|>|<|in)/.test(jql.split(/order by/i)[0])) throw new Refusal(400, this.refusal('Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'))
    const at = Number(nextPageToken ?? startAt)
    const most = Math.min(Number(maxResults), 100)
    const page = rows.slice(at, at + most).map((i) => (this.cloud && !fields ? { id: i.id } : this.row(i, { fields, properties })))
    const more = at + most < rows.length
    return [200, this.cloud ? { issues: page, isLast: !more, ...(more ? { nextPageToken: String(at + most) } : {}) } : { startAt: at, maxResults: most, total: rows.length, issues: page }]
  }

  // ---- webhooks ----

  addHook(url, secret) {
    this.hooks.push({ url, secret })
  }

  event(webhookEvent, issue, by, more = {}) {
    const id = randomUUID()
    const payload = { timestamp: Date.now(), webhookEvent, ...(webhookEvent === 'comment_created' ? {} : { user: this.userRow({ name: by }) }), ...more,
      issue: webhookEvent === 'comment_created' ? { ...this.row(issue, { fields: 'summary,status,issuetype,project' }) } : this.row(issue) }
    this.tell(payload, (hook, text) => ({ 'user-agent': 'Atlassian HttpClient', 'x-atlassian-webhook-identifier': id,
      ...(this.cloud ? { 'x-atlassian-webhook-flow': 'Primary' } : {}),
      ...(hook.secret ? { 'x-hub-signature': `sha256=${createHmac('sha256', hook.secret).update(text).digest('hex')}` } : {}) }))
  }
}

export const startJira = (options) => new Jira(options).start()
