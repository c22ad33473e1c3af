// Limits that the system sets on tocsind and its runners (setrlimit): each is an error that is said, and none ends a process.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { Tocsin, needs, run, until } from './support.mjs'

const prlimit = needs('prlimit')
const withPrlimit = { skip: prlimit ? false : 'prlimit (of util-linux) is not installed' }

async function limit(pid, what) {
  const done = await run(prlimit, ['--pid', String(pid), what])
  assert.equal(done.code, 0, done.err)
}

async function started(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  return tocsin
}

const alert = (tocsin, title) =>
  fetch(`${tocsin.url}/intake/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tocsin.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title, service: 'checkout' }),
  }).then((answer) => answer.status)

const lives = (tocsin) => tocsin.child.exitCode === null && tocsin.child.signalCode === null

test('a limit on the size of files is a full disk, and no death', withPrlimit, async (t) => {
  const tocsin = await started(t)
  assert.equal(await alert(tocsin, 'Before the limit'), 202)
  const [runner] = tocsin.runners()
  for (const pid of [tocsin.child.pid, runner]) await limit(pid, '--fsize=4096:unlimited')

  assert.equal(await alert(tocsin, 'At the limit'), 503)
  assert.ok(lives(tocsin), tocsin.log)
  assert.equal((await fetch(`${tocsin.url}/readyz`)).status, 503)
  assert.match(tocsin.log, /raise the limit on file sizes/)
  assert.equal((await tocsin.incident('INC-1')).status, 'triage', 'what is durable can be read')

  for (const pid of [tocsin.child.pid, runner]) await limit(pid, '--fsize=unlimited')
  await until('writing to resume', () => tocsin.isReady())
  assert.equal(await alert(tocsin, 'After the limit'), 202)
  assert.deepEqual(tocsin.runners(), [runner])
})

const allowed = (pid) => Number(/Max open files +(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))[1])

// Hundredths of a second.
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return Number(fields[11]) + Number(fields[12])
}

// A thousand connections and twelve thousand followers do not fit into the 1,024 files that a system allows at first.
test('tocsind may open as many files as it needs', withPrlimit, async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start([prlimit, '--nofile=256:16384'])
  assert.equal(allowed(tocsin.child.pid), 16384)
  assert.doesNotMatch(tocsin.log, /files may be open/)
  await tocsin.stop()
  await tocsin.start([prlimit, '--nofile=256:512'])
  assert.equal(allowed(tocsin.child.pid), 512)
  assert.match(tocsin.log, /only 512 files may be open at once/)
})

// Without a free descriptor a connection cannot be accepted. Those that are open go on, and tocsind does not spin.
test('a limit on open files shuts new connections out, and nothing else', withPrlimit, async (t) => {
  const tocsin = await started(t)
  const pid = tocsin.child.pid
  const mine = connect(tocsin.port, '127.0.0.1')
  t.after(() => mine.destroy())
  const asks = async () => {
    mine.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [bytes] = await once(mine, 'data')
    return String(bytes).split('\r\n')[0]
  }
  assert.equal(await asks(), 'HTTP/1.1 200 OK')
  await limit(pid, '--nofile=8:8192')

  const before = processorTime(pid)
  const shutOut = () => new Promise((done) => connect(tocsin.port, '127.0.0.1').on('error', done).on('close', done))
  await Promise.all(Array.from({ length: 50 }, shutOut))
  assert.equal(await asks(), 'HTTP/1.1 200 OK')
  assert.ok(processorTime(pid) - before < 50, 'it spins')
  assert.equal(tocsin.log.match(/cannot accept connections/g).length, 1, tocsin.log)
  assert.ok(lives(tocsin), tocsin.log)

  await limit(pid, '--nofile=1024:8192')
  await until('new connections', () => tocsin.isReady())
})
