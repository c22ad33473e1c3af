// GitHub's issues on loopback, by its published OpenAPI (@octokit/openapi) and webhook schemas (@octokit/webhooks-schemas); as GitHub
// Enterprise Server has them under /api/v3, or the part of them that Gitea has under /api/v1.
import { createHmac, randomUUID } from 'node:crypto'
import { Refusal, StandIn, list } from '../standin.mjs'

const PER_PAGE = 30
const number = 'text' // in a query

const create = { title: 'text', 'body?': 'text', 'labels?': list('text'), 'assignees?': list('text'), 'type?': 'text' }
const update = { 'title?': 'text', 'body?': 'text', 'state?': ['open', 'closed'], 'state_reason?': ['completed', 'not_planned', 'duplicate', 'reopened', null], 'labels?': list('text') }
const issues = { 'state?': ['open', 'closed', 'all'], 'creator?': 'text', 'labels?': 'text', 'sort?': ['created', 'updated', 'comments'], 'direction?': ['asc', 'desc'],
  'since?': 'text', 'per_page?': number, 'page?': number }
const comments = { 'since?': 'text', 'per_page?': number, 'page?': number }
const gitea = { // its swagger: what differs
  create: { title: 'text', 'body?': 'text', 'labels?': list('number'), 'assignees?': list('text') },
  update: { 'title?': 'text', 'body?': 'text', 'state?': 'text' },
  issues: { 'state?': ['open', 'closed', 'all'], 'created_by?': 'text', 'labels?': 'text', 'type?': ['issues', 'pulls'], 'since?': 'text', 'before?': 'text', 'limit?': number, 'page?': number },
  comments: { 'since?': 'text', 'before?': 'text' },
}

const seconds = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

export class GitHub extends StandIn {
  constructor({ flavour = 'github' } = {}) {
    const isGitea = flavour === 'gitea'
    const shapes = isGitea ? gitea : { create, update, issues, comments }
    super(isGitea ? '/api/v1' : '/api/v3', {
      user: ['GET', '/user', (c) => this.user(c)],
      repository: ['GET', '/repos/{}/{}', (c, o, r) => [200, this.repositoryRow(this.repository(c, o, r), c.user)]],
      'issues.list': ['GET', '/repos/{}/{}/issues', (c, o, r) => this.listIssues(c, this.repository(c, o, r)), { query: shapes.issues }],
      'issues.create': ['POST', '/repos/{}/{}/issues', (c, o, r) => this.create(c, this.repository(c, o, r)), { body: shapes.create }],
      'issues.get': ['GET', '/repos/{}/{}/issues/{}', (c, o, r, n) => [200, this.row(this.issue(c, this.repository(c, o, r), n))]],
      'issues.moved': ['GET', '/repositories/{}/issues/{}', (c, id, n) => [200, this.row(this.issue(c, this.repositoryById(c, id), n))]],
      'issues.update': ['PATCH', '/repos/{}/{}/issues/{}', (c, o, r, n) => this.update(c, this.issue(c, this.repository(c, o, r), n)), { body: shapes.update }],
      'comments.list': ['GET', '/repos/{}/{}/issues/{}/comments', (c, o, r, n) => this.listComments(c, this.issue(c, this.repository(c, o, r), n)), { query: shapes.comments }],
      'comments.create': ['POST', '/repos/{}/{}/issues/{}/comments', (c, o, r, n) => this.comment(c, this.issue(c, this.repository(c, o, r), n)), { body: { body: 'text' } }],
    })
    this.gitea = isGitea
    this.users = new Map() // login -> { login, id }
    this.tokens = new Map() // token -> { login, may: 'write' | 'read' | 'none' }
    this.repositories = []
    this.rate = { limit: 5000, remaining: 5000, reset: 0 }
    this.secondary = 0 // so many writes are answered with the secondary rate limit
    this.nextId = 1000
  }

  addUser(login, { token, may = 'write' } = {}) {
    this.users.set(login, { login, id: this.nextId++, type: 'User' })
    if (token) this.tokens.set(token, { login, may })
  }

  addRepository(name, more = {}) {
    const [owner, repo] = name.split('/')
    const made = { owner, name: repo, id: this.nextId++, issues: [], has_issues: true, archived: false, private: true, ...more }
    this.repositories.push(made)
    return made
  }

  addHook(url, secret) {
    this.hooks.push({ url, secret, id: this.nextId++ })
    this.event('ping', { zen: 'Keep it logically awesome.', hook_id: this.nextId })
  }

  // ---- who, and how often ----

  refusal = (what) => ({ message: 'Validation Failed', errors: [{ message: what }], documentation_url: 'https://docs.github.com/rest', status: '422' })

  login(call) {
    const token = /^(?:Bearer|token) (.+)$/i.exec(call.headers.authorization ?? '')?.[1]
    const known = this.tokens.get(token)
    if (!known) throw new Refusal(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' })
    if (!/\S/.test(call.headers['user-agent'] ?? '')) throw new Refusal(403, { message: 'Request forbidden by administrative rules.' })
    if (this.rate.remaining <= 0 && Date.now() / 1000 >= this.rate.reset) this.rate.remaining = this.rate.limit
    if (this.rate.remaining-- <= 0) throw new Refusal(403, { message: `API rate limit exceeded for user ID ${this.users.get(known.login).id}.` }, this.rateHeaders())
    return known
  }

  rateHeaders() {
    return { 'x-ratelimit-limit': this.rate.limit, 'x-ratelimit-remaining': Math.max(0, this.rate.remaining), 'x-ratelimit-reset': this.rate.reset, 'x-ratelimit-resource': 'core' }
  }

  mayWrite(call) {
    if (this.secondary > 0 && this.secondary--) throw new Refusal(403, { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' }, this.secondaryHeaders ?? {})
    if (call.user.may !== 'write') throw new Refusal(403, { message: 'Resource not accessible by personal access token', status: '403' })
  }

  user(call) {
    return [200, this.users.get(call.user.login)]
  }

  // ---- repositories ----

  seen(repo, call) {
    if (!repo || (repo.private && (call.user.may === 'none' || (repo.only && repo.only !== call.user.login)))) throw new Refusal(404, { message: 'Not Found', status: '404' })
    return repo
  }

  repository(call, owner, name) {
    return this.seen(this.repositories.find((r) => r.owner.toLowerCase() === owner.toLowerCase() && r.name.toLowerCase() === name.toLowerCase()), call)
  }

  repositoryById(call, id) {
    return this.seen(this.repositories.find((r) => String(r.id) === id), call)
  }

  repositoryRow(repo, user) {
    const write = user.may === 'write'
    return { id: repo.id, name: repo.name, full_name: `${repo.owner}/${repo.name}`, owner: { login: repo.owner, id: 1, type: 'Organization' }, private: repo.private,
      html_url: `${this.url}/${repo.owner}/${repo.name}`, has_issues: repo.has_issues, archived: repo.archived,
      permissions: { admin: false, push: write, pull: user.may !== 'none', ...(this.gitea ? {} : { maintain: false, triage: write }) } }
  }

  // ---- issues ----

  row(issue) {
    const place = `${issue.repo.owner}/${issue.repo.name}`
    const { number, id, title, body, state, state_reason, locked, labels } = issue
    return { id, number, title, body, state, locked, ...(this.gitea ? {} : { state_reason }),
      url: `${this.apiUrl}/repos/${place}/issues/${number}`, html_url: `${this.url}/${place}/issues/${number}`, comments_url: `${this.apiUrl}/repos/${place}/issues/${number}/comments`,
      repository_url: `${this.apiUrl}/repos/${place}`, user: this.users.get(issue.by), labels: labels.map((name) => ({ name })), comments: issue.comments.length,
      created_at: this.time(issue.created), updated_at: this.time(issue.updated), closed_at: issue.closed ? this.time(issue.closed) : null,
      ...(issue.pull ? { pull_request: { url: `${this.apiUrl}/repos/${place}/pulls/${number}` } } : {}) }
  }

  time = (ms) => (this.gitea ? `${seconds(ms + 3_600_000).slice(0, -1)}+01:00` : seconds(ms)) // Gitea writes them in its own zone

  issue(call, repo, number) {
    const issue = repo.issues.find((i) => i.number === Number(number))
    if (!issue || (issue.gone && this.gitea)) throw new Refusal(404, { message: 'Not Found', status: '404' })
    if (issue.gone) throw new Refusal(410, { message: 'This issue was deleted', status: '410' })
    if (issue.moved) {
      const url = `${this.apiUrl}/repositories/${issue.moved.repo.id}/issues/${issue.moved.number}`
      throw new Refusal(call.text ? 307 : 301, { message: 'Moved Permanently', url }, { location: url })
    }
    return issue
  }

  page(call, rows, own) {
    const most = Math.min(Number(call.query[this.gitea ? 'limit' : 'per_page'] ?? PER_PAGE), this.gitea ? 50 : 100)
    const at = Number(call.query.page ?? 1)
    const next = rows.length > at * most
    const query = new URLSearchParams({ ...call.query, page: at + 1 })
    return [200, rows.slice((at - 1) * most, at * most).map(own), next ? { link: `<${this.url}${call.path}?${query}>; rel="next", <${this.url}${call.path}?${query}>; rel="last"` } : {}]
  }

  listIssues(call, repo) {
    const { state = 'open', creator, created_by, since, sort = 'created', direction = 'desc' } = call.query
    const by = creator ?? created_by
    const from = since ? Date.parse(since) : 0
    const found = repo.issues.filter((i) => !i.gone && !i.moved && (state === 'all' || i.state === state) && (!by || i.by === by) && Math.floor(i.updated / 1000) * 1000 >= from)
    found.sort((a, b) => a[sort] - b[sort] || a.number - b.number)
    if (direction === 'desc') found.reverse()
    return this.page(call, found, (i) => this.row(i))
  }

  writable(call, repo) {
    this.mayWrite(call)
    if (repo.only && repo.only !== call.user.login) throw new Refusal(403, { message: 'Resource not accessible by personal access token', status: '403' })
    if (repo.archived) throw new Refusal(403, { message: 'Repository was archived so is read-only.', status: '403' })
    if (!repo.has_issues) throw new Refusal(410, { message: 'Issues has been disabled in this repository.', status: '410' })
  }

  create(call, repo) {
    this.writable(call, repo)
    if (!/\S/.test(call.body.title) || call.body.title.length > 256 || (call.body.body?.length ?? 0) > 65536)
      throw new Refusal(422, { message: 'Validation Failed', errors: [{ resource: 'Issue', code: 'invalid', field: 'title' }], status: '422' })
    return [201, this.row(this.open(repo, call.user.login, call.body)), this.rateHeaders()]
  }

  open(repo, by, { title, body = null, labels = [], pull = false }) {
    const now = Date.now()
    const issue = { repo, id: this.nextId++, number: repo.issues.length + 1, title, body, labels, by, pull, state: 'open', state_reason: null, locked: false, comments: [], created: now, updated: now }
    repo.issues.push(issue)
    this.issueEvent('opened', issue, by)
    return issue
  }

  update(call, issue) {
    this.writable(call, issue.repo)
    const { state, state_reason } = call.body
    if (state && state !== issue.state) this.setState(issue, call.user.login, state, state_reason)
    else if (call.body.title) this.edit(issue, call.user.login, call.body.title)
    return [this.gitea ? 201 : 200, this.row(issue)]
  }

  setState(issue, by, state, reason) {
    issue.updated = Date.now()
    issue.closed = state === 'closed' ? issue.updated : undefined
    Object.assign(issue, { state, state_reason: state === 'closed' ? (reason ?? 'completed') : 'reopened' })
    this.issueEvent(state === 'closed' ? 'closed' : 'reopened', issue, by)
  }

  edit(issue, by, title) {
    const changes = { title: { from: issue.title } }
    Object.assign(issue, { title, updated: Date.now() })
    this.issueEvent('edited', issue, by, { changes })
  }

  delete(issue, by) {
    issue.gone = true
    this.issueEvent('deleted', issue, by)
  }

  transfer(issue, by, to) {
    const moved = { ...issue, repo: to, id: this.nextId++, number: to.issues.length + 1, updated: Date.now() }
    to.issues.push(moved)
    this.issueEvent('transferred', issue, by, { changes: { new_issue: this.row(moved), new_repository: this.repositoryRow(to, { may: 'write' }) } })
    issue.moved = moved
    return moved
  }

  // ---- comments ----

  commentRow(issue, c) {
    const { url, html_url } = this.row(issue)
    return { id: c.id, body: c.body, user: this.users.get(c.by), created_at: this.time(c.at), updated_at: this.time(c.at), html_url: `${html_url}#issuecomment-${c.id}`, issue_url: url }
  }

  listComments(call, issue) {
    const from = call.query.since ? Date.parse(call.query.since) : 0
    return this.page(call, issue.comments.filter((c) => Math.floor(c.at / 1000) * 1000 >= from), (c) => this.commentRow(issue, c))
  }

  comment(call, issue) {
    this.writable(call, issue.repo)
    if (issue.locked) throw new Refusal(403, { message: 'Unable to create comment because issue is locked.', status: '403' })
    return [201, this.commentRow(issue, this.say(issue, call.user.login, call.body.body))]
  }

  say(issue, by, body) {
    const comment = { id: this.nextId++, by, body, at: Date.now() }
    issue.comments.push(comment)
    issue.updated = comment.at
    this.event('issue_comment', { action: 'created', issue: this.row(issue), comment: this.commentRow(issue, comment), ...this.about(issue, by) })
    return comment
  }

  // ---- webhooks ----

  about(issue, by) {
    return { repository: this.repositoryRow(issue.repo, { may: 'read' }), sender: this.users.get(by) }
  }

  issueEvent(action, issue, by, more = {}) {
    this.event('issues', { action, ...(this.gitea ? { number: issue.number } : {}), issue: this.row(issue), ...more, ...this.about(issue, by) })
  }

  event(name, payload) {
    const id = randomUUID()
    this.tell(payload, (hook, text) => {
      const hex = createHmac('sha256', hook.secret ?? '').update(text).digest('hex')
      const own = this.gitea ? { 'x-gitea-event': name, 'x-gitea-delivery': id, 'x-gitea-signature': hook.secret ? hex : '' } : {}
      return { 'user-agent': this.gitea ? 'Go-http-client/1.1' : 'GitHub-Hookshot/044aadd', 'x-github-event': name, 'x-github-delivery': id,
        'x-github-hook-id': String(hook.id), ...own, ...(hook.secret ? { 'x-hub-signature-256': `sha256=${hex}` } : {}) }
    })
  }
}

export const startGitHub = (options) => new GitHub(options).start()
