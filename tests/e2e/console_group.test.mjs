// Who may connect to the console's socket: everybody, or the members of a group.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { Tocsin, run, until } from './support.mjs'

const withSettings = (settings) => ({ change: (text) => text.replace('socket = "console.sock", trust = true', `socket = "console.sock"${settings}`) })

async function socketOf(t, settings) {
  const tocsin = await Tocsin.create(withSettings(settings))
  t.after(() => tocsin.remove())
  await tocsin.start()
  const { mode, gid } = statSync(tocsin.socket)
  return { mode: mode & 0o777, gid }
}

test('everybody may connect, unless a group is named', async (t) => {
  assert.equal((await socketOf(t, '')).mode, 0o666)
  const [name, gid] = (await Promise.all([run('id', ['-gn']), run('id', ['-g'])])).map((said) => said.out.trim())
  assert.deepEqual(await socketOf(t, `, group = "${name}"`), { mode: 0o660, gid: Number(gid) })
})

test('a group that does not exist is said', async (t) => {
  const tocsin = await Tocsin.create(withSettings(', group = "no-such-group"'))
  t.after(() => tocsin.remove())
  const started = tocsin.start().catch(() => undefined)
  await until('the reason', () => /no such group; set `group` to one of this machine/.test(tocsin.log))
  await tocsin.stop()
  await started
})
