// A company of 200 people with its on-call tool, made from a seed; and what its readers need to find out by themselves who is on call.
export const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR

// mulberry32
export function random(seed) {
  let a = seed >>> 0
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n) => Math.floor(next() * n)
  const pick = (list) => list[below(list.length)]
  const some = (list, n) => {
    const left = [...list]
    return Array.from({ length: Math.min(n, left.length) }, () => left.splice(below(left.length), 1)[0])
  }
  return { below, pick, some, chance: (p) => next() < p }
}

// Names that no file of Lua, shell or YAML may trip over.
const first = ['Ana', 'Bo', 'Cy', 'Dee', 'Eve', 'Flo', 'Gus', 'Hal', 'Ivy', 'Jo', 'Zoë', 'Łukasz', 'Иван', '美咲', "O'Neil", 'A "Q"', 'B\\n', '--[[', ']]', 'end']
export function people(n) {
  return Array.from({ length: n }, (_, i) => ({
    id: `P${String(i).padStart(5, '0')}X`,
    name: `${first[i % first.length]} ${String.fromCharCode(65 + (i % 26))}${i}`,
    email: `${['ana', 'bo', 'cy', 'dee', 'eve'][i % 5]}.${i}@shop.example`,
    phone: `77009${String(i).padStart(5, '0')}`,
  }))
}

// None of them changes its clocks at an hour at which anything begins here.
export const zones = ['Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'Asia/Kolkata', 'Australia/Sydney', 'America/Sao_Paulo', 'UTC']

// How far the wall clock is ahead of UTC, by Intl; looked up once for each quarter of an hour.
const offsets = new Map()
export function offset(t, zone) {
  if (!offsets.has(zone)) offsets.set(zone, { known: new Map(), format: new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' }) })
  const { known, format } = offsets.get(zone)
  const quarter = Math.floor(t / (15 * MINUTE)) * 15 * MINUTE
  if (!known.has(quarter)) {
    const part = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]))
    known.set(quarter, Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - quarter)
  }
  return known.get(quarter)
}
// The wall clock, as if it were UTC.
export const wall = (t, zone) => t + offset(t, zone)
export function fromWall(local, zone) {
  const guess = local - offset(local, zone)
  return local - offset(guess, zone)
}
export const midnight = (local) => Math.floor(local / DAY) * DAY
export const weekday = (local) => new Date(local).getUTCDay() // 0 is Sunday
export const iso = (t) => new Date(t).toISOString().replace('.000Z', 'Z')
export const isoLocal = (local) => iso(local).slice(0, 19)
export const mod = (a, n) => ((a % n) + n) % n

// What a tool would show as its final schedule: [{ who, from, until }], of who(t) -> list, checked every five minutes.
export function render(who, from, until) {
  const entries = [], open = new Map()
  for (let t = from; t <= until; t += 5 * MINUTE) {
    const now = t < until ? who(t) : []
    for (const [person, since] of open) {
      if (now.includes(person)) continue
      entries.push({ who: person, from: since, until: t })
      open.delete(person)
    }
    for (const person of now) if (!open.has(person)) open.set(person, t)
  }
  return entries.sort((a, b) => a.from - b.from)
}
