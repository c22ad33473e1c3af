// The calendars of random rotations, read by ical.js: at each instant it finds on call whom Tocsin says, and as many as promised.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadModule } from './standin.mjs'
import { build, withIcal } from './support.mjs'

const worlds = process.env.CALENDARS ?? '2000'

// As the reader understands it: { uid, from, until, who }, in milliseconds.
function events(ICAL, calendar) {
  const root = new ICAL.Component(ICAL.parse(calendar))
  return root.getAllSubcomponents('vevent').map((event) => {
    const [uid, from, until, who] = ['uid', 'dtstart', 'dtend', 'summary'].map((name) => event.getFirstPropertyValue(name))
    return { uid, from: from.toUnixTime() * 1000, until: until.toUnixTime() * 1000, who }
  })
}

function check(ICAL, { seed, calendar, instants }) {
  const all = events(ICAL, calendar)
  assert.equal(new Set(all.map(({ uid }) => uid)).size, all.length, `rotation ${seed}: a UID comes twice`)
  for (const { at, on, promised } of instants) {
    const read = all.filter(({ from, until }) => from <= at && at < until).map(({ who }) => who)
    assert.deepEqual(read.sort(), on.sort(), `rotation ${seed} at ${new Date(at).toISOString()}`)
    assert.equal(on.length, promised, `rotation ${seed} at ${new Date(at).toISOString()}: ${on}`)
  }
}

test(`${worlds} calendars say who is on call`, { ...withIcal, timeout: 6 * 3600_000 }, async () => {
  const { default: ICAL } = await loadModule('ical.js')
  const printer = spawn(join(build, 'tests/unit/rotation/calendar_test'), [], { env: { ...process.env, CALENDARS: worlds }, stdio: ['ignore', 'pipe', 'inherit'] })
  let n = 0
  for await (const line of createInterface({ input: printer.stdout })) {
    check(ICAL, JSON.parse(line))
    n++
  }
  assert.equal(n, Number(worlds))
})
