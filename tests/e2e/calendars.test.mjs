// The calendars of random rotations, read by ical.js and by node-ical: at each instant both find on call whom Tocsin says, and as many as
// promised. Each core reads a share of them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { withIcal } from './support.mjs'

const worlds = Number(process.env.CALENDARS ?? 300)

async function read(from, count) {
  const worker = new Worker(new URL('calendars_reader.mjs', import.meta.url), { workerData: { from, count } })
  const [n] = await once(worker, 'message')
  return n
}

test(`${worlds} calendars say who is on call`, { ...withIcal, timeout: 6 * 3600_000 }, async () => {
  const share = Math.ceil(worlds / availableParallelism())
  const shares = Array.from({ length: Math.ceil(worlds / share) }, (_, i) => read(1 + i * share, Math.min(share, worlds - i * share)))
  assert.equal((await Promise.all(shares)).reduce((a, b) => a + b), worlds)
})
