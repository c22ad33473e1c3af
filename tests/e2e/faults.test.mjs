// Each system call that can fail does, once: what was acknowledged is kept, nothing is sent twice, and tocsind goes on, recovers, or ends
// with an error that says why. FAULTS says how many calls of each process fail, of those that differ in where they come from and in how they
// may fail; without it, a sample does. FAULT_WORKERS of them are tried side by side.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, build, sleep, textOf, until } from './support.mjs'

const FAULTS = Number(process.env.FAULTS ?? 0)
const WORKERS = Number(process.env.FAULT_WORKERS ?? 3)
const ONLY = process.env.FAULT // "tocsind write 12 EIO": that one alone
const SAMPLE = ['tocsind fsync 1 EIO', 'tocsind eventfd 1 EMFILE', 'tocsind epoll_create 1 EMFILE', 'tocsind thread 1 EAGAIN', 'tocsind socket 1 EMFILE', 'tocsind fork 1 EAGAIN', 'tocsind mmap 1 ENOMEM', 'tocsind fsync 3 EIO',
  'tocsind write 20 ENOSPC', 'tocsind socketpair 1 EMFILE', 'tocsin-runner open 5 EIO', 'tocsin-runner open 23 EIO']
const CALLS = [
  // as in tests/faults/faults.c: their numbers are its rows
  ['open', 'EMFILE', 'EIO'], ['fopen', 'EMFILE', 'EIO'], ['opendir', 'EMFILE'], ['read', 'EIO'], ['write', 'ENOSPC', 'EIO'],
  ['fsync', 'EIO', 'ENOSPC'], ['ftruncate', 'EIO', 'ENOSPC'], ['rename', 'ENOSPC', 'EIO'], ['unlink', 'EIO'], ['mkdir', 'ENOSPC', 'EIO'],
  ['mmap', 'ENOMEM'], ['socket', 'EMFILE'], ['socketpair', 'EMFILE'], ['accept', 'EMFILE'], ['pipe', 'EMFILE'], ['eventfd', 'EMFILE'],
  ['epoll_create', 'EMFILE'], ['epoll_ctl', 'ENOSPC'], ['inotify', 'EMFILE', 'ENOSPC'], ['dup', 'EIO'], ['fork', 'EAGAIN'], ['thread', 'EAGAIN'],
]
// After these libuv or libwebsockets may end the process, and give it no say. Nothing may be lost then, either.
const LIBRARIES = /^(pipe|epoll_ctl|eventfd|thread) /

// ---- a world in which the chosen call of one process fails ----

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`
const preload = (world, fault) => [`LD_PRELOAD=${join(build, 'faults.so')}`, `FAULT=${fault}`, `FAULT_COUNTS=${world.counts}`]

async function createWorld(program, fault) {
  const world = { program, fault, kept: [] }
  world.tocsin = await Tocsin.create()
  world.counts = join(world.tocsin.directory, 'counts')
  if (program === 'tocsin-runner') {
    const runner = join(world.tocsin.directory, 'runner.sh')
    await writeFile(runner, `#!/bin/sh\nexec env ${preload(world, fault).map(quoted).join(' ')} ${quoted(join(build, program))} "$@"\n`, { mode: 0o755 })
    const config = await readFile(world.tocsin.config, 'utf8')
    world.plain = config
    await writeFile(world.tocsin.config, config.replace('connectors = {', 'runner = "runner.sh",\nconnectors = {'))
  }
  world.through = program === 'tocsind' ? ['/usr/bin/env', ...preload(world, fault)] : []
  return world
}

const hasEnded = ({ tocsin }) => tocsin.child.exitCode !== null || tocsin.child.signalCode !== null

// Whether it was acknowledged. An error, an answer that is no success, and a process that ended are all a no.
async function tries(world, what, act) {
  const answer = await Promise.race([act().catch(() => undefined), world.tocsin.child.ended.then(() => undefined), sleep(20_000, { ref: false }).then(() => 'late')])
  assert.notEqual(answer, 'late', `${what} was not answered in 20 s:\n${world.tocsin.log}`)
  if (answer) world.kept.push(what)
}

const post = (tocsin, path, token, body) =>
  fetch(`${tocsin.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
    .then((answer) => answer.status < 300)
const command = (tocsin, text) => post(tocsin, '/api/v1/commands', tocsin.token, { text })

// What the person said is durable once it comes back.
async function says(ana, text) {
  ana.say(text)
  return until('what she said', () => ana.gone || ana.find((m) => m.from === 'Ana' && m.text === text), 15_000).then(() => !ana.gone)
}

async function play(world) {
  const { tocsin } = world
  await tocsin.start(world.through).catch(() => assert.ok(hasEnded(world), `neither ready nor at its end:\n${tocsin.log}`))
  if (hasEnded(world)) return
  const ana = new Person(tocsin, 'Ana')
  await tries(world, 'alert', () => post(tocsin, '/intake/alerts', tocsin.key, { title: 'Cards are refused', service: 'checkout' }))
  await tries(world, 'declare', () => command(tocsin, 'declare pages are slow'))
  await tries(world, 'accept', () => command(tocsin, 'accept INC-1'))
  await tries(world, 'said', () => ana.enter().then(() => says(ana, 'the bank says it is them')))
  await tries(world, 'note', () => command(tocsin, 'INC-1 note the bank is back'))
  await tries(world, 'resolve', () => command(tocsin, 'INC-1 resolve the bank is back'))
  ana.leave()
}

// ---- what must hold afterwards ----

async function endsInOrder(world) {
  const { tocsin } = world
  const early = hasEnded(world)
  if (!early) tocsin.child.kill('SIGTERM')
  const ended = await Promise.race([tocsin.child.ended, sleep(20_000, { ref: false })])
  assert.ok(ended, `it does not stop:\n${tocsin.log}`)
  if (['SIGABRT', 'SIGSEGV'].includes(ended.signal) && LIBRARIES.test(world.fault)) return 'aborted'
  assert.equal(ended.signal, null, `it ended by a signal:\n${tocsin.log}`)
  if (early) assert.notEqual(ended.code, 0, `it ended early, and calls that a success:\n${tocsin.log}`)
  if (ended.code) assert.match(tocsin.log, /<3>|error/, `it ended with ${ended.code} and says nothing:\n${tocsin.log}`)
  return early ? 'ended' : 'went on'
}

const holds = {
  // Where the team's policy could not be read, the built-in one says what becomes of an alert.
  alert: async ({ tocsin }) =>
    (await tocsin.incidents()).some((i) => i.state.title.includes('Cards are refused')) || /Cards are refused/.test((await tocsin.tocsin('inc', 'incoming')).out),
  declare: async ({ tocsin }) => (await tocsin.incidents()).some((i) => i.state.title === 'pages are slow'),
  accept: async ({ tocsin }) => (await tocsin.timeline('INC-1')).some((e) => /accepted/.test(e.text)),
  note: async ({ tocsin }) => (await tocsin.timeline('INC-1')).some((e) => e.type === 'noted' && /the bank is back/.test(e.text)),
  resolve: async ({ tocsin }) => (await tocsin.incident('INC-1')).status === 'resolved',
  said: async ({ ben }) => ben.sees('what Ana said', (m) => m.text === 'the bank says it is them'),
}

async function everythingHolds(world) {
  const { tocsin } = world
  if (world.plain) await writeFile(tocsin.config, world.plain)
  await tocsin.start()
  world.ben = await new Person(tocsin, 'Ben').enter()
  for (const what of world.kept) assert.ok(await holds[what](world), `${what} was acknowledged, and is lost:\n${tocsin.log}`)
  const cards = () => world.ben.messages.filter((m) => m.room === 'incidents' && m.card).map((m) => textOf(m).split('\n')[0])
  const incidents = await tocsin.incidents()
  await until('each incident to be announced', () => incidents.every((i) => cards().some((card) => card.startsWith(`${i.name} `))), 30_000)
  for (const { name } of incidents) assert.equal(cards().filter((card) => card.startsWith(`${name} `)).length, 1, `${name} was announced twice`)
  world.ben.leave()
  await tocsin.stop()
  const verified = await tocsin.tocsin('verify')
  assert.equal(verified.code, 0, verified.err)
}

async function tryOne(program, fault) {
  const world = await createWorld(program, fault)
  try {
    await play(world)
    const how = await endsInOrder(world)
    world.struck = /fault: /.test(world.tocsin.log)
    await everythingHolds(world)
    return { ...world, how }
  } catch (error) {
    throw new Error(`${program} ${fault}: ${error.message}\n${world.tocsin.log}`, { cause: error })
  } finally {
    world.tocsin.child?.kill('SIGKILL')
    await rm(world.tocsin.above, { recursive: true, force: true })
  }
}

// ---- which calls fail ----

// The first call of each kind from each place, with each error; or so many of them, from all parts of the scenario.
async function chosen(program) {
  const world = await createWorld(program, 'open 0 EIO')
  await play(world)
  await endsInOrder(world)
  const bytes = await readFile(world.counts)
  await rm(world.tocsin.above, { recursive: true, force: true })
  assert.deepEqual(world.kept, Object.keys(holds).toSorted((a, b) => world.kept.indexOf(a) - world.kept.indexOf(b)), 'without a fault all is acknowledged')
  const sites = [...new Uint32Array(bytes.buffer.slice(bytes.byteOffset + 4 * (CALLS.length + 1), bytes.byteOffset + bytes.length))].filter(Boolean)
  const all = sites.flatMap((site) => {
    const [call, ...codes] = CALLS[site % 32]
    return codes.map((code) => `${call} 1 ${code} ${site.toString(16)}`)
  })
  const step = Math.max(1, Math.floor(all.length / FAULTS))
  return all.filter((_, i) => i % step === step >> 1)
}

async function tryAll(program, faults, tried) {
  const left = [...faults]
  const work = async () => {
    for (let fault; (fault = left.shift()); ) tried(fault, await tryOne(program, fault).catch((error) => ({ error })))
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
}

for (const program of ['tocsind', 'tocsin-runner']) {
  test(`system calls of ${program} fail, each once`, async (t) => {
    const named = (ONLY ? [ONLY] : SAMPLE).filter((fault) => fault.startsWith(`${program} `)).map((fault) => fault.slice(program.length + 1))
    const faults = FAULTS && !ONLY ? await chosen(program) : named
    const counts = { struck: 0, ended: 0, 'went on': 0, aborted: 0 }
    const failures = []
    await tryAll(program, faults, (fault, done) => {
      if (done.error) failures.push(done.error.message)
      else if (done.struck) counts.struck++, counts[done.how]++
      if (FAULTS) console.error(`${program} ${fault}: ${done.error ? `WRONG: ${done.error.message.slice(0, 300)}` : done.struck ? done.how : 'did not happen'}`)
    })
    t.diagnostic(`${faults.length} faults, ${counts.struck} struck: ${counts['went on']} went on, ${counts.ended} ended with an error, ${counts.aborted} were ended by a library, ${failures.length} wrong`)
    assert.equal(failures.length, 0, failures.join('\n\n'))
  })
}
