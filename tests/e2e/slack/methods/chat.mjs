// chat.*: posting, editing and deleting messages.
import { areTooLong, faultsOfBlocks } from '../blocks.mjs'
import { typeOf } from '../state.mjs'
import { channelOf, fail, find, isTrue, parsed } from './call.mjs'
import { faultsOfPictures } from './files.mjs'

const TEXT_MOST = 40_000
const EDIT_MOST = 4000

function checkMetadata(metadata) {
  const { event_type, event_payload } = metadata
  if (typeof event_type !== 'string' || !event_payload || typeof event_payload !== 'object') fail('invalid_metadata_format')
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:/-]{0,254}$/.test(event_type)) fail('invalid_metadata_format')
}

function content(slack, a, most = TEXT_MOST) {
  const blocks = parsed(a, 'blocks')
  const metadata = parsed(a, 'metadata')
  const faults = blocks ? faultsOfBlocks(blocks) : []
  if (faults.length) {
    slack.violations.push(`blocks: ${faults.join('; ')}`)
    fail('invalid_blocks', { errors: faults, response_metadata: { messages: faults } })
  }
  const unknown = faultsOfPictures(slack, blocks ?? [])
  if (unknown.length) fail('invalid_blocks', { errors: unknown, response_metadata: { messages: unknown } })
  if (blocks && areTooLong(blocks)) fail('msg_blocks_too_long')
  if (!a.text && !blocks?.length && !a.attachments) fail('no_text')
  if ((a.text ?? '').length > most) fail('msg_too_long')
  if (metadata && Object.keys(metadata).length) checkMetadata(metadata)
  return { text: a.text ?? '', ...(blocks ? { blocks: slack.workspace.withIds(blocks) } : {}), ...(metadata ? { metadata } : {}) }
}

const shownTo = (slack, channel, message) => {
  if (slack.hears(channel)) slack.happened({ ...message, metadata: undefined, channel: channel.id, channel_type: typeOf(channel) })
}

function postMessage(slack, a) {
  const w = slack.workspace
  const channel = w.users.has(a.channel) ? w.talk(a.channel) : channelOf(slack, a, { open: true })
  if (!channel.members.has(w.bot.id) && !slack.scopes.has('chat:write.public')) fail('not_in_channel')
  const message = w.addMessage(channel, { ...w.botSays(), ...content(slack, a), ...(a.thread_ts ? { thread_ts: a.thread_ts } : {}),
    ...(a.thread_ts && isTrue(a.reply_broadcast) ? { subtype: 'thread_broadcast' } : {}) })
  shownTo(slack, channel, message)
  return { channel: channel.id, ts: message.ts, message }
}

function postEphemeral(slack, a) {
  const w = slack.workspace
  const channel = channelOf(slack, a, { open: true })
  if (!channel.members.has(w.bot.id)) fail('not_in_channel')
  if (!channel.members.has(a.user)) fail('user_not_in_channel')
  const message = w.addMessage(channel, { ...w.botSays(), ephemeral: a.user, ...content(slack, a) })
  return { message_ts: message.ts }
}

// Edits the app's own messages only. A text without blocks removes the old blocks; an edit with neither keeps them.
function update(slack, a) {
  const w = slack.workspace
  const channel = channelOf(slack, a, { open: true })
  const message = find(channel, a.ts) ?? fail('message_not_found')
  if (message.user !== w.bot.id) fail('cant_update_message')
  const { text, blocks, metadata } = content(slack, a, EDIT_MOST)
  const before = { ...message }
  message.revisions.push({ text: message.text, blocks: message.blocks })
  Object.assign(message, { text }, blocks?.length ? { blocks } : {}, metadata ? { metadata } : {})
  if (!blocks?.length) delete message.blocks
  if (!blocks) message.edited = { user: w.bot.id, ts: w.ts() }
  if (slack.hears(channel)) slack.happened({ type: 'message', subtype: 'message_changed', hidden: true, channel: channel.id, channel_type: typeOf(channel),
    ts: w.ts(), message: { ...message }, previous_message: before })
  return { channel: channel.id, ts: message.ts, text, message }
}

function remove(slack, a) {
  const channel = channelOf(slack, a)
  const message = find(channel, a.ts) ?? fail('message_not_found')
  if (message.user !== slack.workspace.bot.id) fail('cant_delete_message')
  message.deleted = true
  if (slack.hears(channel)) slack.happened({ type: 'message', subtype: 'message_deleted', hidden: true, channel: channel.id, channel_type: typeOf(channel),
    ts: slack.workspace.ts(), deleted_ts: message.ts, previous_message: { ...message } })
  return { channel: channel.id, ts: a.ts }
}

function getPermalink(slack, a) {
  const channel = channelOf(slack, a)
  const { ts, thread_ts } = find(channel, a.message_ts) ?? fail('message_not_found')
  const within = thread_ts && thread_ts !== ts ? `?thread_ts=${thread_ts}&cid=${channel.id}` : ''
  return { channel: channel.id, permalink: `https://${slack.workspace.domain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}${within}` }
}

export const chat = {
  'chat.postMessage': ['chat:write', postMessage],
  'chat.postEphemeral': ['chat:write', postEphemeral],
  'chat.update': ['chat:write', update],
  'chat.delete': ['chat:write', remove],
  'chat.getPermalink': [null, getPermalink],
}
