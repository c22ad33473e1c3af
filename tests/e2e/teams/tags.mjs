// Microsoft Graph's calls on a team's tags, and on who is in them. A tag without members ends.
import { Refusal } from './refusal.mjs'

const WRITE = ['TeamworkTag.ReadWrite.All', 'TeamworkTag.ReadWrite.Group']
const READ = ['TeamworkTag.Read.All', 'TeamworkTag.Read.Group', ...WRITE]
const MOST = 200, AT_ONCE = 25, NAME = 40

const bad = (text) => new Refusal(400, 'BadRequest', text)
const notFound = (what) => new Refusal(404, 'NotFound', `${what} was not found`)

function teamOf(teams, id) {
  const team = [...teams.tenant.teams.values()].find((t) => t.aadGroupId === id)
  if (!team) throw notFound('team')
  return team
}

function tagOf(teams, [group, id]) {
  const team = teamOf(teams, group)
  const tag = team.tags.get(id)
  if (!tag) throw notFound('tag')
  return { team, tag }
}

const shown = (tag) => ({ id: tag.id, displayName: tag.name, description: '', memberCount: tag.members.size, tagType: tag.type })
const membership = (teams, tag, user) => ({ id: Buffer.from(`${tag.id}##${user.aadObjectId}`).toString('base64'), displayName: user.name, userId: user.aadObjectId, tenantId: teams.tenant.id })

function userOf(teams, team, { userId, ...others }) {
  if (!userId || Object.keys(others).length) throw bad('a member has a userId, and nothing else')
  const user = [...teams.tenant.users.values()].find((u) => u.aadObjectId === userId)
  if (!user || !team.members.has(user.id)) throw notFound('user in the team')
  return user
}

// `teams.tagsOnPage` at once, where a test wants pages.
function list(teams, rows, path, query) {
  const from = Number(query.get('$skiptoken') ?? 0), most = teams.tagsOnPage ?? Infinity
  return [200, { value: rows.slice(from, from + most), ...(rows.length > from + most ? { '@odata.nextLink': `${teams.graphUrl}${path}?$skiptoken=${from + most}` } : {}) }]
}

const tags = (teams, [group], _, query) => list(teams, [...teamOf(teams, group).tags.values()].map(shown), `/teams/${group}/tags`, query)

function create(teams, [group], body) {
  const team = teamOf(teams, group)
  if (!body.displayName || body.displayName.length > NAME) throw bad(`displayName has 1 to ${NAME} characters`)
  if (!body.members?.length || body.members.length > AT_ONCE) throw bad(`a tag begins with 1 to ${AT_ONCE} members`)
  if ([...team.tags.values()].some((t) => t.name.toLowerCase() === body.displayName.toLowerCase())) throw new Refusal(409, 'Conflict', 'that name is taken')
  return [201, shown(teams.tenant.addTag(team, body.displayName, body.members.map((m) => userOf(teams, team, m))))]
}

const members = (teams, ids, _, query) => {
  const { tag } = tagOf(teams, ids)
  return list(teams, [...tag.members].map((user) => membership(teams, tag, user)), `/teams/${ids[0]}/tags/${ids[1]}/members`, query)
}

function writable({ type }) {
  if (type === 'scheduled') throw new Refusal(403, 'Forbidden', 'Shifts keeps this tag')
}

function add(teams, ids, body) {
  const { team, tag } = tagOf(teams, ids)
  writable(tag)
  const user = userOf(teams, team, body)
  if (tag.members.has(user)) throw bad('they are in it already')
  if (tag.members.size === MOST) throw bad(`a tag has ${MOST} members at most`)
  tag.members.add(user)
  return [201, membership(teams, tag, user)]
}

// By the membership's id, not by the user's.
function remove(teams, ids) {
  const { team, tag } = tagOf(teams, ids)
  writable(tag)
  const user = [...tag.members].find((u) => membership(teams, tag, u).id === ids[2])
  if (!user) throw notFound('member')
  tag.members.delete(user)
  if (!tag.members.size) team.tags.delete(tag.id)
  return [204]
}

export const calls = {
  'graph.tags': ['GET', '/teams/{}/tags', tags, READ],
  'graph.createTag': ['POST', '/teams/{}/tags', create, WRITE],
  'graph.tagMembers': ['GET', '/teams/{}/tags/{}/members', members, READ],
  'graph.addTagMember': ['POST', '/teams/{}/tags/{}/members', add, WRITE],
  'graph.removeTagMember': ['DELETE', '/teams/{}/tags/{}/members/{}', remove, WRITE],
}
export const roles = ['TeamworkTag.ReadWrite.All']
