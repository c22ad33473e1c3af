// Somebody in the tenant who writes, reacts, presses buttons and fills in forms. Each act resolves with the bot's answer, or with
// undefined if the bot is not told or never takes it.
import { cardOf, partsOf } from './cards.mjs'

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export class TeamsPerson {
  constructor(teams, options) {
    this.teams = teams
    this.user = teams.tenant.addUser(options)
    this.zone = options.zone ?? 'Europe/London'
    this.id = this.user.id
  }

  place(name) {
    if (typeof name === 'object') return name
    return name === '@tocsin' ? this.teams.tenant.talk(this.id) : (this.teams.tenant.channel(name) ?? this.teams.tenant.places.get(name))
  }

  account() {
    const { id, name, aadObjectId } = this.user
    return { id, name, aadObjectId }
  }

  deliver(place, root, activity, { events = false } = {}) {
    const { teams } = this
    return teams.inbound.deliver({ from: this.account(), localTimezone: this.zone, conversation: teams.conversationOf(place, root), ...activity,
      channelData: { ...teams.dataOf(place, { events }), ...activity.channelData } })
  }

  // ---- messages ----

  // Returns the message, and a promise of the bot's answer. Outside a chat with the bot, the bot hears only what mentions it, unless
  // the app has the right to hear all. thread: the id of a message in the thread; a new one begins otherwise.
  say(name, text, { thread, mention = true, files = [] } = {}) {
    const { tenant } = this.teams
    const place = this.place(name)
    const root = thread && (place.messages.find((m) => m.id === thread)?.root ?? thread)
    const mentions = mention && place.kind !== 'personal'
    const at = `<at>${tenant.bot.name}</at>`
    const whole = mentions ? `${at} ${text}` : text
    const message = tenant.addMessage(place, { from: this.account(), text: whole, ...(root ? { root } : {}) })
    const activity = { type: 'message', id: message.id, text: whole, textFormat: 'plain', entities: this.entities(mentions && at),
      attachments: [...files.map((f) => this.file(f)), { contentType: 'text/html', content: `<p>${mentions ? `<span itemtype="http://schema.skype.com/Mention">${tenant.bot.name}</span> ` : ''}${escape(text)}</p>` }] }
    const heard = place.kind === 'personal' || mentions || this.teams.hearsAll
    message.activity = activity
    return { message, place, answer: heard ? this.deliver(place, message.root, activity) : Promise.resolve() }
  }

  entities(at) {
    const { bot } = this.teams.tenant
    return [...(at ? [{ type: 'mention', mentioned: bot, text: at }] : []), { type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web', timezone: this.zone }]
  }

  file(name) {
    return { contentType: 'application/vnd.microsoft.teams.file.download.info', name, contentUrl: `https://contoso.sharepoint.com/sites/x/${encodeURIComponent(name)}`,
      content: { downloadUrl: 'https://contoso.sharepoint.com/download', uniqueId: 'f1', fileType: name.split('.').at(-1) } }
  }

  edit(message, text) {
    const at = message.activity.entities.find((e) => e.type === 'mention')?.text
    message.revisions.push({ text: message.text })
    message.text = at ? `${at} ${text}` : text
    return this.deliver(message.place, message.root, { ...message.activity, type: 'messageUpdate', text: message.text, channelData: { eventType: 'editMessage' } })
  }

  delete(message) {
    message.deleted = true
    return this.deliver(message.place, message.root, { type: 'messageDelete', id: message.id, channelData: { eventType: 'softDeleteMessage' } })
  }

  react(message, type = 'like', verb = 'reactionsAdded') {
    return this.deliver(message.place, message.root, { type: 'messageReaction', replyToId: message.id, [verb]: [{ type }] })
  }

  // ---- cards ----

  // The card as this person sees it.
  card(message) {
    return message.shownTo.get(this.id) ?? cardOf(message)
  }

  button(message, label) {
    const all = [...partsOf(this.card(message))].filter((p) => p.type?.startsWith('Action.'))
    const button = all.find((a) => a.title === label)
    if (!button) throw new Error(`no button ${label} among ${all.map((a) => a.title)}`)
    return button
  }

  // Presses a button, with what was typed into the card's inputs: { id: text }.
  async press(message, label, inputs = {}) {
    const button = this.button(message, label)
    const data = { ...button.data, ...this.entered(this.card(message), inputs) }
    if (button.type === 'Action.Execute') return this.execute(message, button, data, 'manual')
    if (button.data?.msteams?.type === 'task/fetch') return this.fetch(message, { data: button.data, context: { theme: 'default' } })
    return this.deliver(message.place, message.root, { type: 'message', replyToId: message.id, value: data, entities: this.entities() })
  }

  // Old clients send a Submit, as the card's fallback says.
  submitOld(message, label, inputs = {}) {
    const { fallback, data } = this.button(message, label)
    return this.deliver(message.place, message.root, { type: 'message', replyToId: message.id, value: { ...(fallback?.data ?? data), ...inputs } })
  }

  // Looking at a card refreshes it for whom it says.
  look(message) {
    const { refresh } = cardOf(message)
    return refresh ? this.execute(message, refresh.action, refresh.action.data ?? {}, 'automatic') : Promise.resolve()
  }

  async execute(message, { type, id, verb }, data, trigger) {
    const answer = await this.deliver(message.place, message.root, { type: 'invoke', name: 'adaptiveCard/action', replyToId: message.id,
      value: { action: { type, ...(id ? { id } : {}), verb, data }, trigger } })
    if (answer?.type === 'application/vnd.microsoft.card.adaptive') message.shownTo.set(this.id, answer.value)
    return answer
  }

  // What a client sends for the inputs of a card: texts; it refuses what is required and empty.
  entered(card, given) {
    const values = {}
    for (const input of [...partsOf(card)].filter((p) => p.type?.startsWith('Input.'))) {
      const value = given[input.id] ?? input.value ?? ''
      if (input.isRequired && !value) throw new Error(`${input.id} is required`)
      if (input.maxLength && value.length > input.maxLength) throw new Error(`${input.id} is too long`)
      if (input.choices && value && !value.split(',').every((v) => input.choices.some((c) => c.value === v))) throw new Error(`${value} is no choice of ${input.id}`)
      values[input.id] = String(value)
    }
    for (const name of Object.keys(given)) if (!(name in values)) throw new Error(`no input ${name}`)
    return values
  }

  // ---- dialogs ----

  async fetch(message, value) {
    const answer = await this.deliver(message.place, message.root, { type: 'invoke', name: 'task/fetch', replyToId: message.id, value })
    this.dialog = answer?.task?.type === 'continue' ? { message, ...answer.task.value } : undefined
    return answer
  }

  // Fills in the dialog that is open, and submits it.
  async submit(inputs) {
    const { message, card } = this.dialog
    const button = [...partsOf(card.content)].find((p) => p.type === 'Action.Submit' || p.type === 'Action.Execute')
    const answer = await this.deliver(message.place, message.root, { type: 'invoke', name: 'task/submit',
      value: { data: { ...button.data, ...this.entered(card.content, inputs) }, context: { theme: 'default' } } })
    this.dialog = answer?.task?.type === 'continue' ? { message, ...answer.task.value } : undefined
    return answer
  }

  // ---- teams ----

  install(place, action = 'add') {
    const installed = action === 'add'
    if (place.kind === 'personal') this.user.installed = installed
    else (place.team ?? place).installed = installed
    const told = place.kind === 'channel' ? { settings: { selectedChannel: { id: place.id } } } : {}
    return this.deliver(place, undefined, { type: 'installationUpdate', action, channelData: told }, { events: true })
  }

  join(team) {
    team.members.add(this.id)
    return this.changedTeam(team, 'teamMemberAdded', { membersAdded: [this.account()] })
  }

  leave(team) {
    team.members.delete(this.id)
    return this.changedTeam(team, 'teamMemberRemoved', { membersRemoved: [this.account()] })
  }

  changedTeam(team, eventType, more = {}) {
    return this.teams.happened(eventType, team.channels.get(team.id), { from: this.account(), ...more })
  }

  rename(channel, name) {
    channel.name = name
    return this.teams.happened('channelRenamed', channel, { from: this.account() })
  }

  deleteChannel(channel) {
    channel.deleted = true
    channel.team.channels.delete(channel.id)
    return this.teams.happened('channelDeleted', channel, { from: this.account() })
  }
}
