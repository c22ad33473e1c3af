// What a connector's process may do, read from the kernel. As root it shows more than as another user, who has no capabilities.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Tocsin } from './support.mjs'

const status = (pid, field) => new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]

test('the process of a connector has no capabilities and gets none', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const [runner] = tocsin.runners()
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) assert.equal(Number(`0x${status(runner, set)}`), 0, set)
  if (process.getuid() === 0) assert.equal(Number(`0x${status(runner, 'CapBnd')}`), 0, 'CapBnd')
  assert.equal(status(runner, 'NoNewPrivs'), '1')
  assert.equal(status(runner, 'Seccomp'), '2')
})
