// conversations.*: channels, their members and their messages.
import { channelOf, fail, find, isTrue, kindOf, page } from './call.mjs'

const NAME = /^[\p{Ll}\p{Lo}\p{N}_-]+$/u
const NAME_MOST = 80
const TOPIC_MOST = 250
const manage = kindOf('channels:manage', 'groups:write', 'im:write')
const read = kindOf('channels:read', 'groups:read')
const history = kindOf('channels:history', 'groups:history')

function checkName(slack, name) {
  if (!name) fail('invalid_name_required')
  if (name.length > NAME_MOST) fail('invalid_name_maxlength')
  if (!NAME.test(name)) fail('invalid_name_specials')
  if (!/[\p{L}\p{N}]/u.test(name)) fail('invalid_name_punctuation')
  if (slack.workspace.byName(name)) fail('name_taken')
}

const eventOf = (channel, word) => `${channel.is_private ? 'group' : 'channel'}_${word}`

function create(slack, a) {
  checkName(slack, a.name)
  const w = slack.workspace
  const channel = w.addChannel(a.name, { isPrivate: isTrue(a.is_private), members: [w.bot.id] })
  if (!channel.is_private) slack.happened({ type: 'channel_created', channel })
  return { channel }
}

const archive = (archived) => (slack, a) => {
  const { bot } = slack.workspace
  const channel = channelOf(slack, a)
  if (channel.is_archived === archived) fail(archived ? 'already_archived' : 'not_archived')
  if (channel.is_im) fail('method_not_supported_for_channel_type')
  if (!channel.members.has(bot.id)) fail('not_in_channel')
  channel.is_archived = archived
  const word = archived ? 'archive' : 'unarchive'
  slack.changed(channel, eventOf(channel, word), bot.id)
  slack.happened({ type: eventOf(channel, word), channel: channel.id, user: bot.id })
  return {}
}

function rename(slack, a) {
  const channel = channelOf(slack, a, { joined: true, open: true })
  if (a.name === channel.name) return { channel }
  checkName(slack, a.name)
  const before = channel.name
  channel.name = channel.name_normalized = a.name
  slack.changed(channel, eventOf(channel, 'name'), slack.workspace.bot.id, { old_name: before, name: a.name })
  slack.happened({ type: eventOf(channel, 'rename'), channel: { id: channel.id, name: a.name, name_normalized: a.name, created: channel.created } })
  return { channel }
}

// Why somebody cannot be invited, or undefined.
function whyNot(slack, channel, id) {
  const w = slack.workspace
  const user = w.users.get(id)
  if (!user) return 'user_not_found'
  if (id === w.bot.id) return 'cant_invite_self'
  if (channel.members.has(id)) return 'already_in_channel'
  return user.deleted || (user.team_id !== w.team && !channel.is_ext_shared) ? 'cant_invite' : undefined
}

// Invites everybody or nobody; with `force`, everybody who can be invited.
function invite(slack, a) {
  const w = slack.workspace
  const channel = channelOf(slack, a, { joined: true, open: true })
  const ids = String(a.users ?? '').split(',').map((id) => id.trim()).filter(Boolean)
  if (!ids.length) fail('no_user')
  const errors = ids.map((user) => ({ user, ok: false, error: whyNot(slack, channel, user) })).filter((e) => e.error)
  if (errors.length && (!isTrue(a.force) || errors.length === ids.length)) fail(errors[0].error, { errors })
  for (const id of ids.filter((one) => !errors.some((e) => e.user === one))) {
    channel.members.add(id)
    slack.changed(channel, eventOf(channel, 'join'), id, { inviter: w.bot.id })
    slack.happened({ type: 'member_joined_channel', user: id, channel: channel.id, channel_type: 'C', team: w.team, inviter: w.bot.id })
  }
  return { channel }
}

function join(slack, a) {
  const w = slack.workspace
  const channel = channelOf(slack, a)
  if (channel.is_private) fail('method_not_supported_for_channel_type')
  if (channel.is_archived) fail('is_archived')
  if (channel.members.has(w.bot.id)) return { channel, warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
  channel.members.add(w.bot.id)
  slack.changed(channel, 'channel_join', w.bot.id)
  slack.happened({ type: 'member_joined_channel', user: w.bot.id, channel: channel.id, channel_type: 'C', team: w.team })
  return { channel }
}

function leave(slack, a) {
  const channel = channelOf(slack, a)
  return channel.members.delete(slack.workspace.bot.id) ? {} : { not_in_channel: true }
}

function kick(slack, a) {
  const channel = channelOf(slack, a, { joined: true, open: true })
  if (a.user === slack.workspace.bot.id) fail('cant_kick_self')
  if (!slack.workspace.users.has(a.user)) fail('user_not_found')
  if (!channel.members.delete(a.user)) fail('not_in_channel')
  slack.happened({ type: 'member_left_channel', user: a.user, channel: channel.id, channel_type: 'C', team: slack.workspace.team })
  return {}
}

const seen = (slack, channel) => ({ ...channel, ...(channel.is_im ? {} : { is_member: channel.members.has(slack.workspace.bot.id) }) })

// Each requested type needs its own scope; the first missing one refuses the whole call.
const typeScopes = { public_channel: 'channels:read', private_channel: 'groups:read', im: 'im:read', mpim: 'mpim:read' }
function listed(slack, a) {
  const wanted = (a.types ?? 'public_channel').split(',').map((type) => typeScopes[type.trim()]).filter(Boolean)
  return wanted.find((scope) => !slack.scopes.has(scope)) ?? wanted[0]
}

function list(slack, a) {
  const types = (a.types ?? 'public_channel').split(',').map((type) => type.trim())
  const w = slack.workspace
  const kinds = { public_channel: (c) => !c.is_private && !c.is_im, private_channel: (c) => c.is_private && !c.is_im, im: (c) => c.is_im, mpim: () => false }
  if (types.some((type) => !kinds[type])) fail('invalid_types')
  const all = [...w.channels.values()].filter((c) => types.some((type) => kinds[type](c)) && (!c.is_private || c.members.has(w.bot.id)))
  return page(all.filter((c) => !(isTrue(a.exclude_archived) && c.is_archived)).map((c) => seen(slack, c)), a, 'channels')
}

function messagesOf(channel, a, among) {
  const all = isTrue(a.include_all_metadata)
  const from = Number(a.oldest ?? 0)
  const to = Number(a.latest ?? Infinity)
  const within = (ts) => (ts > from && ts < to) || (isTrue(a.inclusive) && (ts === from || ts === to))
  return among
    .filter((m) => !m.ephemeral && !m.deleted && within(Number(m.ts)))
    .map((m) => (all || !m.metadata ? m : { ...m, metadata: { event_type: m.metadata.event_type } }))
}

// Newest first; replies in threads are not included.
function conversation(slack, a) {
  const channel = channelOf(slack, a, { joined: true })
  const top = (m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === 'thread_broadcast'
  const { messages, response_metadata } = page(messagesOf(channel, a, channel.messages.filter(top)).reverse(), a, 'messages', 999)
  return { messages, has_more: !!response_metadata.next_cursor, pin_count: channel.pins.length, response_metadata }
}

function replies(slack, a) {
  const channel = channelOf(slack, a, { joined: true })
  if (!find(channel, a.ts)) fail('thread_not_found')
  const all = messagesOf(channel, a, channel.messages.filter((m) => m.ts === a.ts || m.thread_ts === a.ts))
  const { messages, response_metadata } = page(all, a, 'messages', 1000)
  return { messages, has_more: !!response_metadata.next_cursor, response_metadata }
}

function open(slack, a) {
  if (a.channel) return { channel: { id: channelOf(slack, a).id } }
  const user = slack.workspace.users.get(a.users) ?? fail(a.users ? 'user_not_found' : 'users_list_not_supplied')
  if (user.id === slack.workspace.bot.id) fail('cannot_dm_bot')
  if (user.deleted) fail('user_disabled')
  const channel = slack.workspace.talk(user.id)
  return { no_op: true, already_open: true, channel: isTrue(a.return_im) ? channel : { id: channel.id } }
}

const setText = (what) => (slack, a) => {
  const { bot } = slack.workspace
  const channel = channelOf(slack, a, { joined: true, open: true })
  const text = a[what] ?? ''
  if (text.length > TOPIC_MOST) fail('too_long')
  channel[what] = { value: text, creator: bot.id, last_set: Math.floor(Date.now() / 1000) }
  slack.changed(channel, eventOf(channel, what), bot.id, { [what]: text })
  return what === 'topic' ? { channel, topic: text } : { channel, purpose: text }
}

export const conversations = {
  'conversations.create': [(slack, a) => (isTrue(a.is_private) ? 'groups:write' : 'channels:manage'), create],
  'conversations.archive': [manage, archive(true)],
  'conversations.unarchive': [manage, archive(false)],
  'conversations.rename': [manage, rename],
  'conversations.invite': [manage, invite],
  'conversations.join': ['channels:join', join],
  'conversations.leave': [manage, leave],
  'conversations.kick': [manage, kick],
  'conversations.info': [read, (slack, a) => ({ channel: seen(slack, channelOf(slack, a)) })],
  'conversations.list': [listed, list],
  'conversations.members': [read, (slack, a) => page([...channelOf(slack, a).members], a, 'members')],
  'conversations.history': [history, conversation],
  'conversations.replies': [history, replies],
  'conversations.open': ['im:write', open],
  'conversations.setTopic': [manage, setText('topic')],
  'conversations.setPurpose': [manage, setText('purpose')],
}
