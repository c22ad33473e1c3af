// Opsgenie: an export, and who is on call by it.
import { DAY, HOUR, MINUTE, fromWall, iso, midnight, mod, people, random, render, wall, weekday, zones } from './company.mjs'

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const units = { hourly: HOUR, daily: DAY, weekly: 7 * DAY }

function restriction(r) {
  const kind = r.below(5)
  if (kind === 0) return { type: 'time-of-day', restriction: { startHour: 8 + r.below(4), startMin: 30, endHour: 17, endMin: 15 } }
  if (kind === 1) return { type: 'time-of-day', restriction: { startHour: 20, startMin: 0, endHour: 8, endMin: 0 } }
  if (kind === 2)
    return { type: 'weekday-and-time-of-day', restrictions: ['monday', 'tuesday', 'thursday'].map((day) => ({ startDay: day, startHour: 9, startMin: 0, endDay: day, endHour: 18, endMin: 0 })) }
  if (kind === 3) return { type: 'weekday-and-time-of-day', restrictions: [{ startDay: 'friday', startHour: 18, startMin: 0, endDay: 'monday', endHour: 9, endMin: 0 }] }
}

function rotation(r, team, zone, now, id) {
  const type = r.pick(['daily', 'weekly', 'weekly', 'hourly'])
  const start = fromWall(midnight(now - r.below(500) * DAY) + r.pick([9, 10, 17.5]) * HOUR, zone)
  const late = r.chance(0.15) ? fromWall(midnight(now + r.below(50) * DAY) + 8 * HOUR + 5 * MINUTE * r.below(120), zone) : start
  const participants = r.some(team, 1 + r.below(6)).map(({ id, email }, i) => (i % 2 ? { type: 'user', id } : { type: 'user', username: email }))
  if (r.chance(0.15)) participants.splice(r.below(participants.length), 0, { type: 'none' })
  return {
    id, name: `Rotation ${id}`, startDate: iso(late), type, length: type === 'hourly' ? r.pick([12, 24]) : 1 + r.below(2), participants,
    ...(r.chance(0.2) ? { endDate: iso(Math.max(late, now) + (20 + r.below(60)) * DAY + 5 * MINUTE * r.below(288)) } : {}),
    ...(r.chance(0.6) ? { timeRestriction: restriction(r) } : {}),
  }
}

export function make(seed, now) {
  const r = random(seed + 1000), staff = people(200), byMail = new Map(staff.map(({ id, email }) => [email, id]))
  const users = staff.map((p) => ({
    id: p.id, username: p.email, fullName: p.name, role: { id: 'User', name: 'User' }, blocked: false,
    userContacts: [{ contactMethod: 'email', to: p.email }, { contactMethod: 'sms', to: `44-${p.phone}` }],
  }))
  const schedules = Array.from({ length: 20 }, (_, i) => {
    const zone = zones[i % zones.length], team = staff.slice(i * 10, i * 10 + 10), id = `S${String(i).padStart(3, '0')}`
    const schedule = {
      id, name: `Schedule ${i}`, description: '', timezone: zone, enabled: true,
      rotations: Array.from({ length: 1 + r.below(3) }, (_, k) => rotation(r, team, zone, now, `R${i}-${k}`)),
    }
    const overrides = Array.from({ length: r.below(3) }, (_, k) => {
      const start = now + (k * 30 + r.below(20)) * DAY + 5 * MINUTE * r.below(288), { id: user } = r.pick(staff)
      const some = r.chance(0.4) ? [{ id: schedule.rotations[0].id, name: schedule.rotations[0].name }] : []
      return { _parent: { id, name: schedule.name }, alias: `a${k}`, user: { type: 'user', id: user }, startDate: iso(start), endDate: iso(start + 5 * MINUTE * (1 + r.below(900))), rotations: some }
    })
    const who = onCall(schedule, overrides, zone, byMail)
    const periods = render(who, now, now + 90 * DAY).map((e) => ({ startDate: iso(e.from), endDate: iso(e.until), type: 'default', recipient: { id: e.who, type: 'user', name: '' } }))
    return { key: id, who, json: schedule, overrides, timeline: { data: { _parent: { id, name: schedule.name }, startDate: iso(now), endDate: iso(now + 90 * DAY), finalTimeline: { rotations: [{ id: 'x', name: 'x', order: 1, periods }] } }, took: 0.1 } }
  })
  const escalations = schedules.map((_, i) => ({
    id: `E${i}`, name: `Escalation ${i}`, ownerTeam: { id: `T${i % 10}` },
    rules: [
      { condition: 'if-not-acked', notifyType: 'default', delay: { timeAmount: 0, timeUnit: 'minutes' }, recipient: { type: 'schedule', id: schedules[i].key } },
      { condition: 'if-not-acked', notifyType: 'default', delay: { timeAmount: 5, timeUnit: 'minutes' }, recipient: { type: 'user', id: staff[i].id, username: staff[i].email } },
      { condition: 'if-not-acked', notifyType: 'all', delay: { timeAmount: 20, timeUnit: 'minutes' }, recipient: { type: 'team', id: `T${i % 10}` } },
    ],
    repeat: { waitInterval: 10, count: i % 5 },
  }))
  const teams = Array.from({ length: 10 }, (_, i) => ({ id: `T${i}`, name: `Team ${i}`, members: staff.filter((_, k) => k % 10 === i).map(({ id, email }) => ({ user: { id, username: email }, role: 'user' })) }))
  const list = (data) => JSON.stringify({ data, took: 0.1, requestId: 'x' })
  return {
    files: {
      'users.json': users.map((user) => list(user)).join('\n'),
      'schedules.json': list(schedules.map(({ json }) => json)),
      'overrides.json': schedules.map(({ overrides }) => list(overrides)).join('\n'),
      'timelines.json': schedules.map(({ timeline }) => JSON.stringify(timeline)).join('\n'),
      'rest.json': [list(escalations), ...teams.map((team) => list(team))].join('\n'),
    },
    schedules, staff, unsaid: /: it is over$/,
  }
}

function isOpen({ timeRestriction }, local) {
  if (!timeRestriction) return true
  const minute = (local - midnight(local)) / MINUTE
  if (timeRestriction.type === 'time-of-day') {
    const { startHour, startMin, endHour, endMin } = timeRestriction.restriction
    const length = mod(endHour * 60 + endMin - startHour * 60 - startMin, 1440)
    return mod(minute - startHour * 60 - startMin, 1440) < length
  }
  return timeRestriction.restrictions.some(({ startDay, startHour, startMin, endDay, endHour, endMin }) => {
    const at = weekday(local) * 1440 + minute, from = days.indexOf(startDay) * 1440 + startHour * 60 + startMin
    return mod(at - from, 10080) < mod(days.indexOf(endDay) * 1440 + endHour * 60 + endMin - from, 10080)
  })
}

// Rotations add up; an override takes the place of those that it names.
function onCall(schedule, overrides, zone, byMail) {
  const rotations = schedule.rotations.map((rotation) => ({
    ...rotation, begins: Date.parse(rotation.startDate), ends: rotation.endDate ? Date.parse(rotation.endDate) : Infinity,
    first: wall(Date.parse(rotation.startDate), zone), turn: rotation.length * units[rotation.type],
    ids: rotation.participants.map(({ type, id, username }) => (type === 'none' ? null : (id ?? byMail.get(username)))),
  }))
  const over = overrides.map((o) => ({ from: Date.parse(o.startDate), until: Date.parse(o.endDate), who: o.user.id, of: o.rotations.map(({ id }) => id) }))
  return (t) => {
    const local = wall(t, zone), now = over.filter(({ from, until }) => from <= t && t < until)
    const people = new Set()
    for (const rotation of rotations) {
      const last = now.findLast(({ of }) => !of.length || of.includes(rotation.id))
      if (last) people.add(last.who)
      else if (rotation.begins <= t && t < rotation.ends && isOpen(rotation, local))
        people.add(rotation.ids[mod(Math.floor((local - rotation.first) / rotation.turn), rotation.ids.length)])
    }
    return [...people].filter(Boolean)
  }
}
