// Somebody in the workspace who writes, reacts, presses buttons and fills in forms. Each act resolves with the app's answer, or
// with undefined if the app is not told or does not answer in time.
import { typeOf } from './state.mjs'

export class SlackPerson {
  constructor(slack, options) {
    this.slack = slack
    this.user = slack.workspace.addUser(options)
    this.id = this.user.id
  }

  channel(name) {
    const w = this.slack.workspace
    if (typeof name === 'object') return name
    return name === '@tocsin' ? w.talk(this.id) : (w.channels.get(name) ?? w.byName(name))
  }

  // An app is told what happens in channels that it is in.
  event(channel, event) {
    return this.slack.hears(channel) ? this.slack.inbound.event(event) : Promise.resolve()
  }

  // ---- channels ----

  join(name) {
    const channel = this.channel(name)
    channel.members.add(this.id)
    this.slack.changed(channel, 'channel_join', this.id)
    return this.event(channel, { type: 'member_joined_channel', user: this.id, channel: channel.id, channel_type: 'C', team: this.user.team_id })
  }

  leave(name) {
    const channel = this.channel(name)
    channel.members.delete(this.id)
    return this.event(channel, { type: 'member_left_channel', user: this.id, channel: channel.id, channel_type: 'C', team: this.user.team_id })
  }

  // Invites the app.
  invite(name) {
    const channel = this.channel(name)
    const { bot, team } = this.slack.workspace
    channel.members.add(bot.id)
    return this.event(channel, { type: 'member_joined_channel', user: bot.id, channel: channel.id, channel_type: 'C', team, inviter: this.id })
  }

  // Removes the app, which is told although it is no longer in the channel.
  remove(name) {
    const channel = this.channel(name)
    const { bot, team } = this.slack.workspace
    const left = { type: channel.is_private ? 'group_left' : 'channel_left', channel: channel.id }
    channel.members.delete(bot.id)
    return Promise.all([left, { type: 'member_left_channel', user: bot.id, channel: channel.id, channel_type: channel.is_private ? 'G' : 'C', team }].map((e) => this.slack.inbound.event(e)))
  }

  rename(name, to) {
    const channel = this.channel(name)
    const before = channel.name
    const kind = channel.is_private ? 'group' : 'channel'
    channel.name = channel.name_normalized = to
    this.slack.changed(channel, `${kind}_name`, this.id, { old_name: before, name: to })
    return this.slack.inbound.event({ type: `${kind}_rename`, channel: { id: channel.id, name: to, name_normalized: to, created: channel.created } })
  }

  archive(name, archived = true) {
    const channel = this.channel(name)
    const word = `${channel.is_private ? 'group' : 'channel'}_${archived ? 'archive' : 'unarchive'}`
    channel.is_archived = archived
    this.slack.changed(channel, word, this.id)
    return this.slack.inbound.event({ type: word, channel: channel.id, user: this.id })
  }

  // ---- messages ----

  // Returns the message, and a promise of the app's acknowledgement.
  say(name, text, { thread, files } = {}) {
    const w = this.slack.workspace
    const channel = this.channel(name)
    const message = w.addMessage(channel, { user: this.id, team: this.user.team_id, text, client_msg_id: crypto.randomUUID(), ...(thread ? { thread_ts: thread } : {}),
      ...(files ? { files: files.map((f) => this.file(f)), subtype: 'file_share', upload: false } : {}) })
    const event = { ...message, channel: channel.id, event_ts: message.ts, ...this.from(channel) }
    const acks = [this.event(channel, { ...event, channel_type: typeOf(channel) })]
    const { subtype, ...plain } = event
    if (text.includes(`<@${w.bot.id}>`) && !channel.is_im) acks.push(this.event(channel, { ...plain, type: 'app_mention' }))
    return { message, channel, acked: Promise.all(acks) }
  }

  from(channel) {
    return channel.is_ext_shared ? { user_team: this.user.team_id, source_team: this.user.team_id } : {}
  }

  file(file) {
    const id = file.id ?? this.slack.workspace.id('F')
    const { domain } = this.slack.workspace
    return { title: file.name, mode: 'hosted', mimetype: 'application/octet-stream', user: this.id, size: 1000, file_access: 'visible',
      permalink: `https://${domain}.slack.com/files/${this.id}/${id}`, url_private: `https://files.slack.com/files-pri/${id}/x`, ...file, id }
  }

  upload(name, file, text = '') {
    return this.say(name, text, { files: [{ name: file }] })
  }

  edit(channel, message, text) {
    const before = { ...message }
    message.revisions.push({ text: message.text })
    Object.assign(message, { text, edited: { user: this.id, ts: this.slack.workspace.ts() } })
    return this.event(channel, { type: 'message', subtype: 'message_changed', hidden: true, channel: channel.id, channel_type: typeOf(channel),
      message: { ...message, source_team: this.user.team_id, user_team: this.user.team_id }, previous_message: before, ts: this.slack.workspace.ts() })
  }

  delete(channel, message) {
    message.deleted = true
    return this.event(channel, { type: 'message', subtype: 'message_deleted', hidden: true, channel: channel.id, channel_type: typeOf(channel),
      deleted_ts: message.ts, previous_message: { ...message }, ts: this.slack.workspace.ts() })
  }

  react(channel, ts, reaction, type = 'reaction_added') {
    const message = channel.messages.find((m) => m.ts === ts)
    if (message) this.slack.workspace[type === 'reaction_added' ? 'react' : 'unreact'](message, reaction, this.id)
    return this.event(channel, { type, user: this.id, reaction, item: { type: 'message', channel: channel.id, ts }, item_user: message?.user })
  }

  // ---- commands, buttons, forms ----

  interact(payload) {
    const w = this.slack.workspace
    return this.slack.inbound.deliver('interactive', { team: { id: w.team, domain: w.domain },
      user: { id: this.id, name: this.user.name, username: this.user.name, team_id: this.user.team_id },
      api_app_id: w.app, token: 'x', enterprise: null, is_enterprise_install: false, ...payload })
  }

  trigger() {
    return { trigger_id: this.slack.trigger(this.id) }
  }

  place(channel) {
    return { id: channel.id, name: channel.is_im ? 'directmessage' : channel.is_private ? 'privategroup' : channel.name }
  }

  // Presses a message's button by its label.
  press(channel, message, label) {
    const all = (message.blocks ?? []).flatMap((b) => [...(b.type === 'actions' ? b.elements : []), b.accessory].filter((e) => e?.type === 'button').map((e) => [b, e]))
    const [block, { confirm, accessibility_label, ...button }] = all.find(([, e]) => e.text.text === label || e.action_id === label) ?? [null, {}]
    if (!block) throw new Error(`no button ${label} among ${all.map(([, e]) => e.text.text)}`)
    return this.interact({ type: 'block_actions', container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: !!message.ephemeral },
      channel: this.place(channel), message: { ...message }, state: { values: {} }, ...this.trigger(),
      response_url: this.slack.inbound.responseUrl({ channel, user: this.id, message }),
      actions: [{ ...button, text: { emoji: true, ...button.text }, block_id: block.block_id, action_ts: this.slack.workspace.ts() }] })
  }

  // The app's acknowledgement may carry an answer, for this person or for everybody.
  async slash(name, text, command = '/inc') {
    const w = this.slack.workspace
    const channel = this.channel(name)
    const { id, name: shown } = this.place(channel)
    const answer = await this.slack.inbound.deliver('slash_commands', { token: 'x', team_id: w.team, team_domain: w.domain, channel_id: id, channel_name: shown,
      user_id: this.id, user_name: this.user.name, command, text, api_app_id: w.app, is_enterprise_install: 'false',
      response_url: this.slack.inbound.responseUrl({ channel, user: this.id }), ...this.trigger() })
    if (answer?.text || answer?.blocks) this.slack.inbound.show({ channel, user: this.id }, answer)
    return answer
  }

  shortcut(channel, message, callback = 'declare') {
    return this.interact({ type: 'message_action', callback_id: callback, channel: this.place(channel), message: { ...message }, message_ts: message.ts,
      action_ts: this.slack.workspace.ts(), response_url: this.slack.inbound.responseUrl({ channel, user: this.id }), ...this.trigger() })
  }

  globalShortcut(callback) {
    return this.interact({ type: 'shortcut', callback_id: callback, action_ts: this.slack.workspace.ts(), ...this.trigger() })
  }

  // The form that this person sees on top.
  view() {
    return this.slack.workspace.views.findLast((v) => v.person === this.id && v.open && v.type === 'modal')
  }

  // Fills in a form, { block_id: text or user id }, and submits it.
  async submit(view, given) {
    const values = {}
    for (const block of view.blocks.filter((b) => b.type === 'input')) {
      const { type, action_id } = block.element
      values[block.block_id] = { [action_id]: { type, ...entered(block, given[block.block_id]) } }
    }
    const answer = await this.interact({ type: 'view_submission', view: { ...view, state: { values } }, response_urls: [], ...this.trigger() })
    if (answer) this.answered(view, answer)
    return answer
  }

  // Closes a form; the app is told if it asked to be.
  close(view) {
    view.open = false
    return view.notify_on_close ? this.interact({ type: 'view_closed', view: { ...view }, is_cleared: false }) : Promise.resolve()
  }

  answered(view, { response_action: what, errors, view: next }) {
    const w = this.slack.workspace
    const inputs = view.blocks.filter((b) => b.type === 'input').map((b) => b.block_id)
    if (what === 'errors') {
      view.errors = errors
      for (const name of Object.keys(errors)) if (!inputs.includes(name)) this.slack.violations.push(`an error for ${name}, which is not an input of the view`)
    } else if (what === 'update') Object.assign(view, w.viewContent(this.slack.checked(next)), { hash: w.hash() })
    else if (what === 'push') w.addView(this.slack.checked(next), this.id, { root: view.root_view_id, previous: view.id })
    else if (what === 'clear') for (const v of w.views) v.open &&= v.person !== this.id
    else view.open = false
  }
}

// A field's state as Slack sends it. Slack checks required fields and lengths before it sends a form.
const states = {
  static_select: (e, value) => ({ selected_option: e.options.find((o) => o.value === value) ?? e.initial_option ?? null }),
  users_select: (e, value) => ({ selected_user: value ?? e.initial_user ?? null }),
}
function entered({ block_id, element, optional }, value) {
  const state = states[element.type]?.(element, value) ?? { value: value ?? element.initial_value ?? null }
  const text = Object.values(state)[0]
  if (!optional && !text) throw new Error(`${block_id} is required`)
  if (typeof text === 'string' && text.length > (element.max_length ?? 3000)) throw new Error(`${block_id} is too long`)
  return state
}
