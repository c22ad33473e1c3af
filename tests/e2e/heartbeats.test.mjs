// What must report: a job by its address, and a real Alertmanager whose alert always fires. What was heard survives kill -9.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tocsin, freePort, needs, sleep, until } from './support.mjs'

const program = needs('prometheus-alertmanager')

async function started(t) {
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `public_url = "http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(text)[1]}",\n  connectors = {`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/beats.lua'), 'heartbeat { name = "backup", every = "1d" }\nheartbeat { name = "alertmanager", every = "5m" }\n')
  await tocsin.start()
  return tocsin
}

// As `heartbeat NAME address` says it.
async function address(tocsin, name) {
  const { code, out, err } = await tocsin.tocsin('inc', 'heartbeat', name, 'address')
  assert.equal(code, 0, err)
  return /curl -fsS -X POST --retry 5 (\S+)/.exec(out)[1]
}

async function heard(tocsin, name) {
  const body = await tocsin.api('/heartbeats')
  return body.heartbeats.find((one) => one.name === name).heard_at
}

test('a job reports, and what was heard survives kill -9', async (t) => {
  const tocsin = await started(t)
  const url = await address(tocsin, 'backup')
  assert.equal(await heard(tocsin, 'backup'), undefined)
  assert.equal((await fetch(url, { method: 'POST' })).status, 200)
  const at = await heard(tocsin, 'backup')
  assert.ok(at)
  assert.equal((await fetch(url)).status, 405)
  assert.equal((await fetch(`${url}x`, { method: 'POST' })).status, 404)
  assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(2 << 20) })).status, 413)
  const listed = await tocsin.tocsin('inc', 'incoming')
  assert.match(listed.out, /no heartbeat has this address/)
  assert.ok(!listed.out.includes(url.split('/').pop()), 'a secret is listed')

  await tocsin.kill()
  await tocsin.start()
  assert.equal(await heard(tocsin, 'backup'), at)
  assert.equal((await fetch(url, { method: 'POST', body: 'done' })).status, 200)
  assert.ok(await heard(tocsin, 'backup') > at)
})

test('a real Alertmanager reports by an alert that always fires', { skip: program ? false : 'prometheus-alertmanager is not installed' }, async (t) => {
  const tocsin = await started(t)
  const url = await address(tocsin, 'alertmanager')
  const port = await freePort()
  const config = join(tocsin.directory, 'alertmanager.yml')
  const documented = /receivers:\n[^`]*/.exec(await readFile('docs/heartbeats.md', 'utf8'))[0]
  await writeFile(config, `route: { receiver: alive, group_wait: 0s, group_interval: 1m, repeat_interval: 1m }\n${
    documented.replace(/https:[^"]*KEY/, url)}`)
  const child = spawn(program, [`--config.file=${config}`, `--storage.path=${join(tocsin.directory, 'am')}`,
    `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], { stdio: 'ignore' })
  t.after(() => child.kill())
  const manager = `http://127.0.0.1:${port}`
  await until('alertmanager', () => fetch(`${manager}/-/ready`).then((r) => r.ok, () => false))
  const sent = await fetch(`${manager}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname: 'Watchdog' } }]) })
  assert.equal(sent.status, 200)
  await until('the heartbeat', () => heard(tocsin, 'alertmanager'))
})

test('one Tocsin watches another, which is heard only while it can store', { timeout: 120_000 }, async (t) => {
  const watcher = await started(t)
  const url = await address(watcher, 'backup')
  const watched = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { alive = { url = "${url}", every = "1s" },`) })
  t.after(() => watched.remove())
  await watched.start()
  const first = await until('the first report', () => heard(watcher, 'backup'))
  await until('the second report', async () => await heard(watcher, 'backup') > first, 60_000)

  process.kill(watched.child.pid, 'SIGSTOP') // its runner goes on, and is alone
  const last = await heard(watcher, 'backup')
  await sleep(3000)
  const meanwhile = await heard(watcher, 'backup')
  process.kill(watched.child.pid, 'SIGCONT')
  assert.equal(meanwhile, last)
  await until('it to be heard again', async () => await heard(watcher, 'backup') > last, 60_000)
  assert.ok(!watched.log.includes(url.split('/').pop()), 'the address is in the log')

  const wrong = await watched.tocsin('connector', 'check', 'alive')
  assert.equal(wrong.code, 0, wrong.err)
})
