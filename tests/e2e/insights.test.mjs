// The insights of many incidents, computed twice: by the core, and from the journal's export by a program in Python that shares nothing with it.
// Both are equal, to the millisecond, over months in which clocks change. INCIDENTS: how many.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const viewer = 'person0' // of the core's test: sees private incidents as a member alone
const lines = (text) => text.trim().split('\n').sort()

test('the core and Python sum up the same', { timeout: 3600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-insights-'))
  try {
    execFileSync(join(process.env.TOCSIN_BUILD, 'tests/unit/review/months_test'), { env: { ...process.env, MONTHS_OUT: folder } })
    const script = fileURLToPath(new URL('insights/sums.py', import.meta.url))
    const anew = execFileSync('python3', [script, join(folder, 'journal.jsonl'), viewer], { encoding: 'utf8', maxBuffer: 1 << 30 })
    assert.deepEqual(lines(readFileSync(join(folder, 'sums.txt'), 'utf8')), lines(anew))
    assert.ok(lines(anew).length > 100)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
