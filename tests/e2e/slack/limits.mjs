// Rate limits: calls a minute by method, as published (tiers 1 to 4), and one message a second in each channel.
const tiers = {
  1: ['apps.connections.open'],
  2: ['conversations.create', 'conversations.archive', 'conversations.unarchive', 'conversations.rename', 'conversations.list',
    'conversations.setTopic', 'conversations.setPurpose', 'pins.add', 'pins.list', 'pins.remove', 'bookmarks.add', 'bookmarks.edit',
    'bookmarks.list', 'bookmarks.remove', 'users.list', 'usergroups.list', 'usergroups.create', 'usergroups.enable', 'usergroups.users.list',
    'usergroups.users.update'],
  3: ['conversations.invite', 'conversations.join', 'conversations.kick', 'conversations.info', 'conversations.history',
    'conversations.replies', 'conversations.open', 'conversations.leave', 'chat.update', 'chat.delete', 'reactions.add',
    'reactions.get', 'users.lookupByEmail'],
  4: ['chat.postEphemeral', 'users.info', 'files.getUploadURLExternal', 'files.completeUploadExternal', 'files.info', 'conversations.members', 'views.open', 'auth.test'],
}
const aMinute = { 1: 20, 2: 20, 3: 50, 4: 100 }
const tierOf = new Map(Object.entries(tiers).flatMap(([tier, list]) => list.map((name) => [name, aMinute[tier]])))

export class Limits {
  constructor() {
    this.mode = 'off' // 'strict'
    this.scale = 1 // how many times faster than Slack's clock it runs
    this.calls = new Map()
    this.refused = [] // { method, key, at }
  }

  // Returns the seconds to wait, or 0.
  take(method, args) {
    if (this.mode === 'off') return 0
    const message = method === 'chat.postMessage'
    const key = message ? `${method} ${args.channel}` : method
    const window = (message ? 5_000 : 60_000) / this.scale
    const most = message ? 5 : (tierOf.get(method) ?? 100)
    const now = Date.now()
    const calls = (this.calls.get(key) ?? []).filter((at) => at > now - window)
    this.calls.set(key, calls)
    if (calls.length < most) {
      calls.push(now)
      return 0
    }
    this.refused.push({ method, key, at: now })
    return Math.max(1, Math.ceil((calls[0] + window - now) / 1000))
  }
}
