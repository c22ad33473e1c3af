// Microsoft Graph's calls on channels, their members and people. `roles` are the application's rights that a call needs one of.
import { Refusal } from './refusal.mjs'

const CREATE = ['Channel.Create', 'Channel.Create.Group', 'Group.ReadWrite.All']
const SETTINGS = ['ChannelSettings.ReadWrite.All', 'ChannelSettings.ReadWrite.Group', 'Group.ReadWrite.All']
const READ = ['Channel.ReadBasic.All', 'ChannelSettings.Read.Group', ...CREATE, ...SETTINGS]
const MEMBERS = ['ChannelMember.ReadWrite.All', 'ChannelMember.ReadWrite.Group']
const SEEN = ['ChannelMember.Read.All', 'ChannelMember.Read.Group', ...MEMBERS]
const DELETE = ['Channel.Delete.All', 'Channel.Delete.Group', 'Group.ReadWrite.All']
const USERS = ['User.Read.All', 'User.ReadBasic.All', 'User.ReadWrite.All', 'Directory.Read.All']
const PRIVATE_MOST = 200

const notFound = (what) => new Refusal(404, 'NotFound', `${what} was not found`)
const bad = (text, code = 'BadRequest') => new Refusal(400, code, text)

// ---- names ----

const RESERVED = /^(forms|con|conin\$|conout\$|prn|aux|nul|com\d|lpt\d|desktop\.ini|_vti_)$/i
export function isChannelName(name) {
  return typeof name === 'string' && name.length > 0 && name.length <= 50 && !/[~#%&*{}+/\\:<>?|'",\u0000-\u001f\u0080-\u009f]/.test(name) &&
    !name.includes('..') && !/^[_.]/.test(name) && !name.endsWith('.') && !RESERVED.test(name)
}

function checkName(teams, team, name) {
  if (!isChannelName(name)) throw bad(`Channel name is not valid: ${name}`, 'InvalidChannelName')
  const taken = [...team.channels.values()].some((c) => c.name.toLowerCase() === name.toLowerCase())
  if (taken || teams.tenant.deletedNames.has(`${team.id} ${name.toLowerCase()}`)) throw bad('Channel name already existed, please use other name.', 'NameAlreadyExists')
}

// ---- parts ----

function teamOf(teams, id) {
  const team = [...teams.tenant.teams.values()].find((t) => t.aadGroupId === id)
  if (!team) throw notFound('team')
  return team
}

function channelOf(teams, [group, id]) {
  const channel = teamOf(teams, group).channels.get(id)
  if (!channel || channel.deleted) throw notFound('channel')
  return channel
}

const shown = (c) => ({ id: c.id, displayName: c.name, description: c.description ?? null, membershipType: c.type, isArchived: c.archived,
  createdDateTime: c.created ?? '2026-01-01T00:00:00Z', webUrl: `https://teams.microsoft.com/l/channel/${encodeURIComponent(c.id)}/${encodeURIComponent(c.name)}?groupId=${c.team.aadGroupId}` })

// The person that a member object names.
function userOf(teams, member) {
  if (member['@odata.type'] !== '#microsoft.graph.aadUserConversationMember') throw bad('Invalid member type')
  const [, id] = /\/users(?:\('|\/)([^')]+)(?:'\))?$/.exec(member['user@odata.bind'] ?? '') ?? []
  const user = id && teams.tenant.findUser(decodeURIComponent(id))
  if (!user) throw notFound('user')
  return user
}

const membership = (channel, user) => ({ '@odata.type': '#microsoft.graph.aadUserConversationMember', id: Buffer.from(`${channel.id}##${user.aadObjectId}`).toString('base64'),
  roles: channel.owners?.has(user.id) ? ['owner'] : [], displayName: user.name, userId: user.aadObjectId, email: user.email, tenantId: user.tenantId })

// ---- channels ----

function privateMembers(teams, team, list) {
  if (!list?.length || list.length > PRIVATE_MOST) throw bad('Private channels need members, 200 at most')
  const users = list.map((m) => [userOf(teams, m), m.roles ?? []])
  if (!users.some(([, roles]) => roles.includes('owner'))) throw bad('Private channels need an owner')
  for (const [user] of users) if (!team.members.has(user.id)) throw bad(`${user.name} is not a member of the team`)
  return { members: new Set(users.map(([u]) => u.id)), owners: new Set(users.filter(([, r]) => r.includes('owner')).map(([u]) => u.id)) }
}

function create(teams, [group], body) {
  const team = teamOf(teams, group)
  checkName(teams, team, body.displayName)
  const type = body.membershipType ?? 'standard'
  if (!['standard', 'private'].includes(type)) throw bad(`membershipType ${type}`)
  const { members, owners } = type === 'private' ? privateMembers(teams, team, body.members) : {}
  const channel = teams.tenant.addChannel(team, body.displayName, { type, members })
  Object.assign(channel, { owners, description: body.description, created: new Date().toISOString(), notYet: teams.slowChannels })
  teams.happened('channelCreated', channel)
  return [201, shown(channel)]
}

function change(teams, ids, body) {
  const channel = channelOf(teams, ids)
  for (const name of Object.keys(body)) if (!['displayName', 'description'].includes(name)) throw bad(`${name} cannot be changed`)
  if (body.displayName !== undefined && body.displayName !== channel.name) {
    checkName(teams, channel.team, body.displayName)
    channel.name = body.displayName
    teams.happened('channelRenamed', channel)
  }
  if (body.description !== undefined) channel.description = body.description
  return [204]
}

function remove(teams, ids) {
  const channel = channelOf(teams, ids)
  if (channel.id === channel.team.id) throw bad('General cannot be deleted')
  channel.deleted = true
  teams.tenant.deletedNames.add(`${channel.team.id} ${channel.name.toLowerCase()}`)
  channel.team.channels.delete(channel.id)
  teams.happened('channelDeleted', channel)
  return [204]
}

function archive(archived) {
  return (teams, ids) => {
    const channel = channelOf(teams, ids)
    if (channel.id === channel.team.id) throw bad('General cannot be archived')
    channel.archived = archived
    return [202]
  }
}

function list(teams, [group], _, query) {
  const [, wanted] = /^displayName eq '((?:[^']|'')*)'$/.exec(query.get('$filter') ?? '') ?? []
  if (query.get('$filter') && wanted === undefined) throw bad('$filter')
  const all = [...teamOf(teams, group).channels.values()]
  return [200, { value: all.filter((c) => wanted === undefined || c.name === wanted.replaceAll("''", "'")).map(shown) }]
}

// ---- members ----

function addMember(teams, ids, body) {
  const channel = channelOf(teams, ids)
  if (channel.type === 'standard') throw bad('Members of a standard channel are those of the team')
  const user = userOf(teams, body)
  if (!channel.team.members.has(user.id)) throw notFound('user in the team')
  channel.members.add(user.id)
  if (body.roles?.includes('owner')) channel.owners.add(user.id)
  return [201, membership(channel, user)]
}

function removeMember(teams, ids) {
  const channel = channelOf(teams, ids)
  const user = [...channel.members].map((id) => teams.tenant.users.get(id)).find((u) => membership(channel, u).id === ids[2])
  if (!user) throw notFound('member')
  channel.members.delete(user.id)
  return [204]
}

const members = (teams, ids) => {
  const channel = channelOf(teams, ids)
  return [200, { value: [...channel.members].map((id) => membership(channel, teams.tenant.users.get(id))) }]
}

// ---- people ----

const person = (u) => ({ id: u.aadObjectId, displayName: u.name, mail: u.email, userPrincipalName: u.userPrincipalName, givenName: u.givenName, surname: u.surname })

function user(teams, [id]) {
  const found = teams.tenant.findUser(id)
  if (!found) throw new Refusal(404, 'Request_ResourceNotFound', 'Resource does not exist')
  return [200, person(found)]
}

function users(teams, _, __, query) {
  const filter = query.get('$filter') ?? ''
  const wanted = [...filter.matchAll(/(?:mail|userPrincipalName) eq '((?:[^']|'')*)'/g)].map(([, v]) => v.replaceAll("''", "'").toLowerCase())
  return [200, { value: [...teams.tenant.users.values()].filter((u) => !filter || wanted.includes(u.email?.toLowerCase())).map(person) }]
}

export const calls = {
  'graph.create': ['POST', '/teams/{}/channels', create, CREATE],
  'graph.channels': ['GET', '/teams/{}/channels', list, READ],
  'graph.channel': ['GET', '/teams/{}/channels/{}', (teams, ids) => [200, shown(channelOf(teams, ids))], READ],
  'graph.change': ['PATCH', '/teams/{}/channels/{}', change, SETTINGS],
  'graph.delete': ['DELETE', '/teams/{}/channels/{}', remove, DELETE],
  'graph.archive': ['POST', '/teams/{}/channels/{}/archive', archive(true), SETTINGS],
  'graph.unarchive': ['POST', '/teams/{}/channels/{}/unarchive', archive(false), SETTINGS],
  'graph.members': ['GET', '/teams/{}/channels/{}/members', members, SEEN],
  'graph.addMember': ['POST', '/teams/{}/channels/{}/members', addMember, MEMBERS],
  'graph.removeMember': ['DELETE', '/teams/{}/channels/{}/members/{}', removeMember, MEMBERS],
  'graph.user': ['GET', '/users/{}', user, USERS],
  'graph.users': ['GET', '/users', users, USERS],
}
export const everyRole = ['Channel.Create', 'Channel.Delete.All', 'Channel.ReadBasic.All', 'ChannelSettings.ReadWrite.All', 'ChannelMember.ReadWrite.All', 'User.Read.All']
