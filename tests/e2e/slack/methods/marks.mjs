// pins.*, bookmarks.*, reactions.*: marks on channels and messages.
import { channelOf, fail, find } from './call.mjs'

const TITLE_MOST = 255

function pin(slack, a) {
  const channel = channelOf(slack, a, { joined: true, open: true })
  const message = find(channel, a.timestamp) ?? fail('message_not_found')
  if (channel.pins.includes(a.timestamp)) fail('already_pinned')
  channel.pins.push(a.timestamp)
  pinned(slack, channel, message, 'pin_added')
  return {}
}

function unpin(slack, a) {
  const channel = channelOf(slack, a, { joined: true })
  if (!channel.pins.includes(a.timestamp)) fail('no_pin')
  channel.pins.splice(channel.pins.indexOf(a.timestamp), 1)
  pinned(slack, channel, find(channel, a.timestamp), 'pin_removed')
  return {}
}

const itemOf = (slack, channel, message) => ({ type: 'message', channel: channel.id, created: Math.floor(Date.now() / 1000),
  created_by: slack.workspace.bot.id, message: { ...message, pinned_to: [channel.id] } })

function pinned(slack, channel, message, type) {
  slack.happened({ type, user: slack.workspace.bot.id, channel_id: channel.id, item_user: message?.user, pin_count: String(channel.pins.length),
    item: itemOf(slack, channel, message) })
}

const pins = (slack, a) => {
  const channel = channelOf(slack, a, { joined: true })
  return { items: channel.pins.map((ts) => find(channel, ts)).filter(Boolean).map((m) => itemOf(slack, channel, m)) }
}

// ---- bookmarks ----

const where = (slack, a) => channelOf(slack, a, { name: 'channel_id', joined: true })
const bookmarkOf = (slack, a) => where(slack, a).bookmarks.find((b) => b.id === a.bookmark_id) ?? fail('not_found')

function checkBookmark(a) {
  if (a.link !== undefined && !/^https?:\/\/./.test(a.link)) fail('invalid_link')
  if ((a.title ?? '').length > TITLE_MOST) fail('title_too_long')
}

function addBookmark(slack, a) {
  const channel = where(slack, a)
  if (a.type !== 'link') fail('invalid_bookmark_type')
  if (!a.link) fail('invalid_link')
  checkBookmark(a)
  const at = Math.floor(Date.now() / 1000)
  const bookmark = { id: slack.workspace.id('Bk'), channel_id: channel.id, title: a.title, link: a.link, emoji: a.emoji ?? '', icon_url: null, type: 'link',
    entity_id: null, date_created: at, date_updated: 0, rank: '', last_updated_by_user_id: slack.workspace.bot.id, app_id: slack.workspace.app }
  channel.bookmarks.push(bookmark)
  return { bookmark }
}

function editBookmark(slack, a) {
  const bookmark = bookmarkOf(slack, a)
  checkBookmark(a)
  Object.assign(bookmark, { title: a.title ?? bookmark.title, link: a.link ?? bookmark.link, date_updated: Math.floor(Date.now() / 1000) })
  return { bookmark }
}

function removeBookmark(slack, a) {
  const { bookmarks } = where(slack, a)
  bookmarks.splice(bookmarks.indexOf(bookmarkOf(slack, a)), 1)
  return {}
}

// ---- reactions ----

const reactedTo = (slack, a) => find(channelOf(slack, a, { joined: true, open: true }), a.timestamp) ?? fail('message_not_found')

function reacted(slack, a, message, type) {
  slack.happened({ type, user: slack.workspace.bot.id, reaction: a.name, item_user: message.user, item: { type: 'message', channel: a.channel, ts: message.ts } })
}

function react(slack, a) {
  const message = reactedTo(slack, a)
  const name = a.name.replace(/^:|:$/g, '')
  if (!/^[\w+'-]+(::skin-tone-[2-6])?$/.test(name)) fail('invalid_name')
  if (!slack.workspace.react(message, name, slack.workspace.bot.id)) fail('already_reacted')
  reacted(slack, { ...a, name }, message, 'reaction_added')
  return {}
}

function unreact(slack, a) {
  const message = reactedTo(slack, a)
  if (!slack.workspace.unreact(message, a.name, slack.workspace.bot.id)) fail('no_reaction')
  reacted(slack, a, message, 'reaction_removed')
  return {}
}

export const marks = {
  'pins.add': ['pins:write', pin],
  'pins.list': ['pins:read', pins],
  'pins.remove': ['pins:write', unpin],
  'bookmarks.list': ['bookmarks:read', (slack, a) => ({ bookmarks: where(slack, a).bookmarks })],
  'bookmarks.add': ['bookmarks:write', addBookmark],
  'bookmarks.edit': ['bookmarks:write', editBookmark],
  'bookmarks.remove': ['bookmarks:write', removeBookmark],
  'reactions.add': ['reactions:write', react],
  'reactions.remove': ['reactions:write', unreact],
  'reactions.get': ['reactions:read', (slack, a) => ({ type: 'message', channel: a.channel, message: reactedTo(slack, a) })],
}
