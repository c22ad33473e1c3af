// Twilio's messages and calls on loopback, by its published OpenAPI: what may be sent is checked, callbacks are signed by Twilio's own
// library, and telephones are people's.
//
//     const twilio = await startTwilio({ heard: 'http://127.0.0.1:7077/connector/sms/message' })
//     await twilio.answers(call, ['1'])           // what was said, after each key; a key of '': none was pressed
//     await twilio.says('+491701234567', '12a')   // the answers by SMS
//     twilio.held = []; …; twilio.release((list) => list.reverse())   // callbacks
//     twilio.doubled = true                       // each callback comes twice
//     twilio.fail('messages.create', 429)         // see standin.mjs
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Refusal, StandIn, list, loadModule } from '../standin.mjs'

const account = `AC${'0'.repeat(31)}1`
const E164 = /^\+[1-9]\d{6,14}$/
const final = ['delivered', 'undelivered', 'failed', 'read', 'completed', 'busy', 'no-answer', 'canceled']

const message = { To: 'text', 'From?': 'text', 'MessagingServiceSid?': 'text', Body: 'text', 'StatusCallback?': 'text', 'ValidityPeriod?': 'text' }
const call = { To: 'text', From: 'text', Twiml: 'text', 'StatusCallback?': 'text', 'StatusCallbackEvent?': list(['initiated', 'ringing', 'answered', 'completed']),
  'Timeout?': 'text', 'TimeLimit?': 'text' }
const found = { 'To?': 'text', 'From?': 'text', 'PageSize?': 'text' }

const errors = { 20003: [401, 'Authenticate'], 20404: [404, 'The requested resource was not found'], 20429: [429, 'Too Many Requests'], 21211: [400, "Invalid 'To' Phone Number"],
  21212: [400, "Invalid 'From' Number"], 21220: [400, 'Unable to update record. Call is not in-progress.'], 21602: [400, 'Message body is required'],
  21610: [400, 'Attempt to send to unsubscribed recipient'], 21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21609: [400, "The 'StatusCallback' URL is not a valid URL"], 12100: [400, 'Document parse failure'] }

function refusal(code) {
  const [status, text] = errors[code]
  return new Refusal(status, { code, message: text, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
}

export class Twilio extends StandIn {
  constructor({ heard } = {}) {
    super(`/2010-04-01/Accounts/${account}`, {
      'messages.create': ['POST', '/Messages.json', (c) => this.createMessage(c), { body: message }],
      'messages.list': ['GET', '/Messages.json', (c) => this.list(c, 'messages'), { query: found }],
      'calls.create': ['POST', '/Calls.json', (c) => this.createCall(c), { body: call }],
      'calls.list': ['GET', '/Calls.json', (c) => this.list(c, 'calls'), { query: found }],
      'calls.update': ['POST', '/Calls/{}.json', (c, sid) => this.updateCall(c, sid), { body: { Status: ['canceled', 'completed'] } }],
      numbers: ['GET', '/IncomingPhoneNumbers.json', (c) => this.numbers(c), { query: { 'PhoneNumber?': 'text', 'PageSize?': 'text' } }],
    })
    Object.assign(this, { account, token: 'the token of a fake account', number: '+14155550100', heard })
    this.sent = { messages: [], calls: [] }
    this.stopped = new Set() // numbers that sent STOP
    this.callbacks = []
    this.doubled = false
  }

  async start(port) {
    await super.start(port)
    this.webhooks = (await loadModule('twilio/lib/webhooks/webhooks.js')).default
    this.xml = await loadModule('saxes')
    this.url = `${this.url}/2010-04-01`
    return this
  }

  // ---- requests ----

  refusal = () => ({ code: 21602, message: 'a parameter is missing or unknown', status: 400 })

  login({ headers }) {
    const expected = `Basic ${Buffer.from(`${account}:${this.token}`).toString('base64')}`
    if (headers.authorization !== expected) throw refusal(20003)
  }

  // Forms in the place of JSON; a name that comes several times is a list.
  check(route, call) {
    const form = {}
    for (const [name, value] of new URLSearchParams(call.text)) form[name] = name === 'StatusCallbackEvent' ? [...(form[name] ?? []), value] : value
    if (call.text && !/^application\/x-www-form-urlencoded/.test(call.headers['content-type'] ?? '')) this.violations.push(`${route.name}: no form`)
    call.text = call.text && JSON.stringify(form)
    super.check(route, call)
  }

  common({ To, From, MessagingServiceSid, StatusCallback }) {
    if (!E164.test(To)) throw refusal(21211)
    if (!MessagingServiceSid && From !== this.number) throw refusal(21212)
    if (StatusCallback && (!/^https?:\/\//.test(StatusCallback) || new URL(StatusCallback).hostname.includes('_'))) throw refusal(21609)
    if (this.stopped.has(To)) throw refusal(21610)
  }

  make(kind, letters, { To, From, StatusCallback }, more) {
    const made = { sid: letters + randomBytes(16).toString('hex'), account_sid: account, to: To, from: From ?? this.number, status: 'queued', direction: `outbound-api`,
      date_created: new Date().toUTCString().replace('GMT', '+0000'), ...more }
    this.sent[kind].push(made)
    made.callback = StatusCallback
    return made
  }

  createMessage({ body }) {
    this.common(body)
    if (!body.Body) throw refusal(21602)
    if (body.Body.length > 1600) throw refusal(21617)
    if (body.ValidityPeriod && !(body.ValidityPeriod >= 1 && body.ValidityPeriod <= 36000)) this.violations.push(`ValidityPeriod ${body.ValidityPeriod}`)
    const made = this.make('messages', 'SM', body, { body: body.Body, num_segments: '1', error_code: null, error_message: null, messaging_service_sid: body.MessagingServiceSid ?? null })
    this.delivered(made)
    return [201, shown(made)]
  }

  // What becomes of it, as it does for most.
  async delivered(made) {
    await wait(5)
    await this.becomes(made, 'sent')
    if (!this.silent) await this.becomes(made, 'delivered')
  }

  createCall({ body }) {
    this.common(body)
    if (body.Twiml.length > 4000) throw refusal(12100)
    const made = this.make('calls', 'CA', body, { twiml: this.parse(body.Twiml), events: body.StatusCallbackEvent ?? ['completed'] })
    this.rings(made)
    return [201, shown(made)]
  }

  async rings(made) {
    await wait(5)
    await this.becomes(made, 'queued', {}, 'initiated')
    if (!final.includes(made.status)) await this.becomes(made, 'ringing', {}, 'ringing')
  }

  updateCall({ body }, sid) {
    const made = this.sent.calls.find((c) => c.sid === sid)
    if (!made) throw refusal(20404)
    if (final.includes(made.status)) throw refusal(21220)
    this.becomes(made, body.Status, {}, 'completed')
    return [200, shown(made)]
  }

  list({ query }, kind) {
    const rows = this.sent[kind].filter((r) => (!query.To || r.to === query.To) && (!query.From || r.from === query.From))
    return [200, { [kind]: rows.slice(-(query.PageSize ?? 50)).reverse().map(shown), page: 0, page_size: Number(query.PageSize ?? 50), next_page_uri: null, uri: '' }]
  }

  numbers({ query }) {
    const rows = [{ sid: `PN${'0'.repeat(32)}`, phone_number: this.number, sms_url: this.heard ?? '', voice_url: '', capabilities: { sms: true, mms: false, voice: true, fax: false } }]
    return [200, { incoming_phone_numbers: rows.filter((r) => !query.PhoneNumber || r.phone_number === query.PhoneNumber), page: 0, next_page_uri: null }]
  }

  // ---- callbacks ----

  signed(url, params) {
    return { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': this.webhooks.getExpectedTwilioSignature(this.token, url, params),
      'i-twilio-idempotency-token': createHash('sha256').update(JSON.stringify(params)).digest('hex') }
  }

  // Posts to an address of the connector's, and again as its fragment says; the answer is { status, text }.
  async post(address, params) {
    const [url, fragment] = address.split('#')
    const overrides = new URLSearchParams(fragment)
    const body = new URLSearchParams(params).toString()
    let answer
    for (let left = overrides.get('rp') === 'all' ? Number(overrides.get('rc') ?? 1) : 0; left >= 0; left--) {
      answer = await fetch(url, { method: 'POST', headers: this.signed(url, params), body }).then(async (r) => ({ status: r.status, text: await r.text() }), (error) => ({ status: 0, text: String(error) }))
      this.callbacks.push({ url, params, status: answer.status })
      if (answer.status >= 200 && answer.status < 500) break
      await wait(50)
    }
    return answer
  }

  // The message or call has that status from now on, and its callback says so.
  async becomes(made, status, more = {}, event = status) {
    if (!final.includes(made.status)) made.status = status
    if (!made.callback || (made.events && !made.events.includes(event === 'in-progress' ? 'answered' : event))) return
    const common = { AccountSid: account, To: made.to, From: made.from, ApiVersion: '2010-04-01', ...more }
    const own = made.sid.startsWith('SM') ? { MessageSid: made.sid, MessageStatus: status, SmsSid: made.sid, SmsStatus: status }
      : { CallSid: made.sid, CallStatus: status, Direction: 'outbound-api', CallbackSource: 'call-progress-events', Timestamp: new Date().toUTCString() }
    const params = { ...own, ...common }
    for (let i = 0; i < (this.doubled ? 2 : 1); i++) {
      if (this.held) this.held.push({ address: made.callback, params })
      else await this.post(made.callback, params)
    }
  }

  async release(change = (callbacks) => callbacks) {
    const held = this.held
    this.held = null
    for (const { address, params } of change(held)) await this.post(address, params)
  }

  // ---- telephones ----

  // A document of what to do: [{ verb, attributes, text, children }].
  parse(text) {
    const parser = new this.xml.SaxesParser()
    const stack = [{ children: [] }]
    parser.on('error', (error) => { throw new Error(`TwiML is no XML: ${error.message}\n${text}`) })
    parser.on('opentag', ({ name, attributes }) => {
      const verb = { verb: name, attributes, text: '', children: [] }
      stack.at(-1).children.push(verb)
      stack.push(verb)
    })
    parser.on('text', (more) => (stack.at(-1).text += more))
    parser.on('closetag', () => stack.pop())
    parser.write(text).close()
    const [root] = stack[0].children
    if (root?.verb !== 'Response') throw new Error(`no <Response>: ${text}`)
    const gathers = root.children.some((v) => v.verb === 'Gather')
    if (gathers && root.children.some((v) => v.verb === 'Say')) this.violations.push(`speech outside of <Gather>, where keys are lost: ${text}`)
    return root.children
  }

  // Somebody takes the call and presses these keys, one at each question. What they heard.
  async answers(made, keys) {
    const heard = []
    const address = (verb, from) => new URL(verb, from.split('#')[0]).toString()
    await this.becomes(made, 'in-progress', {}, 'answered')
    let at = made.callback
    for (let verbs = made.twiml; verbs.length && !final.includes(made.status); ) {
      const [{ verb, attributes, text, children }, ...rest] = verbs
      verbs = rest
      if (verb === 'Pause') await wait(Number(attributes.length ?? 1) * 100) // ten times as fast
      if (verb === 'Say') heard.push(text)
      if (verb === 'Hangup') break
      if (verb === 'Gather') {
        heard.push(children.map((c) => c.text).join(''))
        const key = keys.shift()
        if (key) [at, verbs] = await this.asks(address(attributes.action, at), made, { Digits: key, msg: 'Gather End' })
      }
      if (verb === 'Redirect') [at, verbs] = await this.asks(address(text, at), made, {})
    }
    await this.becomes(made, 'completed', { CallDuration: '7' }, 'completed')
    return heard
  }

  async asks(url, made, more) {
    const { status, text } = await this.post(url, { AccountSid: account, ApiVersion: '2010-04-01', CallSid: made.sid, CallStatus: 'in-progress', Direction: 'outbound-api', From: made.from, To: made.to, ...more })
    if (status !== 200) throw new Error(`${url}: ${status} ${text}`)
    return [url, this.parse(text)]
  }

  // Somebody sends an SMS to our number. The texts that they are answered with.
  async says(from, body) {
    if (/^\s*(stop|stopall|unsubscribe|cancel|end|quit)\s*$/i.test(body)) this.stopped.add(from)
    const sid = `SM${randomBytes(16).toString('hex')}`
    const { status, text } = await this.post(this.heard, { MessageSid: sid, SmsSid: sid, AccountSid: account, From: from, To: this.number, Body: body, NumMedia: '0', NumSegments: '1', ApiVersion: '2010-04-01' })
    if (status !== 200) throw new Error(`${this.heard}: ${status} ${text}`)
    return this.parse(text).filter((v) => v.verb === 'Message').map((v) => v.text)
  }
}

const shown = ({ callback, twiml, events, ...resource }) => resource

export const startTwilio = (options) => new Twilio(options).start()
