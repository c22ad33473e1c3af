// What a connector's process may do, read from the kernel. As root it shows more than as another user, who has no capabilities.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tocsin, build, run } from './support.mjs'

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

test('connectors run as a user of their own', { skip: process.getuid() === 0 ? false : 'only root can change the user' }, async (t) => {
  const nobody = Number((await run('id', ['-u', 'nobody'])).out)
  const tocsin = await Tocsin.create({
    change: (text) => text.replace('"console.sock"', '"chat/console.sock"').replace('return {', 'return {\n  runner_user = "nobody",'),
  })
  t.after(() => tocsin.remove())
  tocsin.socket = join(tocsin.directory, 'chat/console.sock')
  mkdirSync(join(tocsin.directory, 'chat'))
  chownSync(join(tocsin.directory, 'chat'), nobody, -1)
  for (const path of [tocsin.above, tocsin.directory]) chmodSync(path, 0o711)
  await tocsin.start()
  const [runner] = tocsin.runners()
  assert.equal(status(runner, 'Uid'), String(nobody))
})

test('a user that does not exist is refused', async (t) => {
  const tocsin = await Tocsin.create({ change: (text) => text.replace('return {', 'return {\n  runner_user = "no-such-user",') })
  t.after(() => tocsin.remove())
  const ended = await run(join(build, 'tocsind'), ['--config', tocsin.config])
  assert.equal(ended.code, 1)
  assert.match(ended.err, /'runner_user' names 'no-such-user', and this machine has no such user/)
})
