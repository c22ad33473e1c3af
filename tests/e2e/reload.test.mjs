// A changed configuration is taken up without a restart: only the connectors that changed are touched.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, until } from './support.mjs'

const changed = async (tocsin, change) => writeFile(tocsin.config, change(await readFile(tocsin.config, 'utf8')))
const runners = (tocsin) => tocsin.runners().sort()

test('connectors come, change and go while the daemon stays', async (t) => {
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
  assert.match(same.out, /nothing has changed/)
  assert.deepEqual(runners(tocsin), before)

  // one more; the other is not touched
  await changed(tocsin, (text) => text.replace('connectors = {', 'connectors = {\n    second = { plugin = "console", socket = "second.sock", trust = true },'))
  const added = await tocsin.tocsin('reload')
  assert.match(added.out, /second: started/)
  await until('two runners', () => runners(tocsin).length === 2)
  assert.ok(before.every((pid) => runners(tocsin).includes(pid)))
  const beside = Object.create(tocsin, { socket: { value: join(tocsin.directory, 'second.sock') } })
  await until('the second chat', () => beside.takesChat())

  // a fault changes nothing, and says where it is
  const good = await readFile(tocsin.config, 'utf8')
  await changed(tocsin, (text) => text.replace('trust = true }', 'trust = true, histroy = 3 }'))
  const wrong = await tocsin.tocsin('reload')
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.out + wrong.err, /histroy.*history/s)
  const here = await tocsin.api('/reload', { method: 'POST', body: {} })
  assert.match(here.detail, /second.*histroy.*history/s, 'the daemon looks for itself')
  await changed(tocsin, (text) => text.replace('histroy = 3 }', 'limits = { psot = "1/s" } }'))
  assert.match((await tocsin.api('/reload', { method: 'POST', body: {} })).detail, /psot.*post/s)
  await changed(tocsin, (text) => text.replace('plugin = "console", socket', 'plugin = "nothing", socket'))
  await writeFile(tocsin.config, (await readFile(tocsin.config, 'utf8')).replace('psot', 'post'))
  assert.match((await tocsin.api('/reload', { method: 'POST', body: {} })).detail, /second.*nothing\.so/s)
  await writeFile(tocsin.config, 'return {')
  const broken = await tocsin.api('/reload', { method: 'POST', body: {} })
  assert.match(broken.detail, /tocsin\.lua:1/)
  assert.equal(runners(tocsin).length, 2)

  // one changes, one goes; what needs a restart is named
  await writeFile(tocsin.config, good.replace('"console.sock", trust = true }', '"console.sock", trust = true, history = 50 }').replace(/ *second = .*\n/, '').replace('return {', 'return {\n  zone = "Europe/Madrid",'))
  const last = await tocsin.tocsin('reload')
  assert.match(last.out, /console: started anew/)
  assert.match(last.out, /second: ended/)
  assert.match(last.out, /restarted for: zone/)
  await until('one runner, another one', () => runners(tocsin).length === 1 && !before.includes(runners(tocsin)[0]))
  assert.equal(tocsin.child.exitCode, null)
  await ana.enterAgain()
  ana.say('/inc INC-1 accept')
  ana.say('/inc note it goes on')
  await ana.sees('an answer', (m, text) => /INC-1/.test(text))

  // other limits hold without a new process
  const kept = runners(tocsin)
  await changed(tocsin, (text) => text.replace('history = 50 }', 'history = 50, limits = { post = "100/s" } }'))
  assert.match((await tocsin.tocsin('reload')).out, /console: has other limits/)
  assert.deepEqual(runners(tocsin), kept)

  // and by signal
  await writeFile(tocsin.config, good)
  tocsin.child.kill('SIGHUP')
  await until('the second again', () => runners(tocsin).length === 2)
})

test('a client that leaves while a connector is checked, and a connector that does', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const [runner] = tocsin.runners()
  const check = (signal) => fetch(`${tocsin.url}/api/v1/connectors/console/check`,
    { method: 'POST', headers: { authorization: `Bearer ${tocsin.token}` }, signal })
  await until('it runs', async () => (await check()).status === 200)
  process.kill(runner, 'SIGSTOP')
  await Promise.all([1, 2, 3].map(() => assert.rejects(check(AbortSignal.timeout(100)))))
  process.kill(runner, 'SIGCONT') // answers into the void
  assert.equal((await (await check()).json()).ok, true)
  process.kill(runner, 'SIGSTOP')
  await assert.rejects(check(AbortSignal.timeout(100)))
  const asked = check()
  process.kill(runner, 'SIGKILL')
  assert.ok([200, 409].includes((await asked).status), 'who stayed is answered')
  assert.equal(tocsin.child.exitCode, null)
})
