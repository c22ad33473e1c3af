// The Web API's methods: what each does to the workspace. `fail(word)` answers { ok: false, error: word }.
import { faultsOfBlocks, faultsOfView } from './blocks.mjs'

export class Refusal extends Error {
  constructor(word, more = {}) {
    super(word)
    this.more = more
  }
}
const fail = (word, more) => {
  throw new Refusal(word, more)
}

// A channel that the caller may speak of; `joined`: and is in.
function channelOf(slack, a, { joined = false, name = 'channel', open = false } = {}) {
  const w = slack.workspace
  const given = a[name]
  const channel = w.channels.get(given) ?? (name === 'channel' && slack.takesNames ? w.byName(given ?? '') : undefined)
  if (!channel || (channel.is_private && !channel.members.has(w.bot.id))) fail('channel_not_found')
  if (joined && !channel.members.has(w.bot.id)) fail('not_in_channel')
  if (open && channel.is_archived) fail('is_archived')
  return channel
}

function page(list, a, key, most = 1000) {
  const limit = Math.min(Number(a.limit ?? 100), most)
  const from = a.cursor ? Number(Buffer.from(a.cursor, 'base64').toString()) : 0
  const next = from + limit < list.length ? Buffer.from(String(from + limit)).toString('base64') : ''
  return { [key]: list.slice(from, from + limit), response_metadata: { next_cursor: next } }
}

function parsed(a, name) {
  if (a[name] === undefined) return undefined
  if (typeof a[name] === 'object') return a[name]
  try {
    return JSON.parse(a[name])
  } catch {
    fail(name === 'blocks' ? 'invalid_blocks_format' : name === 'metadata' ? 'metadata_must_be_json' : 'invalid_arguments')
  }
}

function content(slack, a) {
  const blocks = parsed(a, 'blocks')
  const metadata = parsed(a, 'metadata')
  const faults = blocks ? faultsOfBlocks(blocks) : []
  if (faults.length) {
    slack.violations.push(`blocks: ${faults.join('; ')}`)
    fail('invalid_blocks', { response_metadata: { messages: faults } })
  }
  if (!a.text && !blocks?.length) fail('no_text')
  if ((a.text ?? '').length > 40_000 || JSON.stringify(blocks ?? '').length > 100_000) fail('msg_too_long')
  if (metadata && (typeof metadata.event_type !== 'string' || typeof metadata.event_payload !== 'object'))
    fail('invalid_metadata_format')
  return { text: a.text ?? '', ...(blocks ? { blocks } : {}), ...(metadata ? { metadata } : {}) }
}

const NAME = /^[\p{Ll}\p{Lo}\p{N}_-]+$/u

function checkName(slack, name) {
  if (!name) fail('invalid_name_required')
  if (name.length > 80) fail('invalid_name_maxlength')
  if (!NAME.test(name)) fail('invalid_name_specials')
  if (slack.workspace.byName(name)) fail('name_taken')
}

const shown = (m) => {
  const { revisions, ephemeral, ...rest } = m
  return rest
}

function messagesOf(channel, a, list) {
  const all = a.include_all_metadata === 'true' || a.include_all_metadata === true || a.include_all_metadata === '1'
  const from = Number(a.oldest ?? 0)
  const to = Number(a.latest ?? Infinity)
  return list
    .filter((m) => !m.ephemeral && !m.deleted && Number(m.ts) > from && Number(m.ts) < to)
    .map(shown)
    .map((m) => (all || !m.metadata ? m : { ...m, metadata: { event_type: m.metadata.event_type } }))
}

const find = (channel, ts) => channel.messages.find((m) => m.ts === ts && !m.deleted && !m.ephemeral)

// Each with the scope that it needs; a function where it depends on the channel.
const kindOf = (publicScope, privateScope) => (slack, a) =>
  slack.workspace.channels.get(a.channel)?.is_private ? privateScope : publicScope

export const methods = {
  'auth.test': [null, (slack) => ({ url: slack.url + '/', team: 'Tocsin', team_id: slack.workspace.team, user: 'tocsin',
    user_id: slack.workspace.bot.id, bot_id: slack.workspace.botId, is_enterprise_install: false })],
  'apps.connections.open': [null, (slack) => ({ url: slack.ticket() })],
  'team.info': [null, (slack) => ({ team: { id: slack.workspace.team, name: 'Tocsin', domain: 'tocsin' } })],

  'chat.postMessage': ['chat:write', (slack, a) => {
    const w = slack.workspace
    const channel = w.users.has(a.channel) ? w.talk(a.channel) : channelOf(slack, a, { open: true })
    if (!channel.members.has(w.bot.id) && (channel.is_private || !slack.scopes.has('chat:write.public'))) fail('not_in_channel')
    const message = w.addMessage(channel, { user: w.bot.id, bot_id: w.botId, team: w.team, ...content(slack, a),
      ...(a.thread_ts ? { thread_ts: a.thread_ts } : {}) })
    slack.happened({ type: 'message', subtype: 'bot_message', channel: channel.id, bot_id: w.botId, ts: message.ts, text: message.text })
    return { channel: channel.id, ts: message.ts, message: shown(message) }
  }],
  'chat.postEphemeral': ['chat:write', (slack, a) => {
    const w = slack.workspace
    const channel = channelOf(slack, a, { open: true })
    if (!channel.members.has(w.bot.id)) fail(channel.is_private ? 'channel_not_found' : 'not_in_channel')
    if (!channel.members.has(a.user)) fail('user_not_in_channel')
    const message = w.addMessage(channel, { user: w.bot.id, bot_id: w.botId, ephemeral: a.user, ...content(slack, a) })
    return { message_ts: message.ts }
  }],
  'chat.update': ['chat:write', (slack, a) => {
    const channel = channelOf(slack, a, { open: true })
    const message = find(channel, a.ts) ?? fail('message_not_found')
    if (message.user !== slack.workspace.bot.id) fail('cant_update_message')
    const { text, blocks, metadata } = content(slack, a)
    message.revisions.push({ text: message.text, blocks: message.blocks })
    Object.assign(message, { text, blocks, ...(metadata ? { metadata } : {}) })
    return { channel: channel.id, ts: message.ts, text }
  }],
  'chat.delete': ['chat:write', (slack, a) => {
    const channel = channelOf(slack, a)
    const message = find(channel, a.ts) ?? fail('message_not_found')
    message.deleted = true
    return { channel: channel.id, ts: a.ts }
  }],
  'chat.getPermalink': [null, (slack, a) => ({ channel: a.channel,
    permalink: `${slack.url}/archives/${channelOf(slack, a).id}/p${a.message_ts.replace('.', '')}` })],

  'conversations.create': [(slack, a) => (String(a.is_private) === 'true' ? 'groups:write' : 'channels:manage'), (slack, a) => {
    checkName(slack, a.name)
    const w = slack.workspace
    const channel = w.addChannel(a.name, { isPrivate: String(a.is_private) === 'true', members: [w.bot.id] })
    return { channel }
  }],
  'conversations.archive': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    const channel = channelOf(slack, a)
    if (channel.is_archived) fail('already_archived')
    channel.is_archived = true
    return {}
  }],
  'conversations.unarchive': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    const channel = channelOf(slack, a)
    if (!channel.is_archived) fail('not_archived')
    channel.is_archived = false
    return {}
  }],
  'conversations.rename': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    const channel = channelOf(slack, a, { joined: true, open: true })
    checkName(slack, a.name)
    channel.name = a.name
    return { channel }
  }],
  'conversations.invite': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    const channel = channelOf(slack, a, { joined: true, open: true })
    for (const id of String(a.users ?? '').split(',')) {
      const user = slack.workspace.users.get(id) ?? fail('user_not_found')
      if (user.id === slack.workspace.bot.id) fail('cant_invite_self')
      if (channel.members.has(id)) fail('already_in_channel')
      channel.members.add(id)
      slack.happened({ type: 'member_joined_channel', user: id, channel: channel.id, channel_type: 'C', team: slack.workspace.team, inviter: slack.workspace.bot.id })
    }
    return { channel }
  }],
  'conversations.join': ['channels:join', (slack, a) => {
    const channel = channelOf(slack, a)
    if (channel.is_private) fail('method_not_supported_for_channel_type')
    if (channel.is_archived) fail('is_archived')
    channel.members.add(slack.workspace.bot.id)
    return { channel }
  }],
  'conversations.leave': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    channelOf(slack, a).members.delete(slack.workspace.bot.id)
    return {}
  }],
  'conversations.kick': [kindOf('channels:manage', 'groups:write'), (slack, a) => {
    channelOf(slack, a, { joined: true }).members.delete(a.user)
    return {}
  }],
  'conversations.info': [kindOf('channels:read', 'groups:read'), (slack, a) => ({ channel: channelOf(slack, a) })],
  'conversations.list': ['channels:read', (slack, a) => {
    const types = (a.types ?? 'public_channel').split(',')
    const w = slack.workspace
    const list = [...w.channels.values()].filter((c) =>
      (c.is_im ? types.includes('im') : c.is_private ? types.includes('private_channel') && c.members.has(w.bot.id) : types.includes('public_channel')) &&
      !(String(a.exclude_archived) === 'true' && c.is_archived))
    return page(list, a, 'channels')
  }],
  'conversations.members': [kindOf('channels:read', 'groups:read'), (slack, a) => page([...channelOf(slack, a).members], a, 'members')],
  'conversations.history': [kindOf('channels:history', 'groups:history'), (slack, a) => {
    const channel = channelOf(slack, a, { joined: true })
    const list = messagesOf(channel, a, channel.messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts)).reverse()
    const { messages, response_metadata } = page(list, a, 'messages', 999)
    return { messages, has_more: !!response_metadata.next_cursor, response_metadata }
  }],
  'conversations.replies': [kindOf('channels:history', 'groups:history'), (slack, a) => {
    const channel = channelOf(slack, a, { joined: true })
    if (!find(channel, a.ts)) fail('thread_not_found')
    return page(messagesOf(channel, a, channel.messages.filter((m) => m.ts === a.ts || m.thread_ts === a.ts)), a, 'messages', 1000)
  }],
  'conversations.open': ['im:write', (slack, a) => {
    const user = slack.workspace.users.get(a.users) ?? fail('user_not_found')
    return { channel: { id: slack.workspace.talk(user.id).id } }
  }],
  'conversations.setTopic': [kindOf('channels:manage', 'groups:write'), (slack, a) => setText(slack, a, 'topic')],
  'conversations.setPurpose': [kindOf('channels:manage', 'groups:write'), (slack, a) => setText(slack, a, 'purpose')],

  'pins.add': ['pins:write', (slack, a) => {
    const channel = channelOf(slack, a, { joined: true })
    if (!find(channel, a.timestamp)) fail('message_not_found')
    if (channel.pins.includes(a.timestamp)) fail('already_pinned')
    channel.pins.push(a.timestamp)
    return {}
  }],
  'pins.list': ['pins:read', (slack, a) => {
    const channel = channelOf(slack, a)
    return { items: channel.pins.map((ts) => ({ type: 'message', channel: channel.id, message: shown(find(channel, ts)) })) }
  }],
  'pins.remove': ['pins:write', (slack, a) => {
    const channel = channelOf(slack, a)
    if (!channel.pins.includes(a.timestamp)) fail('no_pin')
    channel.pins.splice(channel.pins.indexOf(a.timestamp), 1)
    return {}
  }],
  'bookmarks.list': ['bookmarks:read', (slack, a) => ({ bookmarks: channelOf(slack, a, { name: 'channel_id' }).bookmarks })],
  'bookmarks.add': ['bookmarks:write', (slack, a) => {
    const channel = channelOf(slack, a, { name: 'channel_id' })
    if (a.type !== 'link' || !/^https?:/.test(a.link ?? '')) fail('invalid_link')
    const bookmark = { id: slack.workspace.id('Bk'), channel_id: channel.id, title: a.title, link: a.link, type: 'link' }
    channel.bookmarks.push(bookmark)
    return { bookmark }
  }],
  'bookmarks.edit': ['bookmarks:write', (slack, a) => {
    const bookmark = channelOf(slack, a, { name: 'channel_id' }).bookmarks.find((b) => b.id === a.bookmark_id) ?? fail('not_found')
    Object.assign(bookmark, { title: a.title ?? bookmark.title, link: a.link ?? bookmark.link })
    return { bookmark }
  }],
  'bookmarks.remove': ['bookmarks:write', (slack, a) => {
    const channel = channelOf(slack, a, { name: 'channel_id' })
    const i = channel.bookmarks.findIndex((b) => b.id === a.bookmark_id)
    if (i < 0) fail('not_found')
    channel.bookmarks.splice(i, 1)
    return {}
  }],
  'reactions.add': ['reactions:write', (slack, a) => {
    const message = find(channelOf(slack, a, { joined: true }), a.timestamp) ?? fail('message_not_found')
    message.reactions = [...(message.reactions ?? []), { name: a.name, users: [slack.workspace.bot.id], count: 1 }]
    return {}
  }],
  'reactions.get': ['reactions:read', (slack, a) => ({ type: 'message',
    message: shown(find(channelOf(slack, a), a.timestamp) ?? fail('message_not_found')) })],

  'users.info': ['users:read', (slack, a) => ({ user: person(slack, slack.workspace.users.get(a.user) ?? fail('user_not_found')) })],
  'users.list': ['users:read', (slack, a) => page([...slack.workspace.users.values()].map((u) => person(slack, u)), a, 'members')],
  'users.lookupByEmail': ['users:read.email', (slack, a) => {
    const user = [...slack.workspace.users.values()].find((u) => u.profile.email?.toLowerCase() === a.email?.toLowerCase())
    return { user: person(slack, user ?? fail('users_not_found')) }
  }],
  'usergroups.list': ['usergroups:read', (slack) => ({ usergroups: [...slack.workspace.groups.values()] })],
  'usergroups.create': ['usergroups:write', (slack, a) => {
    const usergroup = { id: slack.workspace.id('S'), name: a.name, handle: a.handle, users: [], date_delete: 0 }
    slack.workspace.groups.set(usergroup.id, usergroup)
    return { usergroup }
  }],
  'usergroups.users.list': ['usergroups:read', (slack, a) => ({ users: (slack.workspace.groups.get(a.usergroup) ?? fail('no_such_subteam')).users })],
  'usergroups.users.update': ['usergroups:write', (slack, a) => {
    const usergroup = slack.workspace.groups.get(a.usergroup) ?? fail('no_such_subteam')
    const users = (a.users ?? '').split(',').filter(Boolean)
    if (!users.length) fail('no_users_provided')
    if (users.some((u) => !slack.workspace.users.has(u))) fail('invalid_users')
    usergroup.users = users
    return { usergroup }
  }],

  'views.open': [null, (slack, a) => {
    const trigger = slack.triggers.get(a.trigger_id) ?? fail('invalid_trigger_id')
    if (trigger.used) fail('exchanged_trigger_id')
    if (Date.now() - trigger.at > 3000) fail('expired_trigger_id')
    const view = parsed(a, 'view')
    const faults = faultsOfView(view)
    if (faults.length) {
      slack.violations.push(`view: ${faults.join('; ')}`)
      fail('invalid_arguments', { response_metadata: { messages: faults } })
    }
    trigger.used = true
    const opened = { ...view, id: slack.workspace.id('V'), team_id: slack.workspace.team, user: trigger.user, state: { values: {} }, hash: '1' }
    slack.workspace.views.push(opened)
    return { view: opened }
  }],
}

function setText(slack, a, what) {
  const channel = channelOf(slack, a, { joined: true, open: true })
  const text = a[what] ?? ''
  if (text.length > 250) fail('too_long')
  channel[what] = { value: text, creator: slack.workspace.bot.id, last_set: Math.floor(Date.now() / 1000) }
  return { channel }
}

function person(slack, user) {
  if (slack.scopes.has('users:read.email')) return user
  const { email, ...profile } = user.profile
  return { ...user, profile }
}
