// Twilio's own client works against the fake Twilio as it does against Twilio, and its library knows the callbacks.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'
import { startTwilio } from './sms/server.mjs'
import { modules, until, withTwilio } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const ana = '+491701234567'

async function fake(t) {
  const twilio = await startTwilio()
  t.after(() => twilio.stop())
  const library = require('twilio')
  class Local extends library.RequestClient {
    request(options) {
      return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com/2010-04-01', twilio.url) })
    }
  }
  const client = library(twilio.account, twilio.token, { httpClient: new Local() })
  return { twilio, library, client, Local }
}

// What the callbacks were, and whether the library knows their signature.
async function listens(t, { twilio, library }) {
  const got = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    const url = `http://${request.headers.host}${request.url}`
    got.push({ params, url, good: library.validateRequest(twilio.token, request.headers['x-twilio-signature'], url, params) })
    response.writeHead(got.length === 1 ? 503 : 204).end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => (server.closeAllConnections(), server.close()))
  return { got, address: `http://127.0.0.1:${server.address().port}/status?p=1#rc=2&rp=all` }
}

test('messages are sent, listed and refused, and callbacks are signed', withTwilio, async (t) => {
  const f = await fake(t)
  const { twilio, client } = f
  const { got, address } = await listens(t, f)
  const made = await client.messages.create({ to: ana, from: twilio.number, body: 'INC-1', statusCallback: address })
  assert.match(made.sid, /^SM[0-9a-f]{32}$/)
  assert.equal(made.status, 'queued')
  await until('both, and one again', () => got.length === 3)
  assert.deepEqual(got.map((g) => [g.params.MessageStatus, g.good]), [['sent', true], ['sent', true], ['delivered', true]])
  assert.deepEqual((await client.messages.list({ to: ana, limit: 5 })).map((m) => [m.sid, m.body, m.status]), [[made.sid, 'INC-1', 'delivered']])
  await assert.rejects(client.messages.create({ to: '0170', from: twilio.number, body: 'x' }), (e) => e.code === 21211 && e.status === 400)
  await assert.rejects(client.messages.create({ to: ana, from: '+15', body: 'x' }), (e) => e.code === 21212)
  assert.deepEqual(twilio.violations, [])
})

test('calls ring, are answered, and end', withTwilio, async (t) => {
  const f = await fake(t)
  const { twilio, client, library } = f
  const { got, address } = await listens(t, f)
  const response = new library.twiml.VoiceResponse()
  response.gather({ numDigits: 1, action: '/key' }).say('INC-1 <slow> & late')
  const made = await client.calls.create({ to: ana, from: twilio.number, twiml: response.toString(), statusCallback: address, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] })
  await until('it to ring', () => got.some((g) => g.params.CallStatus === 'ringing'))
  assert.deepEqual(await twilio.answers(twilio.sent.calls[0], ['']), ['INC-1 <slow> & late'])
  assert.deepEqual([...new Set(got.map((g) => g.params.CallStatus))], ['queued', 'ringing', 'in-progress', 'completed'])
  assert.ok(got.every((g) => g.good))
  await assert.rejects(client.calls(made.sid).update({ status: 'completed' }), (e) => e.code === 21220)
  await assert.rejects(client.calls('CA1').update({ status: 'completed' }), (e) => e.status === 404)
  assert.equal((await client.calls.list({ to: ana, limit: 5 }))[0].sid, made.sid)
  assert.equal((await client.incomingPhoneNumbers.list({ phoneNumber: twilio.number, limit: 5 })).length, 1)
  assert.deepEqual(twilio.violations, [])
})

test('it misbehaves on demand', withTwilio, async (t) => {
  const { twilio, client, library, Local } = await fake(t)
  const send = () => client.messages.create({ to: ana, from: twilio.number, body: 'x' })
  twilio.fail('messages.create', { status: 429, body: { code: 20429, message: 'Too Many Requests', status: 429 } })
  await assert.rejects(send(), (e) => e.code === 20429)
  assert.equal(twilio.sent.messages.length, 0)
  twilio.fail('messages.create', { after: 503 })
  await assert.rejects(send(), (e) => e.status === 503)
  assert.equal(twilio.sent.messages.length, 1)
  twilio.fail('messages.create', 'cut after')
  await assert.rejects(send())
  assert.equal(twilio.sent.messages.length, 2)
  await assert.rejects(library(twilio.account, 'wrong', { httpClient: new Local() }).messages.list({ limit: 1 }), (e) => e.status === 401 && e.code === 20003)
})
