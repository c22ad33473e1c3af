// Grafana OnCall: an export, and who is on call by it.
import { DAY, HOUR, MINUTE, fromWall, iso, isoLocal, midnight, mod, people, random, render, wall, weekday, zones } from './company.mjs'

const letters = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

function groups(r, team) {
  const members = r.some(team, 1 + r.below(6)).map(({ id }) => id), list = []
  while (members.length) list.push(members.splice(0, r.chance(0.2) ? 2 : 1))
  return list
}

function shift(r, team, zone, now, id) {
  const begins = midnight(wall(now, zone) - r.below(400) * DAY) + r.pick([9, 10, 17]) * HOUR
  const late = r.chance(0.1) ? midnight(wall(now, zone)) + r.below(40) * DAY + 9 * HOUR : begins
  const rolling = groups(r, team)
  const common = { id, name: `Shift ${id}`, type: 'rolling_users', time_zone: null, level: r.below(2), start: isoLocal(late), rotation_start: isoLocal(late), rolling_users: rolling, start_rotation_from_user_index: r.below(rolling.length), until: null, interval: 1 }
  if (r.chance(0.2)) common.until = isoLocal(Math.max(now, late) + (20 + r.below(50)) * DAY + 3 * HOUR)
  switch (r.below(6)) {
    case 0: return { ...common, frequency: 'weekly', week_start: 'MO', by_day: ['MO', 'TU', 'WE', 'TH', 'FR'], duration: 8 * 3600, until: null }
    case 1: return { ...common, frequency: 'weekly', week_start: 'SU', by_day: ['SA', 'SU'], duration: 24 * 3600, until: null }
    case 2: return { ...common, frequency: 'daily', by_day: ['MO', 'WE', 'FR'], duration: 12 * 3600, until: null }
    case 3: return { ...common, frequency: 'daily', by_day: null, interval: 2, duration: 2 * 86400, until: null }
    case 4: return { ...common, frequency: 'hourly', by_day: null, interval: 12, duration: 12 * 3600, until: null }
    default: return { ...common, frequency: 'weekly', week_start: 'MO', by_day: null, interval: 1 + r.below(2), duration: 0 }
  }
}

export function make(seed, now) {
  const r = random(seed + 2000), staff = people(200)
  const users = staff.map((p, i) => ({ id: p.id, username: p.name, email: p.email, slack: [{ user_id: `U${i}ABC`, team_id: 'T' }], teams: [`T${i % 12}`], timezone: zones[0] }))
  const schedules = Array.from({ length: 20 }, (_, i) => {
    const zone = zones[i % zones.length], team = staff.slice(i * 10, i * 10 + 10), key = `S${String(i).padStart(3, '0')}`
    const shifts = Array.from({ length: 1 + r.below(3) }, (_, k) => shift(r, team, zone, now, `O${i}K${k}`))
    for (const one of shifts) if (!one.duration) one.duration = one.interval * 7 * 86400
    for (let k = r.below(3); k > 0; k--)
      shifts.push({ id: `V${i}K${k}`, name: `Override ${i} ${k}`, type: 'override', time_zone: null, start: isoLocal(wall(now, zone) + (k * 25 + r.below(20)) * DAY + 5 * MINUTE * r.below(288)), duration: 300 * (1 + r.below(900)), users: [r.pick(staff).id] })
    if (r.chance(0.2))
      shifts.push({ id: `W${i}`, name: `Once ${i}`, type: 'single_event', level: 2, time_zone: null, start: isoLocal(wall(now, zone) + 30 * DAY + 5 * MINUTE * r.below(288)), duration: 3600 * (1 + r.below(70)), users: r.some(team, 2).map(({ id }) => id) })
    const who = onCall(shifts, zone)
    const finals = render(who, now, now + 90 * DAY).map((e) => ({ user_pk: e.who, user_email: '', user_username: '', shift_start: iso(e.from), shift_end: iso(e.until) }))
    return { key, who, shifts, finals, json: { id: key, team_id: null, name: `Schedule ${i}`, type: 'calendar', time_zone: zone, shifts: shifts.map(({ id }) => id), ical_url_primary: null, ical_url_overrides: null } }
  })
  const chains = schedules.map((_, i) => ({ id: `F${i}`, name: `Chain ${i}`, team_id: null }))
  const steps = schedules.flatMap(({ key }, i) => [
    { id: `E${i}A`, escalation_chain_id: `F${i}`, position: 0, type: 'notify_on_call_from_schedule', notify_on_call_from_schedule: key, important: false },
    { id: `E${i}B`, escalation_chain_id: `F${i}`, position: 1, type: 'wait', duration: 300 },
    { id: `E${i}C`, escalation_chain_id: `F${i}`, position: 2, type: 'notify_persons', persons_to_notify: [staff[i].id] },
    { id: `E${i}D`, escalation_chain_id: `F${i}`, position: 3, type: 'repeat_escalation' },
  ])
  const teams = Array.from({ length: 12 }, (_, i) => ({ id: `T${i}`, name: `Team ${i}`, email: null, avatar_url: '/avatar' }))
  const page = (results) => JSON.stringify({ count: results.length, next: null, previous: null, results, current_page_number: 1, page_size: 100, total_pages: 1 })
  const rules = staff.flatMap(({ id }, i) => [{ id: `N${i}A`, user_id: id, position: 0, type: 'notify_by_slack', important: false }, { id: `N${i}B`, user_id: id, position: 1, type: 'wait', duration: 300, important: false }])
  return {
    files: {
      'users.json': page(users), 'teams.json': page(teams), 'schedules.json': page(schedules.map(({ json }) => json)),
      'shifts.json': page(schedules.flatMap(({ shifts }) => shifts)), 'chains.json': page(chains), 'steps.json': page(steps), 'rules.json': page(rules),
      ...Object.fromEntries(schedules.map(({ key, finals }) => [`final_shifts-${key}.json`, page(finals)])),
    },
    schedules, staff, unsaid: /: it is over$/,
  }
}

// Each shift as events on the wall clock: at(local) says which group is on call by it.
function reader(shift, zone) {
  const start = Date.parse(`${shift.start}Z`), length = shift.duration * 1000
  if (shift.type === 'override' || shift.type === 'single_event') {
    const from = fromWall(start, zone)
    return (t) => (from <= t && t < from + length ? shift.users : null)
  }
  const from = fromWall(start, zone), until = shift.until ? Date.parse(`${shift.until}Z`) : Infinity
  const queue = [...shift.rolling_users.slice(shift.start_rotation_from_user_index), ...shift.rolling_users.slice(0, shift.start_rotation_from_user_index)]
  const clock = start - midnight(start), days = shift.by_day && shift.by_day.map((d) => letters.indexOf(d))
  return (t) => {
    if (t < from || t >= until) return null
    const local = wall(t, zone)
    if (!days) {
      const period = { hourly: HOUR, daily: DAY, weekly: 7 * DAY }[shift.frequency] * shift.interval
      const n = Math.floor((local - start) / period)
      return local - start - n * period < length ? queue[mod(n, queue.length)] : null
    }
    // The event that holds now began today, or yesterday.
    for (const begun of [midnight(local) + clock, midnight(local) - DAY + clock]) {
      if (begun > local || local >= begun + length || begun < start || !days.includes(weekday(begun))) continue
      if (shift.frequency === 'weekly') {
        const week = (x) => Math.floor((midnight(x) - mod(weekday(x) - letters.indexOf(shift.week_start), 7) * DAY) / DAY)
        const first = firstDay(start, days, letters.indexOf(shift.week_start), false)
        return queue[mod((week(begun) - week(first)) / 7, queue.length)]
      }
      const first = firstDay(start, days, 1, true)
      if (begun < first) continue
      let n = 0
      for (let day = first; day < begun; day += DAY) n += days.includes(weekday(day))
      return queue[mod(n, queue.length)]
    }
    return null
  }
}

// When a start is on a day that was not chosen: a daily rotation begins with the first one of a week.
function firstDay(start, days, weekStart, daily) {
  if (!daily || days.includes(weekday(start))) return start
  const order = Array.from({ length: 7 }, (_, i) => (weekStart + i) % 7), first = order.find((d) => days.includes(d))
  return start + mod(first - weekday(start), 7) * DAY
}

function onCall(shifts, zone) {
  const readers = shifts.map((s) => ({ at: reader(s, zone), level: s.type === 'override' ? 99 : s.level }))
  return (t) => {
    let level = -1, people = []
    for (const { at, level: mine } of readers) {
      const on = mine >= level ? at(t) : null
      if (!on) continue
      people = mine > level ? [...on] : [...people, ...on]
      level = mine
    }
    return [...new Set(people)]
  }
}
