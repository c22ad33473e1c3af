// Programs that are told of events: every event at least once, in order, signed, whatever the receiver or a crash does; and nothing of what is private.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tocsin, freePort, modules, until, withStandardWebhooks } from './support.mjs'

const { Webhook } = withStandardWebhooks.skip ? {} : createRequire(join(modules, 'package.json'))('standardwebhooks')

// Somebody's program: keeps what it takes, and misbehaves as it is told. `how(n)`: what it does with its nth request.
class Receiver {
  constructor(port, secret) {
    Object.assign(this, { port, secret, taken: [], requests: [], how: () => 200 })
    this.server = createServer((request, response) => this.hear(request, response))
  }

  async open() {
    await new Promise((done) => this.server.listen(this.port, '127.0.0.1', done))
    return this
  }

  close() {
    this.server.closeAllConnections()
    this.server.close()
  }

  hear(request, response) {
    let body = ''
    request.on('data', (bytes) => (body += bytes))
    request.on('end', () => {
      const message = new Webhook(this.secret).verify(body, request.headers) // throws when it is forged
      const id = request.headers['webhook-id']
      const how = this.how(this.requests.push({ id, type: message.type }), message)
      if (how === 'cut') return request.socket.destroy()
      if (how === 'redirect') return response.writeHead(307, { location: `http://127.0.0.1:${this.port}/elsewhere` }).end()
      if (how === 200 || how === 'slow' || how === 'cut after') this.taken.push({ id, ...message })
      if (how === 'cut after') request.socket.destroy()
      else if (how === 'slow') setTimeout(() => response.writeHead(200).end(), 1500)
      else response.writeHead(how).end()
    })
  }

  types(incident) {
    const seen = new Set()
    return this.taken.filter(({ id, data }) => data.incident === incident && !seen.has(id) && seen.add(id)).map(({ type }) => type)
  }
}

async function started(t, more = '', more2 = '') {
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const receiver = await new Receiver(await freePort(), secret).open()
  t.after(() => receiver.close())
  const endpoint = (name, options) =>
    `${name} = { url = "http://127.0.0.1:${receiver.port}/${name}", secret = file("hook.secret"), private_network = true, ${options} },`
  const tocsin = await Tocsin.create({
    change: (text) =>
      text.replace('connectors = {', `webhooks = { ${endpoint('crm', more)} ${more2 ? endpoint('board', more2) : ''} },\n  connectors = {\n    webhook = {},`),
  })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'hook.secret'), secret)
  await tocsin.start()
  return { tocsin, receiver }
}

const command = (tocsin, text) => tocsin.api('/commands', { method: 'POST', body: { text } })
const declare = async (tocsin, title, more) => (await tocsin.api('/incidents', { method: 'POST', body: { title, ...more } })).name

// What the timeline has of it, oldest first.
const story = async (tocsin, name) => (await tocsin.timeline(name)).map(({ type }) => type)

test('a receiver that misbehaves gets every event, in order, with the same id', withStandardWebhooks, async (t) => {
  const { tocsin, receiver } = await started(t)
  const moods = [500, 'cut', 'slow', 429, 'cut after', 404, 'redirect', 401]
  receiver.how = (n) => (n % 2 ? moods[(n >> 1) % moods.length] : 200)
  const name = await declare(tocsin, 'checkout is slow')
  for (const line of ['note one', 'severity major', 'note two', 'note three', 'note four', 'note five', 'note six']) await command(tocsin, `${name} ${line}`)
  await until('all events', async () => (await story(tocsin, name)).length === receiver.types(name).length, 90_000)
  assert.deepEqual(receiver.types(name), await story(tocsin, name))
  const ids = receiver.requests.map(({ id }) => id)
  assert.ok(new Set(ids).size < ids.length, 'some came again, with their id')
  assert.ok(receiver.taken.every(({ data, timestamp }) => data.seq > 0 && data.text && timestamp))

  const { deliveries } = await tocsin.api('/webhooks/crm/deliveries')
  assert.ok(deliveries.every(({ state }) => state === 'delivered'), JSON.stringify(deliveries))
  assert.match(deliveries[0].result, /^200 in \d+ ms$/)
  const before = receiver.requests.length
  const last = receiver.taken.at(-1)
  receiver.how = () => 200
  assert.match((await command(tocsin, `webhooks resend crm/${last.data.seq}`)).text, /sent again/)
  await until('the event to come again', () => receiver.requests.length > before)
  assert.equal(receiver.requests.at(-1).id, last.id)
  await until('that it is delivered', async () => new RegExp(`crm/${last.data.seq}.*delivered`).test((await command(tocsin, 'webhooks crm')).text))
  assert.match((await command(tocsin, 'webhooks')).text, /\*\*crm\*\* to 127\.0\.0\.1: last took an event/)
  assert.doesNotMatch(tocsin.log, /whsec_/)
})

test('tocsind may be killed at any moment', withStandardWebhooks, async (t) => {
  const { tocsin, receiver } = await started(t)
  const names = []
  for (let round = 0; round < 3; round++) {
    receiver.how = () => (round % 2 ? 503 : 200)
    names.push(await declare(tocsin, `round ${round}`))
    await command(tocsin, `${names.at(-1)} note said in round ${round}`)
    await tocsin.kill()
    await tocsin.start()
  }
  receiver.how = () => 200
  for (const name of names) {
    await until(`all of ${name}`, async () => (await story(tocsin, name)).length === receiver.types(name).length, 90_000)
    assert.deepEqual(receiver.types(name), await story(tocsin, name))
  }
})

test('what is private goes only where the endpoint says so', withStandardWebhooks, async (t) => {
  const { tocsin, receiver } = await started(t, 'events = { "declared", "noted" }', 'private = true')
  const hidden = await declare(tocsin, 'card numbers leaked', { private: true })
  await command(tocsin, `${hidden} note a secret`)
  const open = await declare(tocsin, 'checkout is slow')
  await command(tocsin, `${open} accept`)
  await command(tocsin, `${open} note the last`)
  const deliveries = async (name) => (await tocsin.api(`/webhooks/${name}/deliveries?limit=500`)).deliveries
  const done = (rows) => rows.some(({ incident, type }) => incident === open && type === 'noted') && rows.every(({ state }) => state === 'delivered')
  await until('both to have all', async () => done(await deliveries('crm')) && done(await deliveries('board')))
  assert.deepEqual(new Set((await deliveries('crm')).map(({ type }) => type)), new Set(['declared', 'noted']))
  assert.ok((await deliveries('crm')).every(({ incident }) => incident === open))
  assert.ok((await deliveries('board')).some(({ incident }) => incident === hidden))
  const tool = await tocsin.api('/tokens', { method: 'POST', body: { name: 'tool', scopes: 'read,admin' } })
  const seen = await fetch(`${tocsin.url}/api/v1/webhooks/board/deliveries?limit=500`, { headers: { authorization: `Bearer ${tool.token}` } })
  const rows = (await seen.json()).deliveries
  assert.ok(rows.length && rows.every(({ incident }) => incident !== hidden))
  const told = async () => (await (await fetch(`${tocsin.url}/api/v1/webhooks`, { headers: { authorization: `Bearer ${tool.token}` } })).json()).webhooks[1].taken_at
  const before = await told()
  await command(tocsin, `${hidden} note another secret`)
  await until('it to be delivered', async () => (await deliveries('board'))[0].incident === hidden && (await deliveries('board'))[0].state === 'delivered')
  assert.equal(await told(), before, 'nothing says that something private was sent')
})

test('an endpoint that is gone is disabled, said aloud, and goes on where it stopped', withStandardWebhooks, async (t) => {
  const { tocsin, receiver } = await started(t)
  receiver.how = () => 410
  const name = await declare(tocsin, 'checkout is slow')
  const { webhooks } = await until('it to be disabled', async () => {
    const answer = await tocsin.api('/webhooks')
    return answer.webhooks[0].disabled && answer
  })
  assert.match(webhooks[0].why, /^410 in/)
  assert.match(tocsin.log, /the webhook crm is disabled/)
  await command(tocsin, `${name} note while nobody listens`)
  receiver.how = () => 200
  assert.match((await command(tocsin, 'webhooks enable crm')).text, /goes on/)
  await until('all events', async () => (await story(tocsin, name)).length === receiver.types(name).length)
  assert.deepEqual(receiver.types(name), await story(tocsin, name))
})

test('a setting that is wrong is named', withStandardWebhooks, async (t) => {
  const { tocsin } = await started(t)
  const { readFile } = await import('node:fs/promises')
  const good = await readFile(tocsin.config, 'utf8')
  for (const [from, to, says] of [
    ['url = "http://127.0.0.1', 'url = "http://example.com', /must begin with https/],
    ['crm = {', 'crm = { events = { "fly" },', /no event is called 'fly'/],
    ['private_network = true', 'private_netwerk = true', /private_network/],
  ]) {
    await writeFile(tocsin.config, good.replace(from, to))
    const checked = await tocsin.tocsin('reload')
    assert.notEqual(checked.code, 0)
    assert.match(checked.err + checked.out, says)
  }
})
