// Alertmanager: a configuration with silences, and who is told of an alert by it.
import { DAY, HOUR, MINUTE, midnight, random, wall, weekday, zones } from './company.mjs'

const values = {
  team: ['payments', 'shop', 'data', 'infra', 'web', 'mobile', 'search', 'ml'],
  severity: ['critical', 'page', 'warning', 'info'],
  env: ['production', 'prod-eu', 'staging', 'test'],
  service: ['checkout', 'ledger', 'pay-api', 'pay.web', 'search', 'it\'s "odd" \\ name'],
}
const regexes = { team: ['payments|shop', '(data|ml)'], severity: ['critical|page', '.+'], env: ['prod.*', '(production|staging)'], service: ['pay.*', 'pay\\.web|ledger', 'check(out|in)'] }

const quoted = (text) => `"${text.replace(/[\\"]/g, '\\$&')}"`

function matcher(r, name) {
  const op = r.pick(['=', '=', '=', '=~', '=~', '!=', '!~'])
  return { name, op, value: r.pick(op.endsWith('~') ? regexes[name] : values[name]) }
}

function tree(r, receivers, depth) {
  return Array.from({ length: depth === 0 ? 12 : r.below(4) }, () => {
    const names = r.some(Object.keys(values), 1 + r.below(2))
    return {
      matchers: names.map((name) => matcher(r, name)), receiver: r.pick(receivers),
      mute: r.chance(0.2) ? [r.pick(['nights', 'mondays', 'month-end'])] : [], active: r.chance(0.1) ? ['hours'] : [],
      routes: depth < 2 ? tree(r, receivers, depth + 1) : [],
    }
  })
}

const times = `time_intervals:
  - name: nights
    time_intervals:
      - times: [{ start_time: '20:00', end_time: '24:00' }, { start_time: '00:00', end_time: '08:00' }]
  - name: mondays
    time_intervals:
      - weekdays: ['monday', 'wednesday']
        location: America/New_York
      - years: ['2020:2021']
  - name: month-end
    time_intervals:
      - days_of_month: ['-5:-1']
        months: ['november:december']
        location: Europe/Berlin
  - name: hours
    time_intervals:
      - times: [{ start_time: '09:00', end_time: '18:00' }]
        weekdays: ['monday:friday']
        location: ${zones[5]}
`
// The same, as JavaScript reads a clock.
const intervals = {
  nights: (t) => { const m = (wall(t, 'UTC') - midnight(wall(t, 'UTC'))) / MINUTE; return m >= 1200 || m < 480 },
  mondays: (t) => [1, 3].includes(weekday(wall(t, 'America/New_York'))),
  'month-end': (t) => {
    const local = new Date(wall(t, 'Europe/Berlin')), last = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate()
    return local.getUTCMonth() >= 10 && local.getUTCDate() > last - 5
  },
  hours: (t) => { const l = wall(t, zones[5]), h = (l - midnight(l)) / HOUR; return weekday(l) >= 1 && weekday(l) <= 5 && h >= 9 && h < 18 },
}

function yaml(routes, indent) {
  return routes.map((route) => [
    `${indent}- receiver: ${route.receiver}`, `${indent}  matchers:`,
    ...route.matchers.map(({ name, op, value }) => `${indent}    - '${`${name}${op}${quoted(value)}`.replaceAll("'", "''")}'`),
    ...(route.mute.length ? [`${indent}  mute_time_intervals: [${route.mute}]`] : []),
    ...(route.active.length ? [`${indent}  active_time_intervals: [${route.active}]`] : []),
    ...(route.routes.length ? [`${indent}  routes:`, yaml(route.routes, `${indent}    `)] : []),
  ].join('\n')).join('\n')
}

const holds = ({ name, op, value }, labels) => {
  const label = labels[name] ?? ''
  const same = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(label) : label === value
  return op[0] === '!' ? !same : same
}

export function make(seed, now) {
  const r = random(seed + 4000), receivers = Array.from({ length: 15 }, (_, i) => `receiver-${i}`)
  const routes = tree(r, receivers, 0)
  const silences = Array.from({ length: 10 }, (_, i) => {
    const starts = now + (r.below(7) - 4) * DAY, matchers = r.some(Object.keys(values), 2).map((name) => matcher(r, name))
    return { id: `0000${i}-0000`, starts, ends: starts + (1 + r.below(6)) * DAY, matchers }
  })
  const config = ['route:', '  receiver: fallback', '  group_by: [alertname]', '  routes:', yaml(routes, '    '), 'receivers:', ...['fallback', ...receivers].map((name) => `  - name: ${name}`), times].join('\n')
  // What Tocsin should do with an alert with these labels at a time: { kind, page }.
  const judge = (labels, t) => {
    if (silences.some((s) => s.starts <= t && t < s.ends && s.matchers.every((m) => holds(m, labels)))) return { kind: 'quiet' }
    let node = { receiver: 'fallback', mute: [], active: [], routes }
    for (let next = node; next; next = node.routes.find((route) => route.matchers.every((m) => holds(m, labels)))) node = next
    const muted = node.mute.some((name) => intervals[name](t)) || (node.active.length && !node.active.some((name) => intervals[name](t)))
    return muted ? { kind: 'quiet' } : { kind: 'declare', page: node.receiver }
  }
  const alerts = Array.from({ length: 120 }, () => Object.fromEntries(r.some(Object.keys(values), 2 + r.below(3)).map((name) => [name, r.pick(values[name])])))
  return {
    files: {
      'alertmanager.yml': config,
      'silences.json': JSON.stringify(silences.map((s) => ({
        id: s.id, status: { state: s.ends <= now ? 'expired' : 'active' }, startsAt: new Date(s.starts).toISOString(), endsAt: new Date(s.ends).toISOString(), createdBy: 'ana', comment: 'work\n]] end',
        matchers: s.matchers.map(({ name, op, value }) => ({ name, value, isRegex: op.endsWith('~'), isEqual: op[0] === '=' })),
      }))),
    },
    alerts, judge,
  }
}
