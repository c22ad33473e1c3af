// Reads a share of the calendars of calendars.test.mjs, in a thread of its own: { from, count }, seeds. Says how many it read.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModule } from './standin.mjs'
import { build } from './support.mjs'

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

const all = await Promise.all(Object.entries(readers).map(async ([name, reader]) => reader(await loadModule(name))))
const env = { ...process.env, CALENDARS: workerData.count, CALENDARS_FROM: workerData.from }
const printer = spawn(join(build, 'tests/unit/rotation/calendar_test'), [], { env, stdio: ['ignore', 'pipe', 'inherit'] })
let n = 0
for await (const line of createInterface({ input: printer.stdout })) {
  const calendar = JSON.parse(line)
  for (const read of all) check(read, calendar)
  n++
}
parentPort.postMessage(n)
