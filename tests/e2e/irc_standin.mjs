// A small IRC server with accounts, written from RFC 2812 and the specifications at ircv3.net: capability negotiation 3.2, SASL 3.1 (PLAIN,
// EXTERNAL), message-tags, account-tag, account-notify, extended-join, echo-message, batch, labeled-response, msgid, WHOX.
// It misbehaves on demand: see `trouble`.
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

const OFFERED = ['message-tags', 'account-tag', 'account-notify', 'extended-join', 'echo-message', 'batch', 'labeled-response', 'sasl=PLAIN,EXTERNAL']
const NAME = 'irc.standin.example'
const escape = (value) => value.replace(/[\\; \r\n]/g, (c) => ({ '\\': '\\\\', ';': '\\:', ' ': '\\s', '\r': '\\r', '\n': '\\n' })[c])

class User {
  constructor(server, socket) {
    Object.assign(this, { server, socket, caps: new Set(), nick: '', user: '', account: '', negotiating: false, in: false })
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (bytes) => {
      const lines = (text += bytes).split('\r\n')
      text = lines.pop()
      for (const line of lines) server.take(this, line)
    })
    socket.on('error', () => {})
    socket.on('close', () => server.leave(this, 'Connection closed'))
  }

  get prefix() {
    return `${this.nick}!${this.user}@host.example`
  }

  // A line with the tags that this client understands.
  send(line, tags = {}) {
    const known = Object.entries(tags).filter(([name, value]) => value !== undefined &&
      (name === 'account' ? this.caps.has('account-tag') : name === 'label' || name === 'batch' ? this.caps.has('labeled-response') || this.caps.has('batch') : this.caps.has('message-tags')))
    const written = known.map(([name, value]) => `${name}=${escape(value)}`).join(';')
    if (!this.socket.destroyed && !this.server.silent) this.socket.write(`${written ? `@${written} ` : ''}${line}\r\n`)
  }

  answer(numeric, rest) {
    this.send(`:${NAME} ${numeric} ${this.nick || '*'} ${rest}`)
  }
}

export class StandIn {
  // accounts: {name: password}; offered: capabilities; tls: options of node's TLS server.
  static async start(t, { accounts = {}, certificates = {}, offered = OFFERED, tls, password } = {}) {
    const s = Object.assign(new StandIn(), { accounts, certificates, offered, tls, password, users: new Set(), channels: new Map(), told: [], ids: 0, trouble: {} })
    t.after(() => s.stop())
    await s.listen()
    return s
  }

  async listen() {
    const accept = (socket) => this.users.add(new User(this, socket))
    this.server = this.tls ? createTlsServer(this.tls, accept) : createServer(accept)
    await new Promise((done) => this.server.listen(this.port ?? 0, '127.0.0.1', done))
    this.port = this.server.address().port
  }

  async stop() {
    for (const user of this.users) user.socket.destroy()
    await new Promise((done) => this.server.close(done))
  }

  find(nick) {
    return [...this.users].find((user) => user.in && user.nick.toLowerCase() === nick.toLowerCase())
  }

  channel(name) {
    return this.channels.get(name.toLowerCase())
  }

  // What the clients with that nick have sent.
  sent(nick, pattern) {
    return this.told.filter((row) => row.nick === nick && pattern.test(row.line))
  }

  // Those in a channel with this user, and the user.
  around(user) {
    const all = new Set([user])
    for (const channel of this.channels.values()) if (channel.members.has(user)) for (const member of channel.members) all.add(member)
    return all
  }

  leave(user, why) {
    if (!this.users.delete(user)) return
    for (const other of this.around(user)) if (other !== user && user.in) other.send(`:${user.prefix} QUIT :${why}`)
    for (const channel of this.channels.values()) channel.members.delete(user)
  }

  // A netsplit: these users are gone, and come back to their channels.
  split(...users) {
    const rooms = users.map((user) => [...this.channels.values()].filter((channel) => channel.members.has(user)))
    for (const user of users) for (const other of this.around(user)) if (other !== user) other.send(`:${user.prefix} QUIT :*.net *.split`)
    users.forEach((user, i) => rooms[i].forEach((channel) => channel.members.delete(user)))
    return () => users.forEach((user, i) => rooms[i].forEach((channel) => this.join(user, channel.name)))
  }

  join(user, name) {
    const channel = this.channel(name) ?? { name, members: new Set(), topic: '', modes: '', operators: new Set() }
    if (this.trouble.join) return user.answer(this.trouble.join, `${name} :Cannot join channel (+i)`)
    if (!channel.members.size) channel.operators.add(user)
    this.channels.set(name.toLowerCase(), channel)
    channel.members.add(user)
    for (const member of channel.members)
      member.send(`:${user.prefix} JOIN ${name}${member.caps.has('extended-join') ? ` ${user.account || '*'} :${user.nick}` : ''}`, { account: user.account || undefined })
    user.answer(353, `= ${name} :${[...channel.members].map((m) => (channel.operators.has(m) ? '@' : '') + m.nick).join(' ')}`)
    user.answer(366, `${name} :End of /NAMES list`)
  }

  welcome(user) {
    if (user.in || !user.nick || !user.user || user.negotiating || this.trouble.welcome === false) return
    if (this.password && user.pass !== this.password) return user.answer(464, ':Password incorrect'), user.socket.end()
    user.in = true
    user.answer('001', `:Welcome to the stand-in ${user.nick}`)
    user.answer('005', 'CASEMAPPING=ascii WHOX NICKLEN=30 :are supported by this server')
    user.answer(422, ':MOTD File is missing')
  }

  take(user, whole) {
    const label = /^@label=([^; ]+) /.exec(whole)?.[1], line = whole.replace(/^@\S+ +/, '')
    const [head, ...trailing] = line.split(' :'), words = head.split(/ +/), params = words.slice(1)
    if (trailing.length) params.push(trailing.join(' :'))
    this.told.push({ nick: user.nick, line: whole })
    const handler = this[`on_${words[0].toUpperCase()}`]
    if (handler) handler.call(this, user, params, label)
    else user.answer(421, `${words[0]} :Unknown command`)
  }

  on_CAP(user, [verb, list = '']) {
    if (!user.in && verb !== 'END') user.negotiating = true
    const names = this.offered.map((cap) => cap.split('=')[0]), asked = list.trim().split(' ')
    if (verb === 'LS') user.send(`:${NAME} CAP * LS :${this.offered.join(' ')}`)
    if (verb === 'REQ') {
      const all = asked.every((cap) => names.includes(cap))
      if (all) for (const cap of asked) user.caps.add(cap)
      user.send(`:${NAME} CAP ${user.nick || '*'} ${all ? 'ACK' : 'NAK'} :${list}`)
    }
    if (verb === 'END') (user.negotiating = false), this.welcome(user)
  }

  on_AUTHENTICATE(user, [what]) {
    if (what === 'PLAIN' || what === 'EXTERNAL') return (user.mechanism = what), user.send('AUTHENTICATE +')
    const [, name, password] = Buffer.from(what === '+' ? '' : what, 'base64').toString().split('\0')
    const shown = user.mechanism === 'EXTERNAL' && user.socket.getPeerCertificate?.()?.fingerprint256
    const account = user.mechanism === 'EXTERNAL' ? this.certificates[shown] : this.accounts[name] === password && name
    if (!account) return user.answer(904, ':SASL authentication failed')
    user.account = account
    user.answer(900, `${user.prefix} ${account} :You are now logged in as ${account}`)
    user.answer(903, ':SASL authentication successful')
  }

  on_PASS(user, [password]) {
    user.pass = password
  }

  on_NICK(user, [nick]) {
    const holder = this.find(nick)
    if ((holder && holder !== user) || this.trouble.nick === nick) return user.answer(433, `${nick} :Nickname is already in use`)
    if (user.in) for (const other of this.around(user)) other.send(`:${user.prefix} NICK ${nick}`, { account: user.account || undefined })
    user.nick = nick
    this.welcome(user)
  }

  on_USER(user, [name]) {
    user.user = user.account || this.identd ? name : `~${name}`
    this.welcome(user)
  }

  on_PING(user, [token]) {
    if (this.trouble.cutAtPing) return (this.trouble.cutAtPing = false), user.socket.destroy()
    user.send(`:${NAME} PONG ${NAME} :${token}`)
  }

  on_PONG() {}

  on_JOIN(user, [names]) {
    for (const name of names.split(',')) this.join(user, name)
  }

  on_PART(user, [name]) {
    for (const member of this.channel(name)?.members ?? []) member.send(`:${user.prefix} PART ${name}`, { account: user.account || undefined })
    this.channel(name)?.members.delete(user)
  }

  on_MODE(user, [name, modes]) {
    if (this.channel(name) && modes) this.channel(name).modes = modes
  }

  on_TOPIC(user, [name, topic]) {
    this.channel(name).topic = topic
    for (const member of this.channel(name).members) member.send(`:${user.prefix} TOPIC ${name} :${topic}`)
  }

  on_INVITE(user, [nick, name]) {
    if (!this.find(nick)) return user.answer(401, `${nick} :No such nick`)
    this.find(nick).send(`:${user.prefix} INVITE ${nick} ${name}`)
  }

  on_KICK(user, [name, nick]) {
    for (const member of this.channel(name).members) member.send(`:${user.prefix} KICK ${name} ${nick} :out`)
    this.channel(name).members.delete(this.find(nick))
  }

  on_WHO(user, [name]) {
    for (const member of this.channel(name)?.members ?? []) user.answer(354, `42 ${member.nick} ${member.account || '0'}`)
    user.answer(315, `${name} :End of /WHO list`)
  }

  on_WHOIS(user, [nick]) {
    const found = this.find(nick)
    if (found) user.answer(311, `${nick} ${found.user} host.example * :${nick}`)
    if (found?.account) user.answer(330, `${nick} ${found.account} :is logged in as`)
    if (!found) user.answer(401, `${nick} :No such nick`)
    user.answer(318, `${nick} :End of /WHOIS list`)
  }

  on_PRIVMSG(user, [target, text], label, command = 'PRIVMSG') {
    const channel = this.channel(target), tags = { account: user.account || undefined, msgid: `m${++this.ids}` }
    const refused = channel ? this.trouble.mute && [404, `${target} :Cannot send to channel`] : !this.find(target) && [401, `${target} :No such nick`]
    if (this.trouble.flood && (this.trouble.flood -= 1) === 0) {
      user.send(`ERROR :Closing Link: ${user.nick} (Excess Flood)`)
      return user.socket.end()
    }
    if (refused) return user.send(`:${NAME} ${refused[0]} ${user.nick} ${refused[1]}`, { label })
    for (const other of channel ? channel.members : [this.find(target)]) if (other !== user) other.send(`:${user.prefix} ${command} ${target} :${text}`, tags)
    if (user.caps.has('echo-message')) user.send(`:${user.prefix} ${command} ${target} :${text}`, { ...tags, label })
    else if (label) user.send(`:${NAME} ACK`, { label })
    if (this.trouble.cutAfter && (this.trouble.cutAfter -= 1) === 0) setImmediate(() => user.socket.destroy())
  }

  on_NOTICE(user, params, label) {
    this.on_PRIVMSG(user, params, label, 'NOTICE')
  }

  // What services do when somebody logs in or out.
  log(user, account) {
    user.account = account
    for (const other of this.around(user)) if (other !== user && other.caps.has('account-notify')) other.send(`:${user.prefix} ACCOUNT ${account || '*'}`)
  }

  on_QUIT(user) {
    user.socket.end()
  }
}
