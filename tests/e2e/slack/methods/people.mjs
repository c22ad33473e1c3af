// users.*, usergroups.*, team.*: the people of the workspace.
import { fail, isTrue, page } from './call.mjs'

// E-mail addresses need a scope of their own.
function seen(slack, user) {
  if (slack.scopes.has('users:read.email')) return user
  const { email, ...profile } = user.profile
  return { ...user, profile }
}

function lookup(slack, a) {
  const user = [...slack.workspace.users.values()].find((u) => u.profile.email?.toLowerCase() === a.email.toLowerCase())
  return { user: seen(slack, user && !user.deleted ? user : fail('users_not_found')) }
}

const groupOf = (slack, a) => slack.workspace.groups.get(a.usergroup) ?? fail('no_such_subteam')

function groups(slack, a) {
  const all = [...slack.workspace.groups.values()].filter((g) => !g.date_delete || isTrue(a.include_disabled))
  return { usergroups: isTrue(a.include_users) ? all : all.map(({ users, ...g }) => g) }
}

function createGroup(slack, a) {
  const w = slack.workspace
  for (const g of w.groups.values()) {
    if (g.name === a.name) fail('name_already_exists')
    if (a.handle && g.handle === a.handle) fail('handle_already_exists')
  }
  const usergroup = { id: w.id('S'), team_id: w.team, is_usergroup: true, name: a.name, description: a.description ?? '', handle: a.handle ?? '',
    is_external: false, date_create: Math.floor(Date.now() / 1000), date_delete: 0, created_by: w.bot.id, users: [], user_count: 0 }
  w.groups.set(usergroup.id, usergroup)
  return { usergroup }
}

// A group is never empty.
function setUsers(slack, a) {
  const usergroup = groupOf(slack, a)
  const users = String(a.users).split(',').filter(Boolean)
  if (!users.length) fail('no_users_provided')
  const known = users.map((id) => slack.workspace.users.get(id))
  if (known.some((user) => !user || user.is_bot || user.deleted)) fail('invalid_users')
  Object.assign(usergroup, { users, user_count: users.length })
  return { usergroup }
}

export const people = {
  'users.info': ['users:read', (slack, a) => ({ user: seen(slack, slack.workspace.users.get(a.user) ?? fail('user_not_found')) })],
  'users.list': ['users:read', (slack, a) => page([...slack.workspace.users.values()].map((u) => seen(slack, u)), a, 'members')],
  'users.lookupByEmail': ['users:read.email', lookup],
  'usergroups.list': ['usergroups:read', groups],
  'usergroups.create': ['usergroups:write', createGroup],
  'usergroups.enable': ['usergroups:write', (slack, a) => ({ usergroup: Object.assign(groupOf(slack, a), { date_delete: 0 }) })],
  'usergroups.users.list': ['usergroups:read', (slack, a) => ({ users: groupOf(slack, a).users })],
  'usergroups.users.update': ['usergroups:write', setUsers],
  'team.info': [null, (slack) => ({ team: { id: slack.workspace.team, name: 'Tocsin', domain: slack.workspace.domain } })],
}
