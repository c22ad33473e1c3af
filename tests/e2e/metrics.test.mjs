// The metrics that operators' alerts rely on change when what they count happens.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tocsin, until } from './support.mjs'

// Returns { 'tocsin_actions{state="dead"}': 0, … }; every line must be readable for Prometheus.
async function metrics(tocsin) {
  const answer = await fetch(`${tocsin.url}/metrics`)
  assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const samples = (await answer.text()).split('\n').filter((line) => line && !line.startsWith('#'))
  return Object.fromEntries(samples.map((line) => {
    const [, name, value] = /^(tocsin_[a-z_]+(?:\{[a-z]+="[^"]+"\})?) ([-+.0-9eInf]+)$/.exec(line) ?? assert.fail(line)
    return [name, Number(value)]
  }))
}

const alert = (tocsin, key, body) => fetch(`${tocsin.url}/intake/alerts`, {
  method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })

test('metrics count what happens', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/fails.lua'),
    "rule { name = 'fails', priority = 9, match = { title = 'odd*' }, when = function(group) return group.nope.x end, declare = true }\n")
  await tocsin.start()
  const before = await metrics(tocsin)
  for (const title of ['even one', 'odd one', 'even one']) assert.equal((await alert(tocsin, tocsin.key, { title, service: 'shop' })).status, 202)
  assert.equal((await alert(tocsin, 'no-such-key-no-such-key-no-such-', { title: 'x' })).status, 401)
  assert.equal((await tocsin.tocsin('inc', 'checkout is slow')).code, 0)
  assert.notEqual((await tocsin.tocsin('inc', 'accept INC-77')).code, 0)
  const [runner] = tocsin.runners()
  process.kill(runner, 'SIGKILL')
  await until('a new runner', () => tocsin.runners().some((pid) => pid !== runner))
  const now = await until('everything to be counted', async () => {
    const seen = await metrics(tocsin)
    return seen.tocsin_connector_restarts_total > 0 && seen.tocsin_connectors_up === 1 && seen.tocsin_actions_done_total > 0 && seen
  })
  const grown = (name) => now[name] - before[name]
  assert.equal(grown('tocsin_alerts_total'), 3)
  assert.equal(grown('tocsin_alerts_refused_total'), 1)
  assert.equal(now.tocsin_alert_groups, 2)
  assert.equal(grown('tocsin_incidents_declared_total'), now.tocsin_incidents_open)
  assert.ok(grown('tocsin_incidents_declared_total') >= 1)
  assert.equal(grown('tocsin_commands_total'), 1)
  assert.equal(grown('tocsin_commands_refused_total'), 1)
  assert.equal(grown('tocsin_connector_restarts_total'), 1)
  assert.ok(grown('tocsin_policy_failures_total') >= 1)
  assert.ok(grown('tocsin_journal_commits_total') >= 2)
  assert.ok(grown('tocsin_journal_events_total') >= 6)
  assert.equal(now.tocsin_journal_commit_seconds_count, now.tocsin_journal_commits_total)
  assert.equal(now.tocsin_journal_commits_failed_total, 0)
})

test('metrics tell nothing of private incidents', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const told = ({ tocsin_incidents_open: open, tocsin_incidents_declared_total: declared }) => ({ open, declared })
  const before = told(await metrics(tocsin))
  assert.equal((await tocsin.tocsin('inc', 'declare --private the keys leaked')).code, 0)
  assert.deepEqual(told(await metrics(tocsin)), before)
  assert.equal((await tocsin.tocsin('inc', 'declare checkout is slow')).code, 0)
  assert.deepEqual(told(await metrics(tocsin)), { open: before.open + 1, declared: before.declared + 1 })
  assert.equal((await tocsin.tocsin('inc', 'INC-2', 'private')).code, 0)
  assert.equal((await metrics(tocsin)).tocsin_incidents_open, before.open)
})
