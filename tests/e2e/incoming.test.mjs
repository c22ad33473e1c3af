// What comes in and opens no incident is listed with the reason, survives a crash, and becomes an incident in one line.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { Tocsin, build, run, throwError, until, withSdk } from './support.mjs'

async function unimportant(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/team.lua'), 'services { important = {} }\n')
  await writeFile(join(tocsin.directory, 'policy/team_test.lua'), '')
  await tocsin.start()
  return tocsin
}

async function incoming(tocsin) {
  const listed = await tocsin.tocsin('inc', 'incoming')
  assert.equal(listed.code, 0, listed.err)
  return listed.out
}

test('a real error that no rule matches is listed, and opened from there', withSdk, async (t) => {
  const tocsin = await unimportant(t)
  await throwError(tocsin.dsn, { message: 'the card was refused' })
  await throwError(tocsin.dsn, { message: 'the card was refused' })
  const said = await until('both to be counted', async () => {
    const text = await incoming(tocsin)
    return text.includes('2 times') && text
  })
  for (const part of ['CardDeclined', 'service checkout', 'production', 'no rule matched', 'new-error-important',
    'services { important = { "checkout" } }'])
    assert.ok(said.includes(part), `${part} in ${said}`)
  assert.equal((await tocsin.incidents()).length, 0)

  await tocsin.kill()
  await tocsin.start()
  const again = await incoming(tocsin)
  const line = /declare from [0-9a-f]{16}/.exec(again)[0]
  const { groups } = await tocsin.api('/incoming')
  assert.equal(groups[0].command, line)
  assert.equal(groups[0].why, 'none')

  const declared = await tocsin.tocsin('inc', line)
  assert.equal(declared.code, 0, declared.err)
  const incident = await tocsin.incident('INC-1')
  assert.equal(incident.service, 'checkout')
  assert.equal(incident.alerts.length, 1)
  assert.doesNotMatch(await incoming(tocsin), /CardDeclined/)
})

// Only the head is sent: a body of that length is refused before it arrives.
function tooLarge(tocsin, path) {
  return new Promise((done, failed) => {
    const socket = connect(tocsin.port, '127.0.0.1')
    socket.on('error', failed)
    socket.once('data', (bytes) => (socket.destroy(), done(String(bytes).split('\r\n')[0])))
    socket.write(`POST ${path} HTTP/1.1\r\nHost: tocsin\r\nAuthorization: Bearer ${tocsin.key}\r\nContent-Length: 30000000\r\n\r\n`)
  })
}

test('refused senders are listed and logged, and no key is shown', async (t) => {
  const tocsin = await unimportant(t)
  const secret = 'b1946ac92492d2347c6235b4d2611184'
  const post = (path, body, headers = {}) => fetch(tocsin.url + path, { method: 'POST', body, headers })
  for (let i = 0; i < 3; i++)
    assert.equal((await post('/intake/alerts', '{"title":"x"}', { authorization: `Bearer ${secret}` })).status, 401)
  assert.equal((await post(`/api/1/store/?sentry_key=${secret}`, '{"message":"x"}')).status, 403)
  assert.equal((await post('/api/1/store/', '{"message":"x"}')).status, 403)
  assert.equal((await post('/intake/alerts', '{"title":', { authorization: `Bearer ${tocsin.key}` })).status, 400)
  for (let i = 0; i < 2; i++) assert.match(await tooLarge(tocsin, '/intake/alerts'), /413/)
  assert.match(await tooLarge(tocsin, '/api/1/envelope/'), /413/)
  assert.match(await tooLarge(tocsin, '/api/v1/commands'), /401/)
  const said = await incoming(tocsin)
  assert.match(said, /2 requests refused from 127\.0\.0\.1: The body is too large\. The limit is 20971520 bytes, last .* \(\/intake\/alerts\)/)
  assert.match(said, /1 request refused from 127\.0\.0\.1: The body is too large\. .* \(\/api\/\{\}\/envelope\)/)
  assert.match(tocsin.log, /warn .*refused a request from 127\.0\.0\.1 to \/intake\/alerts: The body is too large/)
  assert.match(said, /3 requests refused from 127\.0\.0\.1: wrong key, last (just now|\d+ seconds? ago)/)
  assert.match(said, /1 request refused from 127\.0\.0\.1: no key/)
  assert.match(said, /1 request refused from 127\.0\.0\.1: Invalid JSON at byte/)
  assert.match(tocsin.log, /warn .*refused a request from 127\.0\.0\.1 to \/intake\/alerts: wrong key/)
  const { refused } = await tocsin.api('/incoming')
  assert.equal(refused.length, 6)
  for (const text of [said, tocsin.log, JSON.stringify(refused)]) assert.ok(!text.includes(secret))
})

test('a byte that is not UTF-8 does not lose the alert', async (t) => {
  const tocsin = await unimportant(t)
  // Node passes arguments as UTF-8, so a shell makes the byte.
  const sent = await run('/bin/sh', ['-c', `"$0" --config "$1" alert --release "$(printf 'v\\374')" "$(printf 'f\\374r alle')"`,
    join(build, 'tocsin'), tocsin.config])
  assert.equal(sent.code, 0, sent.err)
  const store = `/api/1/store/?sentry_key=${tocsin.key}`
  const post = (path, body, headers = {}) => fetch(tocsin.url + path, { method: 'POST', body, headers })
  const crumb = Buffer.from('{"message":"a crumb","breadcrumbs":[{"message":"\xe9t\xe9"}]}', 'latin1')
  assert.equal((await post(store, crumb)).status, 200)
  assert.equal((await post(store + '&sentry_client=f%FCr', '{"message":"in a query"}', { 'user-agent': 'f\xfcr' })).status, 200)
  const latin = Buffer.from('{"message":"f\xfcr jeden"}', 'latin1')
  assert.equal((await post(store, latin, { 'content-type': 'application/json; charset=iso-8859-1' })).status, 200)
  const raven = deflateSync('{"message":"from a raven"}').toString('base64')
  assert.equal((await post(store, raven, { 'content-type': 'application/octet-stream' })).status, 200)
  const titles = (await tocsin.api('/groups')).groups.map((g) => g.title).sort()
  assert.deepEqual(titles, ['a crumb', 'from a raven', 'f\ufffdr alle', 'für jeden', 'in a query'].sort())
  const declared = await run('/bin/sh', ['-c', `"$0" --config "$1" inc declare "$(printf 'f\\374r immer')"`,
    join(build, 'tocsin'), tocsin.config])
  assert.equal(declared.code, 0, declared.err)
  assert.equal((await tocsin.incident('INC-1')).title, 'f\ufffdr immer')
})
