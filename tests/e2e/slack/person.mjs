// Somebody in the workspace: writes, reacts, presses, fills in forms.
export class SlackPerson {
  constructor(slack, options) {
    this.slack = slack
    this.user = slack.workspace.addUser(options)
    this.id = this.user.id
  }

  channel(name) {
    const w = this.slack.workspace
    return w.channels.get(name) ?? w.byName(name)
  }

  event(event) {
    return this.slack.inbound.event({ user: this.id, team: this.user.team_id, ...event })
  }

  join(name) {
    const channel = this.channel(name)
    channel.members.add(this.id)
    return this.event({ type: 'member_joined_channel', channel: channel.id, channel_type: 'C' })
  }

  leave(name) {
    const channel = this.channel(name)
    channel.members.delete(this.id)
    return this.event({ type: 'member_left_channel', channel: channel.id, channel_type: 'C' })
  }

  // The message and the app's acknowledgement of it.
  say(name, text, { thread, files } = {}) {
    const w = this.slack.workspace
    const channel = name === '@tocsin' ? w.talk(this.id) : this.channel(name)
    const message = w.addMessage(channel, { user: this.id, team: this.user.team_id, text, ...(thread ? { thread_ts: thread } : {}),
      ...(files ? { files, subtype: 'file_share' } : {}) })
    const { revisions, ...shown } = message
    const type = channel.is_im ? 'im' : channel.is_private ? 'group' : 'channel'
    const event = { ...shown, channel: channel.id, channel_type: type, event_ts: message.ts,
      ...(channel.is_ext_shared ? { user_team: this.user.team_id, source_team: this.user.team_id } : {}) }
    const acks = [this.event(event)]
    if (text.includes(`<@${w.bot.id}>`)) acks.push(this.event({ ...event, type: 'app_mention' }))
    return { message, channel, acked: Promise.all(acks) }
  }

  edit(channel, message, text) {
    const before = { type: 'message', user: this.id, text: message.text, ts: message.ts }
    message.text = text
    return this.slack.inbound.event({ type: 'message', subtype: 'message_changed', channel: channel.id, channel_type: 'channel',
      message: { ...before, text, edited: { user: this.id, ts: message.ts } }, previous_message: before, ts: this.slack.workspace.ts() })
  }

  delete(channel, message) {
    message.deleted = true
    return this.slack.inbound.event({ type: 'message', subtype: 'message_deleted', channel: channel.id, deleted_ts: message.ts,
      previous_message: { type: 'message', user: this.id, text: message.text, ts: message.ts }, ts: this.slack.workspace.ts() })
  }

  react(channel, ts, reaction, type = 'reaction_added') {
    return this.event({ type, reaction, item: { type: 'message', channel: channel.id, ts }, event_ts: this.slack.workspace.ts() })
  }

  interact(payload) {
    const w = this.slack.workspace
    return this.slack.inbound.deliver('interactive', { team: { id: w.team, domain: 'tocsin' }, user: { id: this.id, username: this.user.name, team_id: w.team },
      api_app_id: 'A0TOCSIN1', token: 'x', trigger_id: this.slack.trigger(this.id), ...payload })
  }

  // Presses the button of that label in a message.
  press(channel, message, label) {
    const buttons = (message.blocks ?? []).filter((b) => b.type === 'actions').flatMap((b) => b.elements)
    const button = buttons.find((b) => b.text.text === label)
    if (!button) throw new Error(`no button ${label} among ${buttons.map((b) => b.text.text)}`)
    return this.interact({ type: 'block_actions', container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: !!message.ephemeral },
      channel: { id: channel.id, name: channel.name }, message: { ts: message.ts, text: message.text },
      response_url: `${this.slack.url}/response/${message.ts}`,
      actions: [{ ...button, block_id: 'x', action_ts: this.slack.workspace.ts() }] })
  }

  slash(name, text, command = '/inc') {
    const channel = name === '@tocsin' ? this.slack.workspace.talk(this.id) : this.channel(name)
    return this.slack.inbound.deliver('slash_commands', { token: 'x', team_id: this.slack.workspace.team, team_domain: 'tocsin',
      channel_id: channel.id, channel_name: channel.name, user_id: this.id, user_name: this.user.name, command, text,
      api_app_id: 'A0TOCSIN1', response_url: `${this.slack.url}/response/slash`, trigger_id: this.slack.trigger(this.id) })
  }

  shortcut(channel, message, callback = 'declare') {
    return this.interact({ type: 'message_action', callback_id: callback, channel: { id: channel.id, name: channel.name },
      message: { type: 'message', user: message.user, ts: message.ts, text: message.text }, message_ts: message.ts,
      response_url: `${this.slack.url}/response/shortcut` })
  }

  // The newest form that was shown to this person.
  view() {
    return this.slack.workspace.views.findLast((v) => v.user === this.id)
  }

  // Fills it in: { block_id: text or user id } and submits.
  submit(view, given) {
    const values = {}
    for (const block of view.blocks.filter((b) => b.type === 'input')) {
      const value = given[block.block_id]
      const { type, action_id } = block.element
      const state = {
        plain_text_input: () => ({ value: value ?? block.element.initial_value ?? null }),
        static_select: () => ({ selected_option: block.element.options.find((o) => o.value === value) ?? block.element.initial_option ?? null }),
        users_select: () => ({ selected_user: value ?? null }),
      }[type]()
      values[block.block_id] = { [action_id]: { type, ...state } }
    }
    return this.interact({ type: 'view_submission', view: { ...view, state: { values } } })
  }
}
