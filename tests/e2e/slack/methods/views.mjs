// views.*: forms. A trigger opens one form, once, within three seconds; at most three forms are stacked.
import { faultsOfView } from '../blocks.mjs'
import { fail, parsed } from './call.mjs'

const TRIGGER_MS = 3000
const DEPTH = 3

export function checkView(slack, view) {
  const faults = faultsOfView(view)
  if (!faults.length) return view
  slack.violations.push(`view: ${faults.join('; ')}`)
  return fail('invalid_arguments', { response_metadata: { messages: faults } })
}

function take(slack, id) {
  const trigger = slack.triggers.get(id) ?? fail('invalid_trigger_id')
  if (trigger.used) fail('exchanged_trigger_id')
  if (Date.now() - trigger.at > TRIGGER_MS) fail('expired_trigger_id')
  return trigger
}

function open(slack, a) {
  const trigger = take(slack, a.trigger_id)
  const given = checkView(slack, parsed(a, 'view'))
  trigger.used = true
  return { view: slack.workspace.addView(given, trigger.user) }
}

function push(slack, a) {
  const trigger = take(slack, a.trigger_id)
  const given = checkView(slack, parsed(a, 'view'))
  const below = slack.workspace.views.filter((v) => v.person === trigger.user && v.open)
  if (below.length >= DEPTH) fail('push_limit_reached')
  trigger.used = true
  const top = below.at(-1)
  return { view: slack.workspace.addView(given, trigger.user, { root: top?.root_view_id, previous: top?.id }) }
}

function update(slack, a) {
  const w = slack.workspace
  const view = w.views.find((v) => v.open && (a.view_id ? v.id === a.view_id : a.external_id && v.external_id === a.external_id)) ?? fail('not_found')
  if (a.hash && a.hash !== view.hash) fail('hash_conflict')
  const given = checkView(slack, parsed(a, 'view'))
  Object.assign(view, w.viewContent(given), { hash: w.hash() })
  return { view }
}

function publish(slack, a) {
  if (!slack.workspace.users.has(a.user_id)) fail('invalid_arguments')
  const given = checkView(slack, parsed(a, 'view'))
  for (const v of slack.workspace.views) if (v.type === 'home' && v.person === a.user_id) v.open = false
  return { view: slack.workspace.addView(given, a.user_id) }
}

export const views = {
  'views.open': [null, open],
  'views.push': [null, push],
  'views.update': [null, update],
  'views.publish': [null, publish],
}
