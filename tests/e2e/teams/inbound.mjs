// What the Bot Service sends to the bot: signed activities, one a request. What is not answered in time, or with a 5xx, is sent again;
// an invoke is not, as its person sees that it failed.
const ATTEMPTS = 8
const PAUSE_MS = 300
const PAUSE_MOST = 2000

export class Inbound {
  constructor(teams) {
    this.teams = teams
    this.url = '' // the bot's messaging endpoint
    this.answerMs = 15_000 // then the request has failed
    this.invokeMs = 10_000
    this.duplicates = 0 // how many of the next activities are sent twice
    this.held = null // a list in which activities wait, to be released in another order
    this.answered = [] // { activity, status, ms, body }
    this.lost = [] // never taken
    this.forge = (activity, claims) => [claims, {}] // tests change the claims and the header of tokens
    this.stopped = false
  }

  stop() {
    this.stopped = true
  }

  // Resolves with the answer's body ({} for none), or with undefined if the bot never took it.
  deliver(activity) {
    if (this.stopped || !this.url) return Promise.resolve()
    return new Promise((done) => {
      const entry = { activity: this.whole(activity), done }
      if (this.held) this.held.push(entry)
      else this.send(entry)
    })
  }

  release(sort = (list) => list) {
    const held = this.held ?? []
    this.held = null
    return sort(held).reduce((before, entry) => before.then(() => this.send(entry)), Promise.resolve())
  }

  whole(activity) {
    const { tenant } = this.teams
    const now = new Date()
    return { id: tenant.stampId(), timestamp: now.toISOString(), localTimestamp: now.toISOString(), channelId: 'msteams', serviceUrl: this.teams.serviceUrl,
      recipient: tenant.bot, locale: 'en-GB', ...activity }
  }

  async send(entry) {
    const twice = this.duplicates > 0 && this.duplicates-- > 0
    const answers = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.attempt(entry)))
    const taken = answers.find((a) => a)
    if (!taken) this.lost.push(entry.activity)
    entry.done(taken?.body)
  }

  async attempt({ activity }) {
    for (let i = 0; i < ATTEMPTS && !this.stopped; i++) {
      const answer = await this.post(activity)
      if (answer && answer.status < 300) return answer
      if (activity.type === 'invoke' || (answer && answer.status < 500)) return undefined
      await new Promise((done) => setTimeout(done, Math.min(PAUSE_MOST, PAUSE_MS * 2 ** i)))
    }
    return undefined
  }

  authorization(activity) {
    const [claims, header] = this.forge(activity, { aud: this.teams.tenant.app, serviceurl: activity.serviceUrl })
    return `Bearer ${this.teams.signer.token(claims, header)}`
  }

  // { status, body }, or undefined if no answer came in time.
  async post(activity, authorization = this.authorization(activity)) {
    const begin = performance.now()
    try {
      const answer = await fetch(this.url, { method: 'POST', body: JSON.stringify(activity), signal: AbortSignal.timeout(activity.type === 'invoke' ? this.invokeMs : this.answerMs),
        headers: { 'content-type': 'application/json; charset=utf-8', ...(authorization ? { authorization } : {}) } })
      const text = await answer.text()
      const result = { activity, status: answer.status, ms: performance.now() - begin, body: /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : {} }
      this.answered.push(result)
      this.check(result, text)
      return result
    } catch (error) {
      this.answered.push({ activity, status: 0, ms: performance.now() - begin, error })
      return undefined
    }
  }

  // What the platform takes as an answer.
  check({ activity, status, body }, text) {
    if (status >= 300) return
    if (activity.type !== 'invoke' && text) this.teams.violations.push(`a body for a ${activity.type}: ${text}`)
    if (activity.type === 'invoke' && !text) this.teams.violations.push(`no body for ${activity.name}`)
    if (activity.name === 'adaptiveCard/action' && text) this.teams.checkCardAnswer(body)
    if (activity.name?.startsWith('task/') && text) this.teams.checkTaskAnswer(body)
  }
}
