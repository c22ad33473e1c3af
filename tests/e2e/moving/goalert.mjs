// GoAlert: what its GraphQL API answers, and who is on call by it.
import { DAY, HOUR, MINUTE, fromWall, iso, midnight, mod, people, random, render, wall, weekday, zones } from './company.mjs'

const units = { hourly: HOUR, daily: DAY, weekly: 7 * DAY }
const everyDay = Array(7).fill(true), workdays = [false, true, true, true, true, true, false], weekend = workdays.map((d) => !d)

function rotation(r, team, zone, now, id) {
  const type = r.pick(['daily', 'weekly', 'weekly', 'hourly']), length = type === 'hourly' ? 12 : 1 + r.below(2)
  const userIDs = r.some(team, 1 + r.below(6)).map((p) => p.id), turn = length * units[type]
  const first = midnight(wall(now, zone) - r.below(300) * DAY) + r.pick([9, 10, 17]) * HOUR
  const gone = Math.floor((wall(now, zone) - first) / turn)
  return {
    id, name: `Rotation ${id}`, description: '', type, shiftLength: length, start: iso(fromWall(first, zone)), timeZone: zone, userIDs,
    activeUserIndex: r.below(userIDs.length), nextHandoffTimes: [iso(fromWall(first + (gone + 1) * turn, zone))],
  }
}

function rules(r) {
  const clock = (hour, minute = 0) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
  return r.pick([
    [{ start: '00:00', end: '00:00', weekdayFilter: everyDay }],
    [{ start: clock(8, 30), end: clock(17 + r.below(3)), weekdayFilter: workdays }],
    [{ start: clock(20), end: clock(8), weekdayFilter: everyDay }],
    [{ start: clock(18), end: clock(9), weekdayFilter: workdays }, { start: '00:00', end: '00:00', weekdayFilter: weekend }],
  ])
}

export function make(seed, now) {
  const r = random(seed + 3000), staff = people(200)
  const users = staff.map((p) => ({ id: p.id, name: p.name, email: p.email, contactMethods: [{ id: `C${p.id}`, type: 'SMS', value: `+44${p.phone}` }], notificationRules: [{ delayMinutes: 0, contactMethod: { type: 'SMS' } }] }))
  const rotations = [], overrides = []
  const schedules = Array.from({ length: 20 }, (_, i) => {
    const zone = zones[i % zones.length], team = staff.slice(i * 10, i * 10 + 10), key = `S${String(i).padStart(3, '0')}`
    const targets = Array.from({ length: 1 + r.below(3) }, (_, k) => {
      if (r.chance(0.2)) return { target: { id: team[k].id, type: 'user', name: team[k].name }, rules: rules(r) }
      const hours = rules(r), always = hours[0].weekdayFilter === everyDay && hours[0].start === hours[0].end
      const made = rotation(r, team, always && r.chance(0.4) ? 'Asia/Tokyo' : zone, now, `R${i}K${k}`)
      rotations.push(made)
      return { target: { id: made.id, type: 'rotation', name: made.name }, rules: hours }
    })
    const mine = Array.from({ length: r.below(2) }, (_, k) => {
      const start = now + (k * 25 + r.below(20)) * DAY + 5 * MINUTE * r.below(288)
      return { id: `V${i}K${k}`, start: iso(start), end: iso(start + 5 * MINUTE * (1 + r.below(400))), addUserID: r.pick(staff).id, removeUserID: r.pick(team).id, target: { id: key, type: 'schedule' } }
    })
    overrides.push(...mine)
    const who = onCall(targets, rotations, mine, zone)
    const shifts = render(who, now, now + 90 * DAY).map((e) => ({ userID: e.who, start: iso(e.from), end: iso(e.until), truncated: false }))
    return { key, who, json: { id: key, name: `Schedule ${i}`, description: '', timeZone: zone, targets, temporarySchedules: [], shifts } }
  })
  const policies = schedules.map(({ key }, i) => ({
    id: `E${i}`, name: `Escalation ${i}`, description: '', repeat: i % 5,
    steps: [{ id: `A${i}`, delayMinutes: 5, targets: [{ id: key, type: 'schedule', name: '' }] }, { id: `B${i}`, delayMinutes: 10, targets: [{ id: staff[i].id, type: 'user', name: '' }] }],
  }))
  const services = Array.from({ length: 60 }, (_, i) => ({ id: `V${i}`, name: `service-${i}`, description: '', escalationPolicyID: `E${i % 20}` }))
  return {
    files: { 'goalert.json': JSON.stringify({ data: { users: { nodes: users }, rotations: { nodes: rotations }, schedules: { nodes: schedules.map(({ json }) => json) }, userOverrides: { nodes: overrides }, escalationPolicies: { nodes: policies }, services: { nodes: services } } }, null, 1) },
    schedules, staff, unsaid: /^$/,
  }
}

function isOpen(rules, local) {
  return rules.some(({ start, end, weekdayFilter }) => {
    const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
    const length = mod(minutes(end) - minutes(start), 1440) || 1440
    return [0, 1].some((ago) => {
      const begun = midnight(local) - ago * DAY + minutes(start) * MINUTE
      return weekdayFilter[weekday(begun)] && begun <= local && local < begun + length * MINUTE
    })
  })
}

// Assignments add up. Who is active now goes on until the next handoff.
function onCall(targets, rotations, overrides, zone) {
  const readers = targets.map(({ target, rules }) => {
    const found = rotations.find(({ id }) => id === target.id)
    if (!found) return { rules, at: () => target.id }
    const next = wall(Date.parse(found.nextHandoffTimes[0]), found.timeZone), turn = found.shiftLength * units[found.type]
    return { rules, at: (t) => found.userIDs[mod(found.activeUserIndex + 1 + Math.floor((wall(t, found.timeZone) - next) / turn), found.userIDs.length)] }
  })
  return (t) => {
    const local = wall(t, zone)
    const people = readers.filter(({ rules }) => isOpen(rules, local)).map(({ at }) => at(t))
    for (const o of overrides) {
      const now = Date.parse(o.start) <= t && t < Date.parse(o.end)
      if (now) people.forEach((id, i) => { if (id === o.removeUserID) people[i] = o.addUserID })
    }
    return [...new Set(people)]
  }
}
