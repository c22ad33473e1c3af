// A source with a good key that sends the worst it can: it is refused, asked to wait, and delays nobody else.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import zlib from 'node:zlib'
import { Tocsin, until } from './support.mjs'

const MB = 1 << 20
const EVIL = 'an-evil-key-that-is-long'
const spaces = Buffer.alloc(75 * MB, ' ')
// A zstd frame of so many blocks, each one space repeated 128 KB.
const zstd = (blocks) =>
  Buffer.concat([
    Buffer.from('28b52ffd0068', 'hex'),
    ...Array.from({ length: blocks }, (_, i) => Buffer.from([Number(i === blocks - 1) | 2, 0, 16, 32])),
  ])
const bombs = {
  gzip: zlib.gzipSync(spaces),
  deflate: zlib.deflateSync(spaces),
  zstd: zstd(20_000),
  // It would be too small to be allowed much.
  br: zlib.brotliCompressSync(Buffer.concat([randomBytes(76_000), spaces]), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
}

async function started(t) {
  const change = (config) => config.replace('sources = {', `sources = { evil = { key = "${EVIL}" },`)
  const tocsin = await Tocsin.create({ change })
  t.after(() => tocsin.remove())
  await tocsin.start()
  return tocsin
}

const post = (tocsin, body, { key = EVIL, path = '/intake/alerts', ...headers } = {}) =>
  fetch(tocsin.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  })

const other = (tocsin, title = 'Others go on') =>
  post(tocsin, JSON.stringify({ title, service: 'checkout' }), { key: tocsin.key }).then((answer) => answer.status)

// So many requests at once; calls back with how many of them have been answered.
async function meanwhile(requests, act) {
  let answered = 0
  const answers = Promise.all(requests().map((request) => request.finally(() => answered++)))
  await act(() => answered)
  return answers
}

for (const [encoding, bomb] of Object.entries(bombs)) {
  test(`a body that inflates too far is refused beside the others: ${encoding}`, async (t) => {
    const tocsin = await started(t)
    assert.equal(await other(tocsin), 202)
    const many = () => Array.from({ length: 8 }, () => post(tocsin, bomb, { 'content-encoding': encoding }))
    const answers = await meanwhile(many, async (answered) => {
      assert.equal(await other(tocsin), 202)
      assert.ok(answered() < 8, 'it waited for all of them')
    })
    for (const answer of answers) {
      assert.equal(answer.status, 413)
      assert.match((await answer.json()).detail, /body inflates to more than/)
    }
  })
}

test('who takes too much time is asked to wait, in the words of its format', async (t) => {
  const tocsin = await started(t)
  const gzip = { 'content-encoding': 'gzip' }
  const spent = await until('its time to be used up', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(tocsin, bombs.gzip, gzip)))
    return answers.find((answer) => answer.status === 429)
  })
  assert.ok(Number(spent.headers.get('retry-after')) >= 1)
  assert.match((await spent.json()).detail, /^The source has sent more than it may\. Try again in \d+ s\.$/)

  const prometheus = await post(tocsin, bombs.gzip, { ...gzip, path: '/api/v2/alerts' })
  assert.equal(prometheus.status, 503, 'it only comes back after a 5xx')
  assert.ok(Number(prometheus.headers.get('retry-after')) >= 1)
  const sentry = await post(tocsin, bombs.gzip, { ...gzip, path: `/api/shop/envelope/?sentry_key=${EVIL}` })
  assert.equal(sentry.status, 429)
  assert.match(sentry.headers.get('x-sentry-rate-limits'), /^\d+::key:spent$/)

  assert.equal(await other(tocsin), 202)
  assert.equal((await post(tocsin, '{"title": "short ones are welcome"}')).status, 202)
  const { out } = await tocsin.tocsin('inc', 'incoming')
  assert.match(out, /the source has sent more than it may/)
})

// Each is new, and judged by the rules.
const titles = (n) => Array.from({ length: n }, (_, i) => ({ title: `failure ${i.toString(36).replace(/\d/g, (d) => 'ghijklmnop'[d])}` }))

test('a body of many alerts is taken in beside those of others, and answered when all of it is durable', async (t) => {
  const tocsin = await started(t)
  assert.equal(await other(tocsin), 202)
  const [answer] = await meanwhile(
    () => [post(tocsin, JSON.stringify(titles(3000)))],
    async (answered) => {
      for (let i = 0; i < 3; i++) assert.equal(await other(tocsin), 202)
      assert.equal(answered(), 0, 'others waited for it')
    },
  )
  assert.equal(answer.status, 202)
  assert.deepEqual(await answer.json(), { accepted: 3000 })
  await tocsin.kill()
  await tocsin.start()
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

const long = JSON.stringify([{ title: 'Long', message: 'x'.repeat(3 * MB) }, ...titles(2000)])

test('a reload that removes the source, while its body is read, does not lose it', async (t) => {
  const tocsin = await started(t)
  const config = readFileSync(tocsin.config, 'utf8')
  writeFileSync(tocsin.config, config.replace(/evil = .*? \},/, ''))
  const [[answer], reloaded] = await Promise.all([Promise.all([post(tocsin, long)]), tocsin.tocsin('reload')])
  assert.equal(reloaded.code, 0, reloaded.err)
  assert.ok([202, 401].includes(answer.status), `${answer.status}`)
  assert.equal((await post(tocsin, '{"title": "too late"}')).status, 401)
})

test('a client that hangs up, and a stop, while bodies are read harm nothing', async (t) => {
  const tocsin = await started(t)
  const hangUp = () =>
    new Promise((done) => {
      const socket = connect(tocsin.port, '127.0.0.1')
      socket.on('error', done)
      socket.on('close', done)
      socket.write(
        `POST /intake/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${EVIL}\r\nContent-Length: ${long.length}\r\n\r\n${long}`,
        () => socket.destroy(),
      )
    })
  await Promise.all(Array.from({ length: 6 }, hangUp))
  assert.equal(await other(tocsin), 202)

  const asked = Array.from({ length: 6 }, () => post(tocsin, long).then((answer) => answer.status, () => 'gone'))
  assert.equal(await other(tocsin), 202)
  await tocsin.stop()
  assert.deepEqual(tocsin.ended, { code: 0, signal: null }, tocsin.log)
  for (const status of await Promise.all(asked)) assert.ok([202, 429, 503, 'gone'].includes(status), `${status}`)
})

// Its head alone, of a body that it then keeps back: the status of the answer, or null as long as the body is waited for.
function beginsToSend(tocsin, key, head) {
  const socket = connect(tocsin.port, '127.0.0.1')
  const sender = { socket, status: null }
  socket.on('error', () => {})
  socket.on('data', (bytes) => (sender.status ??= Number(/^HTTP\/1.1 (\d+)/.exec(bytes)?.[1])))
  socket.write(`POST /intake/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n${head}\r\n`)
  return sender
}

test('bodies that are sent at once may not take all memory: not those of one source, and not all together', async (t) => {
  const keys = Array.from({ length: 6 }, (_, i) => `evil-key-number-${i}-is-long`)
  const sources = keys.map((key, i) => `evil${i} = { key = "${key}" },`).join('')
  const tocsin = await Tocsin.create({ change: (config) => config.replace('sources = {', `sources = { ${sources}`) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const begin = (key, n) => Array.from({ length: n }, () => beginsToSend(tocsin, key, `Content-Length: ${19 * MB}\r\n`))
  const first = begin(keys[0], 8)
  await until('two to be refused', () => first.filter((sender) => sender.status === 429).length === 2)
  assert.equal(await other(tocsin), 202)

  const rest = keys.slice(1).flatMap((key) => begin(key, 6))
  await until('the last ones to be refused', () => rest.filter((sender) => sender.status === 503).length === 10)
  assert.equal(await other(tocsin), 202, 'short ones are welcome')
  for (const sender of [...first, ...rest]) sender.socket.destroy()
  await until('there to be room again', async () => (await post(tocsin, long, { key: keys[1] })).status === 202)
})

test('who does not say how long a body is gets no more memory', async (t) => {
  const tocsin = await started(t)
  const piece = `${(96 << 10).toString(16)}\r\n${' '.repeat(96 << 10)}\r\n`
  const senders = Array.from({ length: 8 }, () => {
    const sender = beginsToSend(tocsin, EVIL, 'Transfer-Encoding: chunked\r\n')
    sender.socket.write(piece)
    return sender
  })
  t.after(() => senders.forEach((sender) => sender.socket.destroy()))
  await until('two to be refused', () => senders.filter((sender) => sender.status === 429).length === 2)
  assert.equal(await other(tocsin), 202)
})

test('an envelope whose JSON unfolds in memory is refused', async (t) => {
  const tocsin = await started(t)
  const event = `{"extra":[${'0,'.repeat(490_000)}0]}`
  const item = `{"type":"event","length":${event.length}}\n${event}\n`
  const body = zlib.gzipSync(`{}\n${item.repeat(40)}`, { level: 1 })
  const answer = await post(tocsin, body, { path: `/api/shop/envelope/?sentry_key=${EVIL}`, 'content-encoding': 'gzip' })
  assert.equal(answer.status, 413)
  assert.match((await answer.json()).detail, /needs too much memory/)
})
