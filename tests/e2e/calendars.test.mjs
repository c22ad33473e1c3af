// The calendars of random rotations, read by ical.js and by node-ical: at each instant both find on call whom Tocsin says, and as many as
// promised.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadModule } from './standin.mjs'
import { build, withIcal } from './support.mjs'

const worlds = process.env.CALENDARS ?? '300'

// As each reader understands it: { uid, from, until, who }, in milliseconds.
const readers = {
  'ical.js': ({ default: ICAL }) => (calendar) => new ICAL.Component(ICAL.parse(calendar)).getAllSubcomponents('vevent').map((event) => {
    const [uid, from, until, who] = ['uid', 'dtstart', 'dtend', 'summary'].map((name) => event.getFirstPropertyValue(name))
    return { uid, from: from.toUnixTime() * 1000, until: until.toUnixTime() * 1000, who }
  }),
  'node-ical': ({ default: ical }) => (calendar) => Object.values(ical.sync.parseICS(calendar)).filter(({ type }) => type === 'VEVENT')
    .map(({ uid, start, end, summary }) => ({ uid, from: start.getTime(), until: end.getTime(), who: summary })),
}

function check(read, calendar) {
  const { seed, instants } = calendar
  const all = read(calendar.calendar)
  assert.equal(new Set(all.map(({ uid }) => uid)).size, all.length, `rotation ${seed}: a UID comes twice`)
  for (const { at, on, promised } of instants) {
    const read = all.filter(({ from, until }) => from <= at && at < until).map(({ who }) => who)
    assert.deepEqual(read.sort(), on.sort(), `rotation ${seed} at ${new Date(at).toISOString()}`)
    assert.equal(on.length, promised, `rotation ${seed} at ${new Date(at).toISOString()}: ${on}`)
  }
}

test(`${worlds} calendars say who is on call`, { ...withIcal, timeout: 6 * 3600_000 }, async () => {
  const all = await Promise.all(Object.entries(readers).map(async ([name, reader]) => reader(await loadModule(name))))
  const printer = spawn(join(build, 'tests/unit/rotation/calendar_test'), [], { env: { ...process.env, CALENDARS: worlds }, stdio: ['ignore', 'pipe', 'inherit'] })
  let n = 0
  for await (const line of createInterface({ input: printer.stdout })) {
    const calendar = JSON.parse(line)
    for (const read of all) check(read, calendar)
    n++
  }
  assert.equal(n, Number(worlds))
})
