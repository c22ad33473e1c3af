// The status page in a bucket: a store stands in for S3, checks each signature with the code of aws4, and misbehaves.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { withPages } from './statuspage_rig.mjs'
import { Person, build, modules, run, until } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const withAws4 = { skip: existsSync(join(modules, 'node_modules/aws4')) ? false : 'aws4 is not installed: npm cannot reach its registry' }
const KEY = 'AKIDTOCSIN', SECRET = 'a-secret-of-the-bucket/+='

class Store {
  objects = new Map() // path -> { body, type, cache }
  log = [] // "PUT /status/index.html"
  fault = null // (request, response) => true: it has answered, or never will

  async start() {
    this.server = createServer((request, response) => this.serve(request, response))
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}/acme/status`
    return this
  }

  async serve(request, response) {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    if (this.fault?.(request, response)) return
    if (!this.signed(request, body)) return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
    this.log.push(`${request.method} ${request.url}`)
    const { 'content-type': type, 'cache-control': cache } = request.headers
    if (request.method === 'PUT') this.objects.set(request.url, { body, type, cache })
    if (request.method === 'DELETE') this.objects.delete(request.url)
    const found = this.objects.get(request.url)
    response.writeHead(request.method === 'GET' && !found ? 404 : 200).end(request.method === 'GET' ? found?.body : '')
  }

  // What aws4 makes of the headers that were signed must be what came.
  signed({ method, url, headers }, body) {
    const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1].split(';') ?? []
    if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return false
    if (method === 'PUT' && !['cache-control', 'content-type'].every((name) => names.includes(name))) return false
    const hash = require('node:crypto').createHash('sha256').update(body).digest('hex')
    const signed = Object.fromEntries(names.map((name) => [name, headers[name]]))
    const again = require('aws4').sign({ service: 's3', region: 'eu-test-1', method, path: url, headers: signed }, { accessKeyId: KEY, secretAccessKey: SECRET })
    const signature = (text) => /Signature=(\w+)/.exec(text)?.[1]
    return headers['x-amz-content-sha256'] === hash && headers.authorization.includes(`Credential=${KEY}/`) &&
      signature(again.headers.Authorization) === signature(headers.authorization)
  }

  text = (name) => this.objects.get(`/acme/status/${name}`)?.body.toString()
  stop = () => (this.server.closeAllConnections(), this.server.close())
}

const policy = (title, language = '') => `
component { name = "API" }
status_page { name = "main", title = "${title}", url = "https://status.acme.example"${language} }
status_page { name = "globex", title = "Acme for Globex", private = true }
`

let store, t, bo
const change = (...args) => writeFile(join(t.directory, 'policy', 'pages.lua'), policy(...args))
const behind = async () => /^tocsin_status_bucket_behind (\d)/m.exec(await (await fetch(`${t.url}/metrics`, { headers: { authorization: `Bearer ${t.token}` } })).text())?.[1]
before(async () => {
  store = await new Store().start()
  if (withAws4.skip) return
  t = await withPages(policy('Acme', ', languages = { "de" }'), `status_bucket = "${store.url}", status_bucket_region = "eu-test-1",
  status_bucket_key = "${KEY}", status_bucket_secret = "${SECRET}"`)
  bo = await new Person(t, 'bo').enter()
})
after(async () => {
  bo?.leave()
  await t?.remove()
  store.stop()
})

test('all of the page is in the bucket, signed, with its types', withAws4, async () => {
  await until('the page', () => /^[0-9a-f]{64} index\.html$/m.test(store.text('.tocsin-statuspage') ?? ''))
  assert.match(store.text('index.html'), /<h1 dir="auto">Acme Status/)
  const kinds = Object.fromEntries(['index.html', 'history', 'de/index.html', 'api/v2/summary.json', 'style.css', 'history.atom', 'badge.svg'].map((name) => [name, store.objects.get(`/acme/status/${name}`)]))
  assert.deepEqual(Object.values(kinds).map(({ type }) => type.split(';')[0]), ['text/html', 'text/html', 'text/html', 'application/json', 'text/css', 'application/atom+xml', 'image/svg+xml'])
  assert.ok(Object.values(kinds).every(({ cache }) => /^public, max-age=\d+, .*stale-if-error=/.test(cache)))
  assert.ok(![...store.objects.values()].some(({ body }) => body.includes('Globex')))
  assert.ok(!t.log.includes(SECRET) && !t.log.includes(KEY))
})

test('only what changed is put, and what the page no longer has is deleted', withAws4, async () => {
  store.log = []
  await change('Acme and sons')
  await until('the change', () => store.text('index.html').includes('Acme and sons') && !store.text('.tocsin-statuspage').includes('de/'))
  assert.ok(!store.log.some((line) => /style\.css|page\.js/.test(line)), String(store.log))
  assert.ok(!store.objects.has('/acme/status/de/index.html'))
  assert.deepEqual([store.log[0], store.log.at(-1)], Array(2).fill('PUT /acme/status/.tocsin-statuspage'))
})

test('a store that fails and hangs up is tried again, and people are told', withAws4, async () => {
  const ways = [(response) => response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'), (response) => response.socket.destroy()]
  store.fault = ({ method }, response) => method === 'PUT' && ways.length > 0 && (ways.shift()(response), true)
  await change('Acme and daughters')
  await bo.sees('that it cannot be written', (m, text) => /status page could not be written: PUT .*the store answered 503, SlowDown.*Readers of its bucket/s.test(text))
  assert.equal(await behind(), '1')
  assert.equal((await fetch(`${t.url}/status/`)).status, 200)
  await until('the next attempts', () => store.text('index.html').includes('Acme and daughters'))
  await bo.sees('that it is written', (m, text) => /written again; readers of its bucket/.test(text))
  await until('the gauge', async () => (await behind()) === '0')
  store.fault = null
})

test('a store that never answers delays neither the page nor the end of tocsind', withAws4, async () => {
  let asked = 0
  store.fault = () => ++asked > 0
  await change('Acme and cousins')
  await until('a request', () => asked > 0)
  assert.match(await (await fetch(`${t.url}/status/`)).text(), /Acme and cousins/)
  await t.stop()
  store.fault = null
})

test('another process finds what there is, and push writes nothing twice', withAws4, async () => {
  store.log = []
  const push = () => run(join(build, 'tocsin'), ['statuspage', 'push', '--config', t.config])
  const first = await push()
  assert.equal(first.code, 0, first.err)
  assert.ok(!store.log.some((line) => /PUT .*style\.css/.test(line)), String(store.log))
  store.objects.delete('/acme/status/.tocsin-statuspage')
  const lost = await push() // nobody knows what there is: all of it is put again
  assert.match(lost.out, /status: \d+ files written, 0 removed, 0 as they were; the page as of /)
})

test('a wrong key, a list that leads outside, and no bucket are answered', withAws4, async () => {
  store.objects.set('/acme/status/.tocsin-statuspage', { body: Buffer.from('- ../../other/x\n- old\n') })
  store.log = []
  await run(join(build, 'tocsin'), ['statuspage', 'push', '--config', t.config])
  assert.deepEqual(store.log.filter((line) => line.startsWith('DELETE')), ['DELETE /acme/status/old'])
  store.fault = (request, response) => response.writeHead(403).end('<Error><Code>InvalidAccessKeyId</Code></Error>')
  const refused = await run(join(build, 'tocsin'), ['statuspage', 'push', '--config', t.config])
  assert.equal(refused.code, 1)
  assert.match(refused.err, /the store answered 403, InvalidAccessKeyId; the key must be right/)
  assert.ok(!refused.err.includes(SECRET) && !refused.err.includes(KEY))
})
