// The rules of Adaptive Cards 1.5 in Teams, from the types in @microsoft/teams.cards. Lists what is wrong with a card. An element
// without a row here is refused; add one when the connector starts to use a new one.
import { pngOf } from '../png.mjs'

const COMMON = ['id', 'isVisible', 'spacing', 'separator', 'height', 'fallback', 'requires']
const INPUT = [...COMMON, 'label', 'isRequired', 'errorMessage']
const ACTION = ['id', 'title', 'iconUrl', 'style', 'fallback', 'tooltip', 'isEnabled', 'mode', 'requires']

// type: [needed, others, children]
const elements = {
  TextBlock: [['text'], ['color', 'fontType', 'horizontalAlignment', 'isSubtle', 'maxLines', 'size', 'weight', 'wrap', 'style']],
  RichTextBlock: [['inlines'], ['horizontalAlignment']],
  FactSet: [['facts'], []],
  Image: [['url', 'altText'], ['backgroundColor', 'horizontalAlignment', 'selectAction', 'size', 'style', 'width']],
  Container: [['items'], ['selectAction', 'style', 'verticalContentAlignment', 'bleed', 'minHeight'], (e) => e.items],
  ColumnSet: [['columns'], ['selectAction', 'style', 'bleed', 'horizontalAlignment'], (e) => e.columns],
  Column: [[], ['items', 'style', 'width', 'verticalContentAlignment', 'selectAction', 'bleed'], (e) => e.items ?? []],
  ActionSet: [['actions'], ['horizontalAlignment']],
  'Input.Text': [['id'], [...INPUT, 'isMultiline', 'maxLength', 'placeholder', 'regex', 'style', 'value', 'inlineAction']],
  'Input.ChoiceSet': [['id'], [...INPUT, 'choices', 'isMultiSelect', 'style', 'value', 'placeholder', 'wrap', 'choices.data']],
  'Input.Toggle': [['id', 'title'], [...INPUT, 'value', 'valueOn', 'valueOff', 'wrap']],
  'Input.Number': [['id'], [...INPUT, 'max', 'min', 'placeholder', 'value']],
  'Input.Date': [['id'], [...INPUT, 'max', 'min', 'placeholder', 'value']],
  'Input.Time': [['id'], [...INPUT, 'max', 'min', 'placeholder', 'value']],
}
const actions = {
  'Action.Execute': [[], ['verb', 'data', 'associatedInputs']],
  'Action.Submit': [[], ['data', 'associatedInputs']],
  'Action.OpenUrl': [['url'], []],
  'Action.ShowCard': [['card'], []],
}
const CARD = ['$schema', 'type', 'version', 'body', 'actions', 'refresh', 'fallbackText', 'speak', 'lang', 'msteams', 'authentication', 'minHeight']
const IMAGE_BYTES = 1 << 20
const IMAGE_SIDE = 1024
const MOST_ACTIONS = 6 // shown side by side; the rest is in an overflow menu where its mode says so
const REFRESHED_MOST = 60

function members(object, where, needed, others, faults) {
  for (const name of needed) if (object[name] === undefined) faults.push(`${where}: ${name} is missing`)
  for (const name of Object.keys(object)) if (!needed.includes(name) && !others.includes(name)) faults.push(`${where}: unknown member ${name}`)
}

function checkAction(action, where, faults) {
  const [needed, others] = actions[action?.type] ?? []
  if (!needed) return void faults.push(`${where}: unknown action ${action?.type}`)
  members(action, where, ['type', ...needed], [...ACTION, ...others], faults)
  if (action.type !== 'Action.OpenUrl' && !action.title && !/selectAction|refresh/.test(where)) faults.push(`${where}: an action without a title`)
  if (action.type === 'Action.OpenUrl' && !/^(https?|mailto|msteams):/.test(action.url)) faults.push(`${where}: ${action.url} is no link`)
  if (action.card) checkCard(action.card, `${where}.card`, faults)
}

function checkActions(list, where, faults) {
  if (!Array.isArray(list)) return void faults.push(`${where}: not a list`)
  if (list.filter((a) => a.mode !== 'secondary').length > MOST_ACTIONS) faults.push(`${where}: more than ${MOST_ACTIONS} actions`)
  list.forEach((action, i) => checkAction(action, `${where}[${i}]`, faults))
}

// Bytes in the card: at most a megabyte and 1024 pixels a side, as Teams documents for pictures of bots.
function checkImage({ url, altText, size }, where, faults) {
  if (!altText) faults.push(`${where}: a picture that says nothing to whom cannot see it`)
  if (size !== undefined && !['Auto', 'Stretch', 'Small', 'Medium', 'Large'].includes(size)) faults.push(`${where}: size ${size}`)
  const bytes = bytesOf(url)
  if (!bytes) return void (/^https:/.test(url) || faults.push(`${where}: no address of a picture`))
  const { width, height } = pngOf(bytes)
  if (bytes.length > IMAGE_BYTES || width > IMAGE_SIDE || height > IMAGE_SIDE) faults.push(`${where}: ${bytes.length} bytes, ${width} x ${height}`)
}

// The bytes of a picture that is in its address.
export const bytesOf = (url) => (/^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/.test(url) ? Buffer.from(url.split(',')[1], 'base64') : undefined)

function checkElement(e, where, ids, faults) {
  const [needed, others, children] = elements[e?.type] ?? []
  if (!needed) return void faults.push(`${where}: unknown element ${e?.type}`)
  members(e, where, ['type', ...needed], [...COMMON, ...others], faults)
  if (e.id && ids.has(e.id)) faults.push(`${where}: the id ${e.id} is there twice`)
  ids.add(e.id)
  if (e.type === 'TextBlock' && (typeof e.text !== 'string' || !e.text)) faults.push(`${where}: a TextBlock without text`)
  if (e.type === 'Image') checkImage(e, where, faults)
  if (e.type === 'FactSet') for (const f of e.facts) members(f, `${where}.facts`, ['title', 'value'], [], faults)
  if (e.choices) for (const c of e.choices) members(c, `${where}.choices`, ['title', 'value'], [], faults)
  if (e.isRequired && !e.errorMessage) faults.push(`${where}: required, without an errorMessage`)
  if (e.actions) checkActions(e.actions, `${where}.actions`, faults)
  if (e.selectAction) checkAction(e.selectAction, `${where}.selectAction`, faults)
  children?.(e).forEach((c, i) => checkElement(c.type || e.type !== 'ColumnSet' ? c : { type: 'Column', ...c }, `${where}[${i}]`, ids, faults))
}

function checkCard(card, where, faults) {
  if (card?.type !== 'AdaptiveCard') return void faults.push(`${where}: not an AdaptiveCard`)
  members(card, where, ['type', 'version'], CARD, faults)
  if (!['1.4', '1.5'].includes(card.version)) faults.push(`${where}: version ${card.version}`)
  const ids = new Set()
  card.body?.forEach((e, i) => checkElement(e, `${where}.body[${i}]`, ids, faults))
  if (card.actions) checkActions(card.actions, `${where}.actions`, faults)
  if (card.refresh) {
    if (card.refresh.action?.type !== 'Action.Execute') faults.push(`${where}.refresh: must be an Action.Execute`)
    else checkAction(card.refresh.action, `${where}.refresh`, faults)
    if ((card.refresh.userIds?.length ?? 0) > REFRESHED_MOST) faults.push(`${where}.refresh: more than ${REFRESHED_MOST} userIds`)
  }
}

export function faultsOfCard(card) {
  const faults = []
  checkCard(card, 'card', faults)
  return faults
}

// All elements and actions of a card, however deep.
export function* partsOf(card) {
  const list = [...(card.body ?? card.items ?? card.columns ?? []), ...(card.actions ?? [])]
  for (const part of list) {
    yield part
    yield* partsOf(part)
    if (part.card) yield* partsOf(part.card)
  }
}

export const cardOf = (message) => message.attachments?.find((a) => a.contentType === 'application/vnd.microsoft.card.adaptive')?.content

// What somebody reads of a card.
export function textOfCard(card) {
  return [...partsOf(card)].flatMap((p) => [p.text, p.label, ...(p.facts ?? []).map((f) => `${f.title}: ${f.value}`)]).filter(Boolean).join('\n')
}
