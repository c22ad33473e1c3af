// A workspace: people, channels, messages. Ids and timestamps look like Slack's.
const hidden = (object, members) => {
  for (const [name, value] of Object.entries(members)) Object.defineProperty(object, name, { value, writable: true, enumerable: false })
  return object
}

// The kind of channel, as events name it.
export const typeOf = (channel) => (channel.is_im ? 'im' : channel.is_private ? 'group' : 'channel')

export class Workspace {
  constructor() {
    this.team = 'T0TOCSIN1'
    this.domain = 'tocsin'
    this.app = 'A0TOCSIN1'
    this.serial = 0
    this.stamp = 0
    this.users = new Map()
    this.channels = new Map()
    this.views = []
    this.groups = new Map()
    this.files = new Map() // files that an app must look up
    this.bot = this.addUser({ name: 'tocsin', bot: true })
    this.botId = 'B0TOCSIN1'
  }

  id(letter) {
    return letter + '0' + String(++this.serial).padStart(8, '0')
  }

  // Unique and ascending, like Slack's within a channel.
  ts() {
    this.stamp = Math.max(this.stamp + 1, Date.now() * 1000)
    return `${Math.floor(this.stamp / 1e6)}.${String(this.stamp % 1e6).padStart(6, '0')}`
  }

  addUser({ name, email, tz = 'Europe/London', bot = false, team = this.team }) {
    const user = { id: this.id('U'), team_id: team, name: name.toLowerCase(), real_name: name, is_bot: bot, is_app_user: false, deleted: false, tz,
      updated: Math.floor(Date.now() / 1000), profile: { real_name: name, display_name: name, team, ...(email ? { email } : {}) } }
    this.users.set(user.id, user)
    return user
  }

  addChannel(name, { creator = this.bot.id, isPrivate = false, members = [], shared = false, im } = {}) {
    const channel = { id: this.id(im ? 'D' : 'C'), name, name_normalized: name, creator, created: Math.floor(Date.now() / 1000),
      is_channel: !im && !isPrivate, is_group: isPrivate, is_im: !!im, is_mpim: false, is_private: isPrivate || !!im, is_archived: false,
      is_general: false, is_shared: shared, is_org_shared: false, is_ext_shared: shared, is_pending_ext_shared: false,
      context_team_id: this.team, topic: { value: '', creator: '', last_set: 0 }, purpose: { value: '', creator: '', last_set: 0 },
      ...(im ? { user: im } : {}) }
    this.channels.set(channel.id, channel)
    return hidden(channel, { members: new Set(members), messages: [], pins: [], bookmarks: [] })
  }

  talk(user) {
    const there = [...this.channels.values()].find((c) => c.is_im && c.user === user)
    return there ?? this.addChannel('', { im: user, members: [user, this.bot.id] })
  }

  byName(name) {
    return [...this.channels.values()].find((c) => c.name && c.name === name.replace(/^#/, ''))
  }

  botSays() {
    return { user: this.bot.id, bot_id: this.botId, app_id: this.app, team: this.team,
      bot_profile: { id: this.botId, app_id: this.app, name: 'tocsin', deleted: false, team_id: this.team } }
  }

  // `ephemeral` is the id of the only person who sees the message; `revisions` are its earlier texts.
  addMessage(channel, { ephemeral, ...message }) {
    const added = hidden({ type: 'message', ts: this.ts(), ...message }, { revisions: [], deleted: false, ephemeral, system: false })
    channel.messages.push(added)
    const parent = added.thread_ts && !ephemeral && channel.messages.find((m) => m.ts === added.thread_ts)
    if (parent && parent !== added) this.addReply(parent, added)
    return added
  }

  addReply(parent, reply) {
    parent.thread_ts = parent.ts
    parent.reply_count = (parent.reply_count ?? 0) + 1
    parent.reply_users = [...new Set([...(parent.reply_users ?? []), reply.user])]
    parent.latest_reply = reply.ts
    reply.parent_user_id = parent.user
  }

  // Messages such as "joined the channel", which are in the history too.
  addSystem(channel, subtype, user, more = {}) {
    const message = this.addMessage(channel, { subtype, user, ...more })
    message.system = true
    return message
  }

  // Returns whether the reaction is new.
  react(message, name, user) {
    message.reactions ??= []
    let reaction = message.reactions.find((r) => r.name === name)
    if (!reaction) message.reactions.push((reaction = { name, users: [], count: 0 }))
    if (reaction.users.includes(user)) return false
    reaction.users.push(user)
    reaction.count = reaction.users.length
    return true
  }

  unreact(message, name, user) {
    const reaction = message.reactions?.find((r) => r.name === name)
    if (!reaction?.users.includes(user)) return false
    reaction.users = reaction.users.filter((u) => u !== user)
    reaction.count = reaction.users.length
    message.reactions = message.reactions.filter((r) => r.count)
    return true
  }

  // Gives ids to blocks and elements that have none.
  withIds(blocks) {
    const id = () => Math.random().toString(36).slice(2, 7)
    return blocks.map((b) => ({ ...b, block_id: b.block_id ?? id(),
      ...(b.type === 'actions' ? { elements: b.elements.map((e) => ({ ...e, action_id: e.action_id ?? id() })) } : {}),
      ...(b.type === 'input' ? { element: { ...b.element, action_id: b.element.action_id ?? id() } } : {}) }))
  }

  // A view as Slack keeps it; `person` sees it while it is `open`.
  addView(given, user, { root, previous } = {}) {
    const id = this.id('V')
    const view = { id, team_id: this.team, type: given.type, ...this.viewContent(given), state: { values: {} }, hash: this.hash(),
      previous_view_id: previous ?? null, root_view_id: root ?? id, app_id: this.app, app_installed_team_id: this.team, bot_id: this.botId }
    this.views.push(hidden(view, { person: user, open: true, errors: null }))
    return view
  }

  viewContent(given) {
    const { type, ...content } = given
    return { private_metadata: '', callback_id: '', external_id: '', clear_on_close: false, notify_on_close: false, submit: null, close: null, ...content,
      blocks: this.withIds(given.blocks) }
  }

  hash() {
    return `${Math.floor(Date.now() / 1000)}.${Math.random().toString(36).slice(2, 10)}`
  }
}
