// Rate limits of a bot in one conversation, as published: operations in windows of seconds.
const windows = {
  send: [[7, 1], [8, 2], [60, 30], [1800, 3600]],
  read: [[14, 1], [16, 2], [120, 30], [3600, 3600]],
}
const kinds = { create: 'send', send: 'send', reply: 'send', members: 'read', paged: 'read', member: 'read', channels: 'read' }

export class Limits {
  constructor() {
    this.mode = 'off' // 'strict'
    this.calls = new Map()
    this.refused = [] // { name, path, at }
  }

  // Returns the seconds to wait, or 0.
  take(name, path) {
    const kind = kinds[name]
    if (this.mode === 'off' || !kind) return 0
    const key = `${kind} ${decodeURIComponent(path).replace(/\/(activities|members|pagedmembers).*/i, '')}`
    const now = Date.now()
    const calls = (this.calls.get(key) ?? []).filter((at) => at > now - 3_600_000)
    const full = windows[kind].find(([most, seconds]) => calls.filter((at) => at > now - seconds * 1000).length >= most)
    this.calls.set(key, calls)
    if (!full) {
      calls.push(now)
      return 0
    }
    this.refused.push({ name, path, at: now })
    return full[1]
  }
}
