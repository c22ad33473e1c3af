// PagerDuty: an export, and who is on call by it.
import { DAY, HOUR, MINUTE, fromWall, iso, midnight, mod, people, random, render, wall, weekday, zones } from './company.mjs'

const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`
const windows = { 'Europe/London': 'GMT Standard Time', 'America/New_York': 'Eastern Time (US & Canada)' }

function restrictions(r) {
  const kind = r.below(5)
  if (kind === 0) return [{ type: 'daily_restriction', start_time_of_day: clock(9 * 60 + 15 * r.below(8)), duration_seconds: 3600 * (4 + r.below(8)) }]
  if (kind === 1) return [{ type: 'daily_restriction', start_time_of_day: '20:00:00', duration_seconds: 12 * 3600 }]
  if (kind === 2) return [{ type: 'weekly_restriction', start_day_of_week: 5, start_time_of_day: '18:00:00', duration_seconds: 62 * 3600 }]
  if (kind === 3)
    return [1, 2, 3, 4, 5].map((day) => ({ type: 'weekly_restriction', start_day_of_week: day, start_time_of_day: '08:30:00', duration_seconds: 9 * 3600 }))
  return []
}

function layer(r, staff, zone, now, i) {
  const days = r.pick([1, 7, 7, 14]), half = r.chance(0.1)
  const start = fromWall(midnight(now - r.below(700) * DAY) + r.pick([9, 10, 8.5, 17]) * HOUR, zone)
  const late = r.chance(0.15) ? now + r.below(60) * DAY + 5 * MINUTE * r.below(288) : start
  return {
    id: `L${i}`, name: `Layer ${i}`, start: iso(late), rotation_virtual_start: iso(start),
    end: r.chance(0.15) ? iso(Math.max(late, now) + (i && r.chance(0.2) ? -30 : 20 + r.below(80)) * DAY + 5 * MINUTE * r.below(288)) : null,
    rotation_turn_length_seconds: half ? 12 * 3600 : days * 86400,
    users: r.some(staff, 1 + r.below(8)).map(({ id }) => ({ user: { id, type: 'user_reference' } })),
    restrictions: restrictions(r),
  }
}

export function make(seed, now) {
  const r = random(seed), staff = people(200), gone = { id: 'PGONE' }
  const users = staff.map((p, i) => ({
    id: p.id, type: 'user', name: p.name, email: p.email, time_zone: zones[0],
    contact_methods: [{ type: 'email_contact_method', address: p.email }, { type: 'sms_contact_method', country_code: 44, address: p.phone }],
    notification_rules: [{ urgency: 'high', start_delay_in_minutes: i % 10, contact_method: { type: 'sms_contact_method', summary: 'Mobile' } }],
    teams: [{ id: `T${i % 12}`, type: 'team_reference', summary: `Team ${i % 12}` }],
  }))
  const schedules = Array.from({ length: 25 }, (_, i) => {
    const zone = zones[i % zones.length], team = staff.slice(i * 8, i * 8 + 8)
    const schedule = {
      id: `S${i}`, type: 'schedule', name: `${['Primary', 'Платежи', 'End-to-end "x"'][i % 3]} ${i}`, time_zone: windows[zone] ?? zone,
      schedule_layers: Array.from({ length: 1 + r.below(3) }, (_, k) => layer(r, i === 3 ? [...team.slice(0, 7), gone] : team, zone, now, k)),
    }
    const overrides = Array.from({ length: r.below(4) }, (_, k) => {
      const start = now + (k * 25 + r.below(20)) * DAY + 5 * MINUTE * r.below(288)
      return { start: iso(start), end: iso(start + 5 * MINUTE * (1 + r.below(900))), user: { id: r.pick(staff).id } }
    })
    schedule.overrides_subschedule = { rendered_schedule_entries: overrides }
    const who = onCall(schedule, zone)
    schedule.final_schedule = { rendered_schedule_entries: render(who, now, now + 90 * DAY).map((e) => ({ start: iso(e.from), end: iso(e.until), user: { id: e.who } })) }
    return { key: schedule.id, who, json: { schedule } }
  })
  const policies = schedules.map((_, i) => ({
    id: `E${i}`, type: 'escalation_policy', name: `Escalation ${i}`, num_loops: i % 4,
    escalation_rules: Array.from({ length: 1 + (i % 3) }, (_, k) => ({
      escalation_delay_in_minutes: 5 * (k + 1),
      targets: k ? [{ id: staff[i].id, type: 'user_reference' }] : [{ id: `S${i}`, type: 'schedule_reference' }],
    })),
  }))
  const services = Array.from({ length: 60 }, (_, i) => ({ id: `V${i}`, type: 'service', name: `service-${i}`, status: 'active', escalation_policy: { id: `E${i % 25}` } }))
  const pages = [users.slice(0, 100), users.slice(100)].map((part, i) => ({ users: part, limit: 100, offset: i * 100, more: i === 0 }))
  return {
    files: {
      'users.json': pages.map((page) => JSON.stringify(page)).join('\n'),
      'schedules.json': schedules.map(({ json }) => JSON.stringify(json, null, 2)).join('\n'),
      'rest.json': JSON.stringify({ escalation_policies: policies, services }),
    },
    schedules, staff, unsaid: /, PGONE: not among the people|: it is over$/,
  }
}

function isOpen(layer, local) {
  if (!layer.restrictions.length) return true
  return layer.restrictions.some(({ type, start_time_of_day, duration_seconds, start_day_of_week }) => {
    const [hour, minute] = start_time_of_day.split(':').map(Number), length = duration_seconds * 1000
    const weekly = type === 'weekly_restriction', period = weekly ? 7 * DAY : DAY
    const day = weekly ? mod(weekday(local) - start_day_of_week, 7) : 0
    const into = day * DAY + local - midnight(local) - hour * HOUR - minute * MINUTE
    return mod(into, period) < length
  })
}

// who(t): the ids of those who are on call then.
function onCall(schedule, zone) {
  const layers = schedule.schedule_layers.map((layer) => ({
    ...layer, begins: Date.parse(layer.start), ends: layer.end ? Date.parse(layer.end) : Infinity,
    first: wall(Date.parse(layer.rotation_virtual_start), zone),
  }))
  const overrides = schedule.overrides_subschedule.rendered_schedule_entries.map((o) => ({ from: Date.parse(o.start), until: Date.parse(o.end), who: o.user.id }))
  return (t) => {
    const local = wall(t, zone)
    const override = overrides.findLast(({ from, until }) => from <= t && t < until)
    if (override) return [override.who]
    const layer = layers.find((l) => l.begins <= t && t < l.ends && isOpen(l, local))
    if (!layer) return []
    const turn = Math.floor((local - layer.first) / (layer.rotation_turn_length_seconds * 1000))
    const { id } = layer.users[mod(turn, layer.users.length)].user
    return id === 'PGONE' ? [] : [id]
  }
}
