// What the methods share: refusing a call, finding its channel or message, reading its arguments, paging.

export class Refusal extends Error {
  constructor(word, more = {}) {
    super(word)
    this.more = more
  }
}

// Answers { ok: false, error: word }.
export const fail = (word, more) => {
  throw new Refusal(word, more)
}

export const isTrue = (value) => ['true', '1'].includes(String(value))

// The channel of a call, if the app may know it. `joined`: the app must be a member; `open`: it must not be archived.
export function channelOf(slack, a, { joined = false, name = 'channel', open = false } = {}) {
  const w = slack.workspace
  const given = a[name]
  const channel = w.channels.get(given) ?? (name === 'channel' && slack.takesNames ? w.byName(given ?? '') : undefined)
  if (!channel || (channel.is_private && !channel.members.has(w.bot.id))) fail('channel_not_found')
  if (joined && !channel.members.has(w.bot.id)) fail('not_in_channel')
  if (open && channel.is_archived) fail('is_archived')
  return channel
}

// The scope that a method needs, where it depends on the kind of channel.
export const kindOf = (publicScope, privateScope, talkScope = privateScope.replace('groups', 'im')) => (slack, a) => {
  const channel = slack.workspace.channels.get(a.channel ?? a.channel_id)
  return channel?.is_im ? talkScope : channel?.is_private ? privateScope : publicScope
}

export const find = (channel, ts) => channel.messages.find((m) => m.ts === ts && !m.deleted && !m.ephemeral)

export function page(list, a, key, most = 1000) {
  const limit = Math.min(Number(a.limit ?? 100), most)
  if (!(limit >= 1)) fail('invalid_limit')
  const from = a.cursor ? Number(/^at:(\d+)$/.exec(Buffer.from(a.cursor, 'base64').toString())?.[1] ?? fail('invalid_cursor')) : 0
  const next = from + limit < list.length ? Buffer.from(`at:${from + limit}`).toString('base64') : ''
  return { [key]: list.slice(from, from + limit), response_metadata: { next_cursor: next } }
}

const unreadable = { blocks: 'invalid_blocks_format', metadata: 'metadata_must_be_json' }

export function parsed(a, name) {
  if (a[name] === undefined || a[name] === '') return undefined
  if (typeof a[name] === 'object') return a[name]
  try {
    return JSON.parse(a[name])
  } catch {
    return fail(unreadable[name] ?? 'invalid_arguments')
  }
}
