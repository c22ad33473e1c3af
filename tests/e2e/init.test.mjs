// tocsin init: what it writes, and directories side by side.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, run, until, Person, Tocsin } from './support.mjs'

const tocsin = (...args) => run(join(build, 'tocsin'), args)

test('two directories side by side get their own ports, and both run', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-init-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  const ports = []
  for (const name of ['a', 'b']) {
    const made = await tocsin('init', join(above, name))
    assert.equal(made.code, 0, made.err)
    ports.push(/127\.0\.0\.1:(\d+)\/1/.exec(made.out)[1])
  }
  assert.notEqual(ports[0], ports[1])
  const one = await Tocsin.create({ above, name: 'c' })
  const other = await Tocsin.create({ above, name: 'd' })
  t.after(() => one.stop())
  t.after(() => other.stop())
  await one.start()
  await other.start()
  await one.tocsin('declare', 'only here')
  assert.equal((await one.incidents()).length, 1)
  assert.equal((await other.incidents()).length, 0)
})

test('only the owner can read what it writes, and `check` finds nothing wrong', async (t) => {
  const one = await Tocsin.create()
  t.after(() => one.remove())
  for (const [name, mode] of [['tocsin.lua', 0o600], ['token', 0o600], ['data', 0o700], ['policy', 0o700]])
    assert.equal((await stat(join(one.directory, name))).mode & 0o777, mode, name)
  const checked = await one.tocsin('check')
  assert.equal(checked.code, 0, checked.out)
  assert.doesNotMatch(checked.out, /FAIL/)
})

test('a directory that is not empty is left alone', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-init-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  await writeFile(join(above, 'mine'), 'x')
  const made = await tocsin('init', above)
  assert.equal(made.code, 1)
  assert.match(made.err, /is not empty/)
  assert.equal(await readFile(join(above, 'mine'), 'utf8'), 'x')
})

test('a path that is too long for a socket gets its socket in /tmp', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-init-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  const deep = join(above, 'x'.repeat(120))
  const made = await tocsin('init', deep)
  assert.equal(made.code, 0, made.err)
  assert.match(await readFile(join(deep, 'tocsin.lua'), 'utf8'), /socket = "\/tmp\/tocsin-[0-9a-f]{32}\.sock"/)
})

test('a second daemon on the same directory is refused and does no harm', async (t) => {
  const one = await Tocsin.create()
  t.after(() => one.remove())
  await one.start()
  const second = await run(join(build, 'tocsind'), ['--config', one.config])
  assert.equal(second.code, 1)
  assert.match(second.err, /held by another tocsind/)
  const ana = await new Person(one, 'Ana').enter()
  t.after(() => ana.leave())
  ana.say('/inc whoami')
  await ana.sees('an answer', (m, text) => /You are Ana/.test(text))
})

test('until the important services are named, every new error opens an incident', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-init-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  const made = await tocsin('init', join(above, 'all'))
  assert.match(made.out, /Every new error opens an incident, until you name your important services in .*\/all\/policy\/team\.lua/)
  const one = await Tocsin.create({ above, name: 'one', important: '*' })
  t.after(() => one.stop())
  await one.start()
  await one.tocsin('alert', '--service', 'blog', 'out of disk')
  await until('an incident', async () => (await one.incidents()).length === 1)
})

test('what is no list of services is refused, and nothing is created', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-init-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  for (const list of ['', ',', 'a"b', '@important']) {
    const made = await tocsin('init', join(above, 'one'), '--important', list)
    assert.equal(made.code, 1, list)
    assert.match(made.err, /--important checkout,pay\*/)
    await assert.rejects(stat(join(above, 'one')))
  }
})
