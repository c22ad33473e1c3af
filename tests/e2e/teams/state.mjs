// A tenant: people, teams with channels, chats, and the messages in them. Ids look like Teams'.
import { randomUUID } from 'node:crypto'

// A message's members that the platform never shows.
const hidden = (object, members) => {
  for (const [name, value] of Object.entries(members)) Object.defineProperty(object, name, { value, writable: true, enumerable: false })
  return object
}

const thread = () => `19:${randomUUID().replaceAll('-', '')}`

export class Tenant {
  constructor() {
    this.id = randomUUID()
    this.app = randomUUID()
    this.bot = { id: `28:${this.app}`, name: 'Tocsin' }
    this.stamp = 0
    this.users = new Map() // by their 29: id
    this.teams = new Map() // by the id of General
    this.places = new Map() // channels and chats, by id
    this.deletedNames = new Set() // "team name": taken for 30 days more
  }

  // An activity's id: milliseconds since 1970, unique.
  stampId() {
    this.stamp = Math.max(this.stamp + 1, Date.now())
    return String(this.stamp)
  }

  addUser({ name, email, tenant = this.id, guest = false, installed = true }) {
    const [given, ...rest] = name.split(' ')
    const user = { id: `29:1${randomUUID().replaceAll('-', '')}_A-z`, aadObjectId: randomUUID(), name, email, tenantId: tenant,
      userPrincipalName: email, givenName: given, surname: rest.join(' '), userRole: guest ? 'guest' : tenant === this.id ? 'user' : 'anonymous' }
    this.users.set(user.id, hidden(user, { installed })) // installed: the app, in their personal scope
    return user
  }

  findUser(id) {
    return [...this.users.values()].find((u) => [u.id, u.aadObjectId, u.userPrincipalName, u.email].includes(id))
  }

  addTeam(name, { members = [], installed = true } = {}) {
    const id = `${thread()}@thread.tacv2`
    const team = { id, name, aadGroupId: randomUUID(), tenantId: this.id, installed, members: new Set(members), channels: new Map(), tags: new Map() }
    this.teams.set(id, team)
    this.addChannel(team, 'General', { id })
    return team
  }

  addChannel(team, name, { id = `${thread()}@thread.tacv2`, type = 'standard', members } = {}) {
    const channel = { kind: 'channel', id, name, type, team, members: members ?? team.members, messages: [], archived: false }
    team.channels.set(id, channel)
    this.places.set(id, channel)
    return channel
  }

  addTag(team, name, users, { type = 'standard' } = {}) {
    const tag = { id: Buffer.from(`${this.id}##${team.aadGroupId}##${randomUUID()}`).toString('base64'), name, type, members: new Set(users) }
    team.tags.set(tag.id, tag)
    return tag
  }

  addChat(members, { name } = {}) {
    const chat = { kind: 'groupChat', id: `${thread()}@thread.v2`, name, members: new Set(members), messages: [], installed: true }
    this.places.set(chat.id, chat)
    return chat
  }

  // The chat of somebody with the bot: always the same.
  talk(user) {
    const there = [...this.places.values()].find((p) => p.kind === 'personal' && p.members.has(user))
    if (there) return there
    const chat = { kind: 'personal', id: `a:1${randomUUID().replaceAll('-', '')}-_x`, members: new Set([user]), messages: [] }
    this.places.set(chat.id, chat)
    return chat
  }

  channel(name) {
    return [...this.places.values()].find((p) => p.kind === 'channel' && (p.id === name || p.name === name))
  }

  // A conversation's id: { place, root }, or undefined. A channel's id may name a thread.
  conversation(id) {
    const [, base, root] = /^(.*?)(?:;messageid=(\d+))?$/.exec(id) ?? []
    const place = this.places.get(base)
    if (!place || (root && !place.messages.some((m) => m.id === root))) return undefined
    return { place, root }
  }

  addMessage(place, message) {
    const added = hidden({ id: this.stampId(), ...message }, { revisions: [], deleted: false, shownTo: new Map(), place })
    added.root ??= place.kind === 'channel' ? added.id : undefined
    place.messages.push(added)
    return added
  }

  conversationOf(message) {
    return message.root ? `${message.place.id};messageid=${message.root}` : message.place.id
  }
}
