// Block Kit's rules, from the types and documentation comments in @slack/types. Lists what is wrong with blocks or a view in
// Slack's own words. A block without a row here is refused; add one when the connector starts to use a new block.
const TEXT = ['plain_text', 'mrkdwn']
const PLAIN = ['plain_text']
// The size of all blocks of one message as sent. Slack does not document it; others measured it (slackapi/bolt-js#2509).
const MESSAGE_MOST = 13_200

class Faults {
  constructor() {
    this.list = []
  }

  add(where, what) {
    this.list.push(`[ERROR] ${what} [json-pointer:${where}]`)
  }

  // Checks an object's required and allowed members.
  members(object, where, needed, others) {
    if (object === null || typeof object !== 'object' || Array.isArray(object)) return this.add(where, 'must be an object'), false
    for (const name of needed) if (object[name] === undefined) this.add(where, `missing required field: ${name}`)
    for (const name of Object.keys(object))
      if (!needed.includes(name) && !others.includes(name)) this.add(where, `invalid additional property: ${name}`)
    return needed.every((name) => object[name] !== undefined)
  }

  string(value, most, where, least = 0) {
    if (value === undefined) return
    if (typeof value !== 'string') return this.add(where, 'must be a string')
    if (value.length > most) this.add(where, `must be less than ${most + 1} characters`)
    if (value.length < least) this.add(where, `must be more than ${least - 1} characters`)
  }

  items(value, most, where, least = 1) {
    if (!Array.isArray(value)) return this.add(where, 'must be an array'), []
    if (value.length > most) this.add(where, `no more than ${most} items allowed [input:${value.length}]`)
    if (value.length < least) this.add(where, `no less than ${least} items allowed`)
    return value
  }

  oneOf(value, list, where) {
    if (value !== undefined && !list.includes(value)) this.add(where, `must be one of ${list}`)
  }

  text(object, most, where, kinds = TEXT) {
    if (object === undefined) return
    const extra = object?.type === 'mrkdwn' ? ['verbatim'] : ['emoji']
    if (!this.members(object, where, ['type', 'text'], extra)) return
    this.oneOf(object.type, kinds, `${where}/type`)
    this.string(object.text, most, `${where}/text`, 1)
  }

  plain(object, most, where) {
    this.text(object, most, where, PLAIN)
  }
}

// ---- elements ----

const ACTION = ['action_id']
const FOCUS = [...ACTION, 'focus_on_load']
const SELECT = [...FOCUS, 'placeholder', 'confirm']
const MULTI = [...SELECT, 'max_selected_items']
const URL_RESPONSE = ['response_url_enabled']
const INPUT = [...FOCUS, 'placeholder', 'dispatch_action_config', 'initial_value']

function option(o, w, f) {
  if (!f.members(o, w, ['text', 'value'], ['description', 'url'])) return
  f.text(o.text, 75, `${w}/text`)
  f.string(o.value, 150, `${w}/value`)
  f.text(o.description, 75, `${w}/description`)
}

const options = (most) => (e, w, f) => {
  if (e.option_groups === undefined) f.items(e.options, most, `${w}/options`).forEach((o, i) => option(o, `${w}/options/${i}`, f))
  const known = (e.options ?? []).map((o) => JSON.stringify([o.text, o.value]))
  for (const o of [e.initial_option, ...(e.initial_options ?? [])].filter(Boolean))
    if (!known.includes(JSON.stringify([o.text, o.value]))) f.add(`${w}/initial_option`, 'is not among the options')
}

function textInput(e, w, f) {
  const most = e.max_length ?? 3000
  if (!(most >= 1 && most <= 3000)) f.add(`${w}/max_length`, 'must be 1 to 3000')
  if (e.min_length !== undefined && !(e.min_length >= 0 && e.min_length <= most)) f.add(`${w}/min_length`, 'must be 0 to max_length')
  f.string(e.initial_value, most, `${w}/initial_value`)
}

function button(e, w, f) {
  f.plain(e.text, 75, `${w}/text`)
  f.string(e.value, 2000, `${w}/value`)
  f.string(e.url, 3000, `${w}/url`)
  f.string(e.accessibility_label, 75, `${w}/accessibility_label`)
  f.oneOf(e.style, ['primary', 'danger'], `${w}/style`)
}

function image(e, w, f) {
  f.string(e.alt_text, 2000, `${w}/alt_text`)
  f.string(e.image_url, 3000, `${w}/image_url`)
  if (!e.image_url === !e.slack_file) f.add(w, 'either image_url or slack_file is required')
  if (e.slack_file && (typeof e.slack_file.id === 'string') === (typeof e.slack_file.url === 'string')) f.add(`${w}/slack_file`, 'either id or url is required')
  if (e.slack_file) f.members(e.slack_file, `${w}/slack_file`, [], ['id', 'url'])
}

// Where each element may be used (a: actions, i: input, s: accessory of a section, c: context), its required and its optional
// members, and its limits.
const elements = {
  button: ['as', ['text'], [...ACTION, 'value', 'url', 'style', 'confirm', 'accessibility_label'], button],
  image: ['sc', ['alt_text'], ['image_url', 'slack_file'], image],
  overflow: ['as', ['options'], [...ACTION, 'confirm'], options(5)],
  checkboxes: ['ais', ['options'], [...FOCUS, 'initial_options', 'confirm'], options(10)],
  radio_buttons: ['ais', ['options'], [...FOCUS, 'initial_option', 'confirm'], options(10)],
  static_select: ['ais', [], [...SELECT, 'options', 'option_groups', 'initial_option'], options(100)],
  multi_static_select: ['ais', [], [...MULTI, 'options', 'option_groups', 'initial_options'], options(100)],
  users_select: ['ais', [], [...SELECT, 'initial_user']],
  multi_users_select: ['ais', [], [...MULTI, 'initial_users']],
  conversations_select: ['ais', [], [...SELECT, ...URL_RESPONSE, 'initial_conversation', 'default_to_current_conversation', 'filter']],
  channels_select: ['ais', [], [...SELECT, ...URL_RESPONSE, 'initial_channel']],
  datepicker: ['ais', [], [...SELECT, 'initial_date']],
  timepicker: ['ais', [], [...SELECT, 'initial_time', 'timezone']],
  datetimepicker: ['ai', [], [...FOCUS, 'confirm', 'initial_date_time']],
  plain_text_input: ['i', [], [...INPUT, 'multiline', 'min_length', 'max_length'], textInput],
  email_text_input: ['i', [], INPUT],
  url_text_input: ['i', [], INPUT],
  number_input: ['i', ['is_decimal_allowed'], [...INPUT, 'min_value', 'max_value']],
}

function element(e, where, w, f) {
  const [places, needed, others, limits] = elements[e?.type] ?? ['', [], []]
  if (!places.includes(where)) return f.add(w, `unsupported type: ${e?.type}`)
  if (!f.members(e, w, ['type', ...needed], others)) return
  f.string(e.action_id, 255, `${w}/action_id`, 1)
  f.plain(e.placeholder, 150, `${w}/placeholder`)
  limits?.(e, w, f)
}

function elementsOf(b, where, most, w, f) {
  const list = f.items(b.elements, most, `${w}/elements`)
  const ids = list.map((e) => e.action_id).filter(Boolean)
  if (new Set(ids).size !== ids.length) f.add(`${w}/elements`, 'action_id already exists')
  list.forEach((e, i) => {
    if (where === 'c' && TEXT.includes(e?.type)) f.text(e, 3000, `${w}/elements/${i}`)
    else element(e, where, `${w}/elements/${i}`, f)
  })
}

// ---- blocks ----

function section(b, w, f) {
  f.text(b.text, 3000, `${w}/text`)
  if (b.fields) f.items(b.fields, 10, `${w}/fields`).forEach((field, i) => f.text(field, 2000, `${w}/fields/${i}`))
  if (!b.text && !b.fields) f.add(w, 'either text or fields is required')
  if (b.accessory) element(b.accessory, 's', `${w}/accessory`, f)
}

function inputBlock(b, w, f) {
  f.plain(b.label, 2000, `${w}/label`)
  f.plain(b.hint, 2000, `${w}/hint`)
  element(b.element, 'i', `${w}/element`, f)
}

const blocks = {
  header: [['text'], ['level'], (b, w, f) => f.plain(b.text, 150, `${w}/text`)],
  section: [[], ['text', 'fields', 'accessory', 'expand'], section],
  actions: [['elements'], [], (b, w, f) => elementsOf(b, 'a', 25, w, f)],
  context: [['elements'], [], (b, w, f) => elementsOf(b, 'c', 10, w, f)],
  divider: [[], [], () => {}],
  image: [['alt_text'], ['title', 'image_url', 'slack_file'], image],
  markdown: [['text'], [], (b, w, f) => f.string(b.text, 12_000, `${w}/text`)],
  input: [['label', 'element'], ['hint', 'optional', 'dispatch_action'], inputBlock],
}

function checkBlocks(list, most, w, f) {
  const ids = f.items(list, most, w, 0).map((b) => b?.block_id).filter(Boolean)
  if (new Set(ids).size !== ids.length) f.add(w, 'block_id already exists')
  if (!Array.isArray(list)) return
  list.forEach((b, i) => {
    const [needed, others, check] = blocks[b?.type] ?? []
    if (!check) return f.add(`${w}/${i}`, `unsupported type: ${b?.type}`)
    if (f.members(b, `${w}/${i}`, ['type', ...needed], ['block_id', ...others])) check(b, `${w}/${i}`, f)
    f.string(b.block_id, 255, `${w}/${i}/block_id`)
  })
}

export const areTooLong = (list) => JSON.stringify(list).length > MESSAGE_MOST

export function faultsOfBlocks(list) {
  const f = new Faults()
  checkBlocks(list, 50, '/blocks', f)
  return f.list
}

const VIEW = ['private_metadata', 'callback_id', 'external_id']
const views = {
  modal: [['title'], ['submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled']],
  home: [[], []],
}

export function faultsOfView(view) {
  const f = new Faults()
  const [needed, others] = views[view?.type] ?? [[], []]
  if (!views[view?.type]) f.add('/view/type', `unsupported type: ${view?.type}`)
  if (!f.members(view, '/view', ['type', 'blocks', ...needed], [...VIEW, ...others])) return f.list
  checkBlocks(view.blocks, 100, '/view/blocks', f)
  for (const name of ['title', 'submit', 'close']) f.plain(view[name], 24, `/view/${name}`)
  f.string(view.private_metadata, 3000, '/view/private_metadata')
  for (const name of ['callback_id', 'external_id']) f.string(view[name], 255, `/view/${name}`)
  if (view.type === 'modal' && !view.submit && view.blocks.some?.((b) => b?.type === 'input')) f.add('/view', 'missing required field: submit')
  return f.list
}
