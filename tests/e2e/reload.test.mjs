// A changed configuration is applied without a restart: only what changed is touched.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, run, Person, Tocsin, until, textOf } from './support.mjs'

const changed = async (tocsin, change) => writeFile(tocsin.config, change(await readFile(tocsin.config, 'utf8')))
const runners = (tocsin) => tocsin.runners().sort()

test('connectors are added, changed and removed while the daemon runs', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  ana.say('/inc checkout is slow')
  await until('an incident', async () => (await tocsin.incidents()).length === 1)
  const before = runners(tocsin)

  // nothing changed
  const same = await tocsin.tocsin('reload')
  assert.match(same.out, /configuration reloaded; nothing changed/)
  assert.deepEqual(runners(tocsin), before)

  // one is added; the other is not touched
  await changed(tocsin, (text) => text.replace('connectors = {', 'connectors = {\n    second = { plugin = "console", socket = "second.sock", trust = true },'))
  const added = await tocsin.tocsin('reload')
  assert.match(added.out, /configuration reloaded; second started\n/)
  await until('two runners', () => runners(tocsin).length === 2)
  assert.ok(before.every((pid) => runners(tocsin).includes(pid)))
  const beside = Object.create(tocsin, { socket: { value: join(tocsin.directory, 'second.sock') } })
  await until('the second chat', () => beside.takesChat())

  // a mistake changes nothing, and the answer says where it is
  const good = await readFile(tocsin.config, 'utf8')
  await changed(tocsin, (text) => text.replace('trust = true }', 'trust = true, histroy = 3 }'))
  const wrong = await tocsin.tocsin('reload')
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.out + wrong.err, /histroy.*history/s)
  const here = await tocsin.api('/reload', { method: 'POST', body: {} })
  assert.match(here.detail, /second.*histroy.*history/s, 'the daemon checks the configuration itself')
  await changed(tocsin, (text) => text.replace('histroy = 3 }', 'limits = { psot = "1/s" } }'))
  assert.match((await tocsin.api('/reload', { method: 'POST', body: {} })).detail, /psot.*post/s)
  await changed(tocsin, (text) => text.replace('plugin = "console", socket', 'plugin = "nothing", socket'))
  await writeFile(tocsin.config, (await readFile(tocsin.config, 'utf8')).replace('psot', 'post'))
  assert.match((await tocsin.api('/reload', { method: 'POST', body: {} })).detail, /second.*nothing\.so/s)
  await writeFile(tocsin.config, 'return {')
  const broken = await tocsin.api('/reload', { method: 'POST', body: {} })
  assert.match(broken.detail, /tocsin\.lua:1/)
  assert.equal(runners(tocsin).length, 2)

  // one changes, one is removed; settings that need a restart are named
  await writeFile(tocsin.config, good.replace('"console.sock", trust = true }', '"console.sock", trust = true, history = 50 }').replace(/ *second = .*\n/, '').replace('return {', 'return {\n  zone = "Europe/Madrid",'))
  const last = await tocsin.tocsin('reload')
  assert.match(last.out, /console restarted/)
  assert.match(last.out, /second stopped/)
  assert.match(last.out, /restart tocsind to apply zone\n/)
  await until('one runner, another one', () => runners(tocsin).length === 1 && !before.includes(runners(tocsin)[0]))
  assert.equal(tocsin.child.exitCode, null)
  await ana.enterAgain()
  ana.say('/inc INC-1 accept')
  ana.say('/inc note it goes on')
  await ana.sees('an answer', (m, text) => /INC-1/.test(text))

  // new limits apply without a new process
  const kept = runners(tocsin)
  await changed(tocsin, (text) => text.replace('history = 50 }', 'history = 50, limits = { post = "100/s" } }'))
  assert.match((await tocsin.tocsin('reload')).out, /console has new limits/)
  assert.deepEqual(runners(tocsin), kept)

  // SIGHUP reloads too
  await writeFile(tocsin.config, good)
  tocsin.child.kill('SIGHUP')
  await until('the second again', () => runners(tocsin).length === 2)
})

test('sources are added, changed and removed while the daemon runs', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const send = async (key) => (await fetch(`${tocsin.url}/intake/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'the shop is down' }),
  })).status
  const statuses = (...keys) => Promise.all(keys.map(send))
  const blog = 'key-of-the-blog-0123', other = 'another-key-of-the-blog'
  assert.deepEqual(await statuses(tocsin.key, blog), [202, 401])
  const before = runners(tocsin)

  // added
  const first = await readFile(tocsin.config, 'utf8')
  await changed(tocsin, (text) => text.replace('sources = {', `sources = {\n    blog = { key = "${blog}", service = "blog" },`))
  const added = await tocsin.tocsin('reload')
  assert.match(added.out, /configuration reloaded; source blog added\n/)
  assert.deepEqual(await statuses(tocsin.key, blog), [202, 202])

  // a mistake changes nothing: both keep their keys
  const good = await readFile(tocsin.config, 'utf8')
  await changed(tocsin, (text) => text.replace(blog, tocsin.key))
  const same = await tocsin.api('/reload', { method: 'POST', body: {} })
  assert.match(same.detail, /has the same key as sources\./)
  assert.deepEqual(await statuses(tocsin.key, blog), [202, 202])

  // changed: the old key is refused
  await writeFile(tocsin.config, good.replace(blog, other))
  const other_key = await tocsin.tocsin('reload')
  assert.match(other_key.out, /configuration reloaded; source blog changed\n/)
  assert.deepEqual(await statuses(tocsin.key, blog, other), [202, 401, 202])
  for (const key of [blog, other, tocsin.key]) assert.ok(!(added.out + other_key.out + tocsin.log).includes(key), 'no key may appear in output or log')

  // removed, by signal
  await writeFile(tocsin.config, first)
  tocsin.child.kill('SIGHUP')
  await until('the log to say so', () => /configuration reloaded; source blog removed/.test(tocsin.log))
  assert.deepEqual(await statuses(tocsin.key, other), [202, 401])
  assert.deepEqual(runners(tocsin), before, 'no connector was touched')
})

test('a failed start leaves nothing behind and says what to do', async (t) => {
  const tocsin = await Tocsin.create()
  const other = await Tocsin.create()
  t.after(() => tocsin.remove())
  t.after(() => other.remove())
  await tocsin.start()
  await changed(other, (text) => text.replaceAll(`127.0.0.1:${other.port}`, `127.0.0.1:${tocsin.port}`))
  const failed = await run(join(build, 'tocsind'), ['--config', other.config])
  assert.equal(failed.code, 1)
  assert.match(failed.err, /could not start the web server: cannot listen on 127\.0\.0\.1:\d+: .*choose another port/)
  assert.doesNotMatch(failed.err, /is ready on/)
  await changed(other, (text) => text.replaceAll(`127.0.0.1:${tocsin.port}`, `127.0.0.1:${other.port}`))
  await other.start() // the journal is free again, and so is the socket of the console
})

test('a check survives a client that disconnects and a connector that dies', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const [runner] = tocsin.runners()
  const check = (signal) => fetch(`${tocsin.url}/api/v1/connectors/console/check`,
    { method: 'POST', headers: { authorization: `Bearer ${tocsin.token}` }, signal })
  await until('it runs', async () => (await check()).status === 200)
  process.kill(runner, 'SIGSTOP')
  await Promise.all([1, 2, 3].map(() => assert.rejects(check(AbortSignal.timeout(100)))))
  process.kill(runner, 'SIGCONT') // its answers reach nobody
  assert.equal((await (await check()).json()).ok, true)
  process.kill(runner, 'SIGSTOP')
  await assert.rejects(check(AbortSignal.timeout(100)))
  const asked = check()
  process.kill(runner, 'SIGKILL')
  assert.ok([200, 409].includes((await asked).status), 'the client that stayed is answered')
  assert.equal(tocsin.child.exitCode, null)
})

test('a broken policy is announced, and so is the one that mends it, also across a restart', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  const file = join(tocsin.directory, 'policy/team.lua'), good = await readFile(file, 'utf8')
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const told = (text) => ana.messages.filter((m) => textOf(m).includes(text)).length
  await writeFile(file, good + 'rule {\n')
  await ana.sees('the fault', (m, text) => /The new policy has an error, so the previous one stays active: .*team\.lua:/.test(text))
  await writeFile(file, good)
  await ana.sees('that it is mended', (m, text) => /The policy works again: loaded 2 files/.test(text))
  await writeFile(file, good + 'rule {\n')
  await until('the second fault', () => told('stays active') === 2)
  await tocsin.stop()
  await tocsin.start()
  await ana.enterAgain()
  await ana.sees('the fault at start', (m, text) => /so the built-in defaults are active until it is fixed: .*team\.lua:/.test(text))
  await tocsin.stop()
  await writeFile(file, good)
  await tocsin.start()
  await ana.enterAgain()
  await until('that it is mended', () => told('works again') === 2)
})

test('policy test shows why a rule asked a person', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/team.lua'),
    "rule { name = 'x', match = { title = 'boom' },\n  when = function(g) return g.nope.deeper end, declare = true }\n")
  await writeFile(join(tocsin.directory, 'policy/team_test.lua'),
    "test('boom', function() expect(judge { title = 'boom' }.kind, 'declare') end)\n")
  const tested = await tocsin.tocsin('policy', 'test', join(tocsin.directory, 'policy'))
  assert.equal(tested.code, 1)
  assert.match(tested.out + tested.err, /team\.lua:2: .*nope/)
})
