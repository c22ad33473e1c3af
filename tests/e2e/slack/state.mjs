// A workspace: people, channels, messages. Ids and time stamps look as Slack's do.
export class Workspace {
  constructor() {
    this.team = 'T0TOCSIN1'
    this.serial = 0
    this.stamp = 0
    this.users = new Map()
    this.channels = new Map()
    this.views = []
    this.groups = new Map()
    this.bot = this.addUser({ name: 'tocsin', bot: true })
    this.botId = 'B0TOCSIN1'
  }

  id(letter) {
    return letter + '0' + String(++this.serial).padStart(8, '0')
  }

  // Unique and ascending, as Slack's are within a channel.
  ts() {
    this.stamp = Math.max(this.stamp + 1, Date.now() * 1000)
    return `${Math.floor(this.stamp / 1e6)}.${String(this.stamp % 1e6).padStart(6, '0')}`
  }

  addUser({ name, email, tz = 'Europe/London', bot = false, team = this.team }) {
    const user = { id: this.id('U'), team_id: team, name: name.toLowerCase(), real_name: name, is_bot: bot, deleted: false, tz,
      profile: { real_name: name, display_name: name, ...(email ? { email } : {}) } }
    this.users.set(user.id, user)
    return user
  }

  addChannel(name, { creator = this.bot.id, isPrivate = false, members = [], shared = false, im } = {}) {
    const channel = { id: this.id(im ? 'D' : isPrivate ? 'G' : 'C'), name, creator, created: Math.floor(Date.now() / 1000),
      is_channel: !im && !isPrivate, is_group: isPrivate, is_im: !!im, is_private: isPrivate, is_archived: false,
      is_ext_shared: shared, topic: { value: '' }, purpose: { value: '' }, ...(im ? { user: im } : {}) }
    this.channels.set(channel.id, channel)
    Object.defineProperties(channel, {
      members: { value: new Set(members), enumerable: false },
      messages: { value: [], enumerable: false },
      pins: { value: [], enumerable: false },
      bookmarks: { value: [], enumerable: false },
    })
    return channel
  }

  talk(user) {
    const there = [...this.channels.values()].find((c) => c.is_im && c.user === user)
    return there ?? this.addChannel('', { im: user, members: [user, this.bot.id] })
  }

  byName(name) {
    return [...this.channels.values()].find((c) => c.name === name.replace(/^#/, ''))
  }

  addMessage(channel, message) {
    const added = { type: 'message', ts: this.ts(), ...message, revisions: [] }
    channel.messages.push(added)
    return added
  }
}
