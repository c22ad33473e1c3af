// What a Zendesk account holds: people, organisations, tickets and their audits; and the rules by which tickets change.
import { Refusal, invalid, missing } from './refusal.mjs'

const plain = (html) => html.replace(/<br ?\/?>|<\/(p|li|h\d|pre|blockquote)>/g, '\n').replace(/<[^>]+>/g, '')
  .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&').trim()
const stamp = (ms = Date.now()) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z') // seconds: several changes may have the same
const isStaff = (user) => user.role !== 'end-user'

// Fields whose change is an event of an audit.
const audited = ['subject', 'status', 'priority', 'type', 'tags', 'requester_id', 'assignee_id', 'group_id', 'problem_id', 'external_id', 'organization_id']

export class Desk {
  constructor() {
    this.users = new Map()
    this.organizations = new Map()
    this.tickets = new Map()
    this.mails = [] // { to, ticket, text }: what requesters got
    this.commentsMost = 5000
    this.told = () => {} // (ticket, audit)
    this.ids = 360_000_000_000
    this.auditIds = 12_000_000_000_000
    this.sequence = 0
  }

  // ---- people ----

  addUser({ name, email = null, role = 'end-user', organization = null, external_id = null, verified = true }) {
    const user = { id: (this.ids += 7), name, email, role, verified, active: true, suspended: false, external_id, organization_id: organization?.id ?? null, created_at: stamp(), updated_at: stamp() }
    this.users.set(user.id, user)
    return user
  }

  addOrganization({ name, domain_names = [], external_id = null }) {
    const found = [...this.organizations.values()].find((o) => o.name.toLowerCase() === name.toLowerCase())
    if (found) throw invalid('name', `Name: ${name} has already been taken`, 'DuplicateValue')
    const organization = { id: (this.ids += 7), name, domain_names, external_id, created_at: stamp() }
    this.organizations.set(organization.id, organization)
    return organization
  }

  user(id) {
    return this.users.get(Number(id))
  }

  userByEmail(email) {
    return [...this.users.values()].find((u) => u.email?.toLowerCase() === email.toLowerCase())
  }

  requesterOf({ requester, requester_id }, actor) {
    if (requester_id) {
      const found = this.user(requester_id)
      if (!found) throw invalid('requester', 'Requester: is invalid')
      return found
    }
    if (!requester) return actor
    const found = requester.email && this.userByEmail(requester.email)
    if (found) return found
    if (requester.email && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(requester.email)) throw invalid('requester', `Email: ${requester.email} is not properly formatted`)
    if (!requester.name) throw invalid('requester', 'Requester Name: is too short (minimum is 1 characters)')
    const [, domain] = (requester.email ?? '').split('@')
    return this.addUser({ ...requester, organization: [...this.organizations.values()].find((o) => o.domain_names.includes(domain)) })
  }

  // ---- tickets ----

  ticket(id) {
    const ticket = this.tickets.get(Number(id))
    if (!ticket || ticket.status === 'deleted') throw missing()
    return ticket
  }

  create(input, actor, channel = 'api') {
    if (!input.comment?.body && !input.comment?.html_body) throw invalid('base', 'Description: cannot be blank', 'BlankValue')
    const before = input.via_followup_source_id ? this.tickets.get(Number(input.via_followup_source_id)) : undefined
    const source = before?.status === 'closed' ? before : undefined // it has no effect with others
    const requester = this.requesterOf(input, actor)
    const ticket = { id: this.tickets.size + 1, subject: input.subject ?? null, status: 'new', priority: null, type: null, tags: source?.tags ?? [],
      requester_id: requester.id, submitter_id: actor.id, assignee_id: null, group_id: null, problem_id: null, external_id: null,
      organization_id: requester.organization_id, collaborator_ids: [], email_cc_ids: [], follower_ids: [], has_incidents: false, followup_ids: [],
      is_public: input.comment.public ?? true, created_at: stamp(), custom_fields: [], allow_channelback: false,
      via: { channel, source: { from: source ? { ticket_id: source.id, subject: source.subject } : {}, to: {}, rel: source ? 'follow_up' : null } } }
    Object.defineProperty(ticket, 'audits', { value: [], enumerable: false })
    this.set(ticket, input)
    source?.followup_ids.push(ticket.id)
    const events = audited.filter((f) => ticket[f] !== null && String(ticket[f]) !== '').map((f) => this.event({ type: 'Create', field_name: f, value: ticket[f] }))
    ticket.description = input.comment.body ?? plain(input.comment.html_body)
    this.tickets.set(ticket.id, ticket)
    return { ticket, audit: this.record(ticket, actor, [this.comment(ticket, input.comment, actor), ...events], input.metadata, ticket.via) }
  }

  update(id, input, actor, channel = 'api', source = {}) {
    const ticket = this.ticket(id)
    if (ticket.status === 'closed') throw invalid('status', 'Status: closed prevents ticket update')
    if (input.safe_update && input.updated_stamp !== ticket.updated_at) throw new Refusal(409, 'UpdateConflict', 'Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again.')
    if (input.comment && ticket.audits.flatMap((a) => a.events).filter((e) => e.type === 'Comment').length >= this.commentsMost) throw invalid('base', 'Ticket has reached the maximum number of comments')
    const before = { ...ticket }
    this.set(ticket, input)
    const events = audited.filter((f) => JSON.stringify(before[f]) !== JSON.stringify(ticket[f]))
      .map((f) => this.event({ type: 'Change', field_name: f, value: ticket[f], previous_value: before[f] }))
    if (input.comment) events.unshift(this.comment(ticket, input.comment, actor))
    const audit = this.record(ticket, actor, events, input.metadata, { channel, source: { from: {}, to: {}, rel: null, ...source } })
    if (ticket.type === 'problem' && ticket.status === 'solved' && before.status !== 'solved') this.solveIncidents(ticket, input.comment, actor)
    return { ticket, audit }
  }

  set(ticket, input) {
    const next = { ...ticket }
    for (const field of audited) if (input[field] !== undefined && field !== 'requester_id') next[field] = input[field]
    if (input.additional_tags) next.tags = [...new Set([...next.tags, ...input.additional_tags])]
    if (input.assignee_email) next.assignee_id = this.userByEmail(input.assignee_email)?.id ?? null
    if (input.status === 'solved' && !next.assignee_id) throw invalid('assignee', 'Assignee: is required when status is solved', 'BlankValue')
    const assignee = next.assignee_id && this.user(next.assignee_id)
    if (next.assignee_id && !(assignee && isStaff(assignee))) throw invalid('assignee', 'Assignee: is invalid')
    if (input.problem_id && next.type !== 'incident') throw invalid('problem_id', 'Problem: can only be set on incidents')
    if (input.problem_id && this.tickets.get(input.problem_id)?.type !== 'problem') throw invalid('problem_id', 'Problem: is invalid')
    Object.assign(ticket, next)
    if (input.problem_id) this.tickets.get(input.problem_id).has_incidents = true
  }

  solveIncidents(problem, comment, actor) {
    for (const ticket of this.tickets.values())
      if (ticket.problem_id === problem.id && !['solved', 'closed', 'deleted'].includes(ticket.status))
        this.update(ticket.id, { status: 'solved', assignee_id: problem.assignee_id, ...(comment ? { comment } : {}) }, actor, 'rule')
  }

  comment(ticket, { body, html_body, public: isPublic = ticket.is_public, author_id, attachments = [] }, actor) {
    const shown = isPublic && (ticket.is_public || isStaff(actor))
    if (shown) ticket.is_public = true
    const text = html_body ? plain(html_body) : body
    const comment = this.event({ type: 'Comment', author_id: author_id ?? actor.id, body: text, html_body: html_body ?? `<p>${text}</p>`, plain_body: text, public: shown, attachments })
    const requester = this.user(ticket.requester_id)
    if (shown && isStaff(this.user(comment.author_id)) && requester.email && requester.id !== comment.author_id) this.mails.push({ to: requester.email, ticket: ticket.id, text })
    return comment
  }

  event(event) {
    return { id: (this.auditIds += 3), ...event }
  }

  record(ticket, actor, events, metadata = {}, via = { channel: 'web', source: { from: {}, to: {}, rel: null } }) {
    const audit = { id: (this.auditIds += 3), ticket_id: ticket.id, created_at: stamp(), author_id: actor.id, metadata: { system: { client: 'test', ip_address: '127.0.0.1' }, custom: metadata }, via, events }
    if (!events.length) return audit // nothing changed
    for (const event of events) if (event.type === 'Comment') event.audit_id = audit.id
    ticket.audits.push(audit)
    ticket.updated_at = audit.created_at
    this.touch(ticket)
    this.told(ticket, audit)
    return audit
  }

  // It comes in the export again.
  touch(ticket) {
    ticket.generated_timestamp = Math.floor(Date.now() / 1000)
    Object.defineProperty(ticket, 'changed', { value: { sequence: ++this.sequence, at: Date.now() }, enumerable: false, configurable: true })
  }

  comments(ticket) {
    return ticket.audits.flatMap((audit) => audit.events.filter((e) => e.type === 'Comment')
      .map((e) => ({ ...e, created_at: audit.created_at, via: audit.via, metadata: audit.metadata })))
  }

  delete(id) {
    const ticket = this.ticket(id)
    ticket.status = 'deleted'
    ticket.updated_at = stamp()
    this.touch(ticket)
    this.told(ticket, { id: (this.auditIds += 3), events: [], deleted: true })
  }

  merge(id, { ids, source_comment = 'This request was closed and merged.', target_comment = 'A request was merged into this one.', source_comment_is_public = false, target_comment_is_public = false }, actor) {
    const target = this.ticket(id)
    const sources = ids.map((i) => this.ticket(i))
    for (const source of sources) {
      this.update(source.id, { status: 'closed', comment: { body: source_comment, public: source_comment_is_public }, additional_tags: ['closed_by_merge'] }, actor, 'web',
        { to: { ticket_id: target.id }, rel: 'merge' })
      this.update(target.id, { comment: { body: target_comment, public: target_comment_is_public } }, actor, 'web', { from: { ticket_id: source.id, subject: source.subject }, rel: 'merge' })
    }
  }

  // ---- what people do ----

  // A customer opens a ticket by mail.
  opens(user, { subject, text, attachments }) {
    return this.create({ subject, comment: { body: text, public: true, attachments }, requester_id: user.id }, user, 'email').ticket
  }

  // Somebody writes: a customer by mail, who reopens the ticket; an agent on the web, publicly or with { public: false }.
  says(ticket, user, text, { public: isPublic = true, trusted, attachments, ...more } = {}) {
    const staff = isStaff(user)
    if (ticket.status === 'closed' && !staff) return this.create({ subject: ticket.subject, comment: { body: text, public: true }, requester_id: user.id, via_followup_source_id: ticket.id }, user, 'email')
    const reopened = !staff && ['solved', 'pending', 'hold'].includes(ticket.status) ? { status: 'open' } : {}
    const { told } = this
    this.told = (t, audit) => {
      if (trusted !== undefined) audit.metadata.trusted = trusted
      told(t, audit)
    }
    try {
      return this.update(ticket.id, { comment: { body: text, public: isPublic, attachments }, ...reopened, ...more }, user, staff ? 'web' : 'email')
    } finally {
      this.told = told
    }
  }

  close(ticket) {
    ticket.status = 'closed'
    ticket.updated_at = stamp()
    this.touch(ticket)
  }
}
