// Block Kit's limits, from the documentation comments in @slack/types: what is wrong with blocks or a view, or nothing.
const TEXT = { plain_text: true, mrkdwn: true }

function text(object, most, where, faults, kinds = TEXT) {
  if (!object || typeof object.text !== 'string' || !kinds[object.type]) return faults.push(`${where}: no text object`)
  if (object.text.length < 1 || object.text.length > most) faults.push(`${where}: ${object.text.length} characters of ${most}`)
  if (object.type === 'plain_text' && object.verbatim !== undefined) faults.push(`${where}: verbatim is for mrkdwn`)
}

const PLAIN = { plain_text: true }

function button(e, where, faults) {
  text(e.text, 75, `${where}.text`, faults, PLAIN)
  if (typeof e.action_id !== 'string' || e.action_id.length > 255) faults.push(`${where}: action_id`)
  if (e.value !== undefined && (typeof e.value !== 'string' || e.value.length > 2000)) faults.push(`${where}: value`)
  if (e.style !== undefined && !['primary', 'danger'].includes(e.style)) faults.push(`${where}: style`)
}

function input(e, where, faults) {
  if (e.type === 'plain_text_input') {
    if (e.max_length !== undefined && (e.max_length < 1 || e.max_length > 3000)) faults.push(`${where}: max_length`)
    if (e.initial_value !== undefined && e.initial_value.length > (e.max_length ?? 3000)) faults.push(`${where}: initial_value`)
  } else if (e.type === 'static_select') {
    if (!Array.isArray(e.options) || e.options.length < 1 || e.options.length > 100) return faults.push(`${where}: options`)
    for (const o of e.options) {
      text(o.text, 75, `${where}.option`, faults, PLAIN)
      if (typeof o.value !== 'string' || o.value.length > 150) faults.push(`${where}: option value`)
    }
    const first = JSON.stringify(e.initial_option)
    if (first !== undefined && !e.options.some((o) => JSON.stringify(o) === first)) faults.push(`${where}: initial_option`)
  } else if (e.type !== 'users_select') {
    faults.push(`${where}: element ${e.type}`)
  }
  if (typeof e.action_id !== 'string') faults.push(`${where}: action_id`)
}

const blocks = {
  header: (b, w, f) => text(b.text, 150, `${w}.text`, f, PLAIN),
  section(b, w, f) {
    if (b.text) text(b.text, 3000, `${w}.text`, f)
    if (b.fields && (b.fields.length < 1 || b.fields.length > 10)) f.push(`${w}: ${b.fields.length} fields`)
    for (const field of b.fields ?? []) text(field, 2000, `${w}.field`, f)
    if (!b.text && !b.fields) f.push(`${w}: neither text nor fields`)
  },
  actions(b, w, f) {
    if (!Array.isArray(b.elements) || b.elements.length < 1 || b.elements.length > 25) return f.push(`${w}: elements`)
    const ids = new Set(b.elements.map((e) => e.action_id))
    if (ids.size !== b.elements.length) f.push(`${w}: action_id stands twice`)
    b.elements.forEach((e, i) => (e.type === 'button' ? button(e, `${w}[${i}]`, f) : f.push(`${w}: element ${e.type}`)))
  },
  context(b, w, f) {
    if (!Array.isArray(b.elements) || b.elements.length < 1 || b.elements.length > 10) return f.push(`${w}: elements`)
    b.elements.forEach((e, i) => text(e, 3000, `${w}[${i}]`, f))
  },
  divider() {},
  input(b, w, f) {
    text(b.label, 2000, `${w}.label`, f, PLAIN)
    if (b.hint) text(b.hint, 2000, `${w}.hint`, f, PLAIN)
    input(b.element ?? {}, `${w}.element`, f)
  },
}

export function faultsOfBlocks(list, { most = 50, modal = false } = {}) {
  const faults = []
  if (!Array.isArray(list)) return ['blocks are no array']
  if (list.length > most) faults.push(`${list.length} blocks of ${most}`)
  const ids = list.map((b) => b.block_id).filter(Boolean)
  if (new Set(ids).size !== ids.length) faults.push('block_id stands twice')
  list.forEach((b, i) => {
    if (b.block_id !== undefined && (typeof b.block_id !== 'string' || b.block_id.length > 255)) faults.push(`${i}: block_id`)
    if (!blocks[b.type] || (b.type === 'input' && !modal)) faults.push(`${i}: block ${b.type}`)
    else blocks[b.type](b, `${i}.${b.type}`, faults)
  })
  return faults
}

export function faultsOfView(view) {
  const faults = faultsOfBlocks(view.blocks, { most: 100, modal: true })
  if (view.type !== 'modal') faults.push('type')
  text(view.title, 24, 'title', faults, PLAIN)
  if (view.submit) text(view.submit, 24, 'submit', faults, PLAIN)
  if (view.close) text(view.close, 24, 'close', faults, PLAIN)
  if ((view.private_metadata ?? '').length > 3000) faults.push('private_metadata')
  if ((view.callback_id ?? '').length > 255) faults.push('callback_id')
  if (view.blocks?.some((b) => b.type === 'input') && !view.submit) faults.push('inputs without submit')
  return faults
}
