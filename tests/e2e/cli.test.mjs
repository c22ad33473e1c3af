// The command line against a real daemon: output, JSON, exit statuses, and what keeps a journal safe.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, run, until, Person, Tocsin } from './support.mjs'

async function setUp(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  return tocsin
}

test('incidents from the command line', async (t) => {
  const tocsin = await setUp(t)
  const declared = await tocsin.tocsin('declare', '--sev', 'major', '--service', 'checkout', 'cards', 'are', 'refused')
  assert.deepEqual([declared.code, declared.out], [0, 'INC-1 is open: cards are refused\n'])
  assert.equal((await tocsin.tocsin('inc', 'INC-1', 'merge', 'INC-99')).code, 1, 'INC-99 does not exist')
  const listed = JSON.parse((await tocsin.tocsin('list', '--json')).out)
  assert.deepEqual(listed.incidents.map((i) => [i.name, i.state.severity, i.state.service]), [['INC-1', 'major', 'checkout']])
  assert.match((await tocsin.tocsin('list')).out, /INC-1 +investigating +major/)
  assert.match((await tocsin.tocsin('show', 'INC-1')).out, /cards are refused/)
  assert.match((await tocsin.tocsin('timeline', 'INC-1')).out, /declared it: cards are refused/)
  const refused = await tocsin.tocsin('inc', '--json', 'pause', 'INC-1')
  assert.equal(refused.code, 1)
  assert.ok(JSON.parse(refused.out).error)
  for (const typed of ['*no*x', '<a_b>', 'x&amp;y', 'a`b\\_c']) {
    const { err } = await tocsin.tocsin('inc', 'INC-1', 'lead', typed)
    assert.ok(err.startsWith(`tocsin: '${typed}' matches nobody`), err)
  }
  assert.match((await tocsin.tocsin('declare', '--sev', '*x_*', 'a title')).err, /^tocsin: Unknown severity '\*x_\*'\. Choose/)
  assert.match((await tocsin.tocsin('inc', 'INC-1', 'sev')).err, /: `INC-1 sev major`\.$/m)
  assert.equal((await tocsin.tocsin('inc', 'INC-1', 'lead', 'me')).code, 0, 'the first token belongs to a person')
})

test('policy check and policy test answer with JSON', async (t) => {
  const tocsin = await setUp(t)
  const policy = join(tocsin.directory, 'tried')
  await mkdir(policy)
  await writeFile(join(policy, 'team_test.lua'), "test('good', function() expect(1, 1) end)\n")
  const json = async (...words) => {
    const { code, out } = await tocsin.tocsin('--json', 'policy', ...words, policy)
    return [code, JSON.parse(out)]
  }
  const [, [loaded, pages]] = await json('check')
  assert.deepEqual(loaded, { what: policy, ok: true })
  assert.match(pages.warning, /product-responder names nobody: add team/)
  await writeFile(join(policy, 'people.lua'), "team { name = 'product-responder', people = 'ana@shop.example' }\n")
  assert.deepEqual(await json('check'), [0, [{ what: policy, ok: true }]])
  assert.deepEqual(await json('test'), [0, [{ what: 'good', ok: true }]])
  await writeFile(join(policy, 'team_test.lua'), "test('bad', function() expect({ a = 1 }, { a = 2 }) end)\n")
  assert.deepEqual(await json('test'), [1, [{ what: 'bad', ok: false, fault: 'team_test.lua:1: the value.a is 1, not 2' }]])
  const [code, [checked]] = await json('check')
  assert.deepEqual([code, checked.ok], [1, false])
  await writeFile(join(policy, 'team.lua'), 'rule {')
  assert.match((await json('test'))[1][0].fault, /team.lua:1/)
})

test('the exit status says what happened', async (t) => {
  const tocsin = await setUp(t)
  assert.equal((await tocsin.tocsin('list')).code, 0)
  assert.equal((await tocsin.tocsin('show', 'INC-99')).code, 1)
  assert.equal((await tocsin.tocsin('lst')).code, 2)
  assert.equal((await tocsin.tocsin('list', '--limit', 'many')).code, 2)
  assert.equal((await tocsin.tocsin('list', '--status', 'nonsense')).code, 1)
  await tocsin.stop()
  const gone = await tocsin.tocsin('list')
  assert.equal(gone.code, 3)
  assert.match(gone.err, /is tocsind running\?/)
})

test('a token is created, used and revoked, and never appears on a command line', async (t) => {
  const tocsin = await setUp(t)
  const made = (await tocsin.tocsin('token', 'create', 'reader', '--scopes', 'read')).out.trim()
  assert.match(made, /^tocsin_[a-z2-7]{52}$/)
  const file = join(tocsin.directory, 'reader')
  await writeFile(file, made + '\n')
  assert.equal((await tocsin.tocsin('--token-file', file, 'list')).code, 0)
  const denied = await tocsin.tocsin('--token-file', file, 'declare', 'x')
  assert.equal(denied.code, 1)
  assert.ok(!denied.err.includes(made), 'an error must not contain the token')
  assert.equal((await tocsin.tocsin('token', 'revoke', 'reader')).code, 0)
  assert.equal((await tocsin.tocsin('--token-file', file, 'list')).code, 1)
  assert.ok(!(await readFile(join(tocsin.directory, 'data/journal.db'))).includes(made), 'only its hash is kept')
})

test('token create --offline makes a token while tocsind is stopped', async (t) => {
  const tocsin = await setUp(t)
  const busy = await tocsin.tocsin('token', 'create', 'again', '--offline', '--scopes', 'read,admin')
  assert.equal(busy.code, 1)
  assert.match(busy.err, /another tocsind/)
  await tocsin.stop()
  const made = await tocsin.tocsin('token', 'create', 'again', '--offline', '--scopes', 'read,admin')
  assert.equal(made.code, 0, made.err)
  await writeFile(join(tocsin.directory, 'token'), made.out)
  await tocsin.start()
  assert.match((await tocsin.tocsin('token', 'list')).out, /again/)
})

test('a backup taken while the daemon runs can be restored', async (t) => {
  const tocsin = await setUp(t)
  await tocsin.tocsin('declare', 'kept')
  const copy = join(tocsin.directory, 'copy.db')
  const backed = await tocsin.tocsin('backup', copy)
  assert.equal(backed.code, 0, backed.err)
  assert.equal((await stat(copy)).mode & 0o077, 0, 'only its owner may read it')
  assert.equal((await tocsin.tocsin('backup', copy)).code, 1, 'an existing file is not overwritten')
  await tocsin.tocsin('declare', 'after the backup')
  await tocsin.stop()
  await rm(join(tocsin.directory, 'data'), { recursive: true })
  await mkdir(join(tocsin.directory, 'data'))
  await copyFile(copy, join(tocsin.directory, 'data/journal.db'))
  await tocsin.start()
  assert.deepEqual((await tocsin.incidents()).map((i) => i.state.title), ['kept'])
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

test('an export of an import is the same, byte for byte', async (t) => {
  const tocsin = await setUp(t)
  const other = await Tocsin.create({ above: tocsin.above, name: 'other' })
  await tocsin.tocsin('declare', 'kept: ünïcödé “quotes” \u{1f514}')
  await tocsin.tocsin('inc', 'INC-1', 'note', 'and a note')
  await tocsin.stop()
  const [file, again] = ['one.jsonl', 'two.jsonl'].map((name) => join(tocsin.directory, name))
  assert.equal((await tocsin.tocsin('export', file)).code, 0)
  assert.equal((await other.tocsin('import', file)).code, 1, 'an existing journal is not overwritten')
  await rm(join(other.directory, 'data'), { recursive: true })
  await mkdir(join(other.directory, 'data'))
  const imported = await other.tocsin('import', file)
  assert.equal(imported.code, 0, imported.err)
  assert.equal((await other.tocsin('export', again)).code, 0)
  assert.deepEqual(await readFile(again), await readFile(file))
  other.token = tocsin.token
  await copyFile(join(tocsin.directory, 'token'), join(other.directory, 'token'))
  await other.start()
  t.after(() => other.stop())
  assert.match((await other.tocsin('timeline', 'INC-1')).out, /and a note/)
})

test('verify finds one changed byte and names the event', async (t) => {
  const tocsin = await setUp(t)
  await tocsin.tocsin('declare', 'nothing of this was Acme\'s fault')
  await tocsin.stop()
  const path = join(tocsin.directory, 'data/journal.db')
  await rm(path + '-wal', { force: true })
  const bytes = await readFile(path)
  let changed = 0
  for (let at = bytes.indexOf('was Acme'); at >= 0; at = bytes.indexOf('was Acme', at + 1)) {
    bytes.write('WAS', at)
    changed++
  }
  assert.ok(changed > 0)
  await chmod(path, 0o600)
  await writeFile(path, bytes)
  const verified = await tocsin.tocsin('verify')
  assert.equal(verified.code, 1)
  assert.match(verified.err, /INC-1/)
})

test('check names file and line', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/broken.lua'), 'rule {\n  name = "x",\n  mtch = {},\n}\n')
  const checked = await tocsin.tocsin('check')
  assert.equal(checked.code, 1)
  assert.match(checked.out, /FAIL .*broken\.lua:\d/)
  const faults = JSON.parse((await tocsin.tocsin('check', '--json')).out).filter((c) => !c.ok)
  assert.equal(faults.length, 1)
})

test('a changed policy takes effect, and a broken one is reported', async (t) => {
  const tocsin = await setUp(t)
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const file = join(tocsin.directory, 'policy/more.lua')
  await writeFile(file, 'rule { name = "mine", summary = "s", match = { service = "wiki" }, declare = true }\n')
  await until('the rule', async () => /mine/.test((await tocsin.tocsin('policy', 'show')).out))
  await writeFile(file, 'rule { name = "mine", \n')
  await ana.sees('that it is broken', (m, text) => /more\.lua:\d/.test(text))
  assert.match((await tocsin.tocsin('policy', 'show')).out, /mine/, 'the previous policy stays active')
})

test('bash completes commands and options', async () => {
  const script = (await run(join(build, 'tocsin'), ['completion', 'bash'])).out
  const complete = async (...words) => {
    const asked = `COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _tocsin; echo "\${COMPREPLY[@]}"`
    return (await run('bash', ['-c', `${script}\n${asked}`])).out.trim().split(' ')
  }
  assert.deepEqual(await complete('tocsin', 'dec'), ['declare'])
  assert.deepEqual(await complete('tocsin', 'policy', 're'), ['reload'])
  assert.deepEqual(await complete('tocsin', '--config', '/x', 'token', 'create', '--sc'), ['--scopes'])
  assert.deepEqual(await complete('tocsin', 'inc', 'decl'), ['declare', 'decline'])
})

test('scripts can use `chat --plain`', async (t) => {
  const tocsin = await setUp(t)
  const talked = await run(join(build, 'tocsin'), ['--config', tocsin.config, 'chat', '--plain', '--user', 'ana', '--name', 'Ana'],
    { input: 'checkout is slow?\n/declare checkout is slow\n' })
  assert.equal(talked.code, 0, talked.err)
  await until('declared', async () => (await tocsin.incidents()).length === 1)
  assert.match(talked.out, /INC-1/)
  await until('a room', async () => (await tocsin.incident('INC-1')).channels.length === 1)
  const joined = await run(join(build, 'tocsin'), ['--config', tocsin.config, 'chat', '--plain', '--user', 'ana', '--name', 'Ana'],
    { input: '/join inc-1\nit is the cache\n' })
  assert.match(joined.out, /#inc-1-checkout-is-slow/)
  assert.doesNotMatch(joined.out, /no such room/)
  await until('the words', async () => (await tocsin.timeline('INC-1')).some((e) => /it is the cache/.test(e.text)))
})

test('tocsin run creates a directory, starts, guides and stops', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  const { spawn } = await import('node:child_process')
  const child = spawn(join(build, 'tocsin'), ['run', join(tocsin.directory, 'fresh')], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  child.stdout.on('data', (bytes) => (out += bytes))
  await until('the guide', () => /Your first incident/.test(out) && /\/help/.test(out))
  const line = /^ *(\S+tocsin --config \S+ alert .*)$/m.exec(out)[1]
  assert.equal((await run('bash', ['-c', line])).code, 0, line)
  const config = /--config (\S+)/.exec(line)[1]
  await until('the first incident', async () => {
    const listed = await run(join(build, 'tocsin'), ['--config', config, 'list', '--json'])
    return listed.code === 0 && JSON.parse(listed.out).incidents.length === 1
  })
  const curl = /^ *(curl .*)$/m.exec(out)[1]
  assert.equal((await run('bash', ['-c', curl])).code, 0, curl)
  child.kill('SIGINT')
  const code = await new Promise((done) => child.on('exit', done))
  assert.equal(code, 0)
})
