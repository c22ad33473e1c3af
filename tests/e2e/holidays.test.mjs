// Holidays from an address, of a server that is slow, cut off, broken, huge and hostile, and that changes its days. Whatever it does, the days last
// read hold, people are told why, and tocsind goes on.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createServer } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { gzipSync } from 'node:zlib'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person, Tocsin, freePort, needs, run, until } from './support.mjs'

const secret = 'hunter2222'
const event = (rest) => `BEGIN:VEVENT\r\nUID:${rest.length}\r\nSUMMARY:a day\r\n${rest}\r\nEND:VEVENT\r\n`
const calendar = (events) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events}END:VCALENDAR\r\n`
const days = (...dates) => calendar(dates.map((date) => event(`DTSTART;VALUE=DATE:${date}`)).join(''))
const ical = (date) => date.toISOString().slice(0, 10).replaceAll('-', '')
const inDays = (n) => ical(new Date(Date.now() + n * 86_400_000))

// `site.answer` says what it does; it counts requests, and keeps the last one's headers.
async function withSite(t, tls) {
  const site = { asked: 0, answer: (response) => response.end(''), scheme: tls ? 'https' : 'http' }
  const serve = (request, response) => {
    site.asked++
    site.headers = request.headers
    site.answer(response, request)
  }
  const server = tls ? createSecure(tls, serve) : createServer(serve)
  site.port = await freePort()
  await new Promise((done) => server.listen(site.port, '127.0.0.1', done))
  t.after(() => (server.closeAllConnections(), server.close()))
  return site
}

const gives = (text, etag) => (response) => response.setHeader('etag', etag).end(text)
const leadsTo = (address) => (response) => response.writeHead(302, { location: address }).end()

// What it does, and what people read of it.
const refusals = [
  ['broken', (response) => response.writeHead(500).end(secret), /answered with status 500/],
  ['gone', (response) => response.writeHead(404).end(secret), /answered with status 404/],
  ['cut off', (response) => (response.writeHead(200, { 'content-length': 5000 }).write('BEGIN:VCAL'), setTimeout(() => response.destroy(), 50)), /transfer closed|closed with/],
  ['huge', (response) => response.end('x'.repeat(2 << 20)), /larger than 256 KiB/],
  ['a bomb', (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 << 20))), /larger than 256 KiB/],
  ['no calendar', (response) => response.end('<html>Log in</html>'), /no iCalendar/],
  ['not whole days', (response) => response.end(calendar(event('DTSTART:20261225T100000Z'))), /event 'a day' does not begin with a whole day/],
  ['without end', (response) => response.end(calendar(event('DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY'))), /repeated otherwise than every year/],
  ['never', (response) => response.end(calendar(event('DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'))), /cannot be read as holidays/],
  ['bytes', (response) => response.end(Buffer.from([0, 255, 1, 254, 10, 0])), /cannot be read as holidays/],
  ['leading away', leadsTo(`http://192.0.2.1/${secret}`), /over http, and not https/],
  ['leading inside', leadsTo(`https://169.254.169.254/${secret}`), /in a private network/],
  ['leading to a file', leadsTo('file:///etc/passwd'), /redirects to/],
]

async function started(t, site) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy', 'shop.lua'), `
holidays { name = "shop", url = "${site.scheme}://127.0.0.1:${site.port}/${secret}.ics" }
rotation { name = "shop", zone = "UTC", start = "2026-01-05", people = { "bo@shop.example" }, holidays = "shop",
  layers = { { people = { "ana@shop.example" }, days = "holidays" } } }
`)
  await tocsin.start()
  return tocsin
}

const oncall = async (tocsin) => (await tocsin.tocsin('inc', 'oncall', 'shop')).out
const failing = async (tocsin) => /^tocsin_holiday_feeds_failing (\d+)$/m.exec(await (await fetch(`${tocsin.url}/metrics`)).text())[1]

// Reads it again now.
async function again(tocsin, site, answer) {
  const before = site.asked
  site.answer = answer
  const { code, err } = await tocsin.tocsin('reload')
  assert.equal(code, 0, err)
  await until('the site to be asked', () => site.asked > before)
}

test('a feed that fails keeps the days last read, and says why', async (t) => {
  const site = await withSite(t)
  site.answer = (response) => response.writeHead(503).end()
  const tocsin = await started(t, site)
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  assert.match(tocsin.log, /shop were not read from 127\.0\.0\.1 yet; until they are, no day is one of them/)
  await ana.sees('that there are no days', (m, text) => /The holidays shop cannot be read from 127\.0\.0\.1: .*status 503\. They never were/.test(text))
  assert.match(await oncall(tocsin), /status 503\. They never were, so no day is one of them/)
  assert.equal(await failing(tocsin), '1')
  const [feed] = (await tocsin.api('/oncall')).holidays
  assert.deepEqual([feed.name, feed.host, feed.read_at, feed.why], ['shop', '127.0.0.1', undefined, '127.0.0.1 answered with status 503'])

  await again(tocsin, site, gives(days(inDays(0), inDays(10)), '"one"'))
  await ana.sees('that there are days', (m, text) => text.includes('The holidays shop were read from 127.0.0.1'))
  await until('Ana to be on call on a holiday', async () => /^shop: ana@shop\.example/.test(await oncall(tocsin)))
  assert.equal(await failing(tocsin), '0')

  for (const [name, answer, why] of refusals) {
    await again(tocsin, site, answer)
    await until(`${name} to be said`, async () => why.test(await oncall(tocsin)))
    assert.match(await oncall(tocsin), /^shop: ana@shop\.example[^]*The days last read, .*hold\./)
  }
  assert.equal(await failing(tocsin), '1')

  await again(tocsin, site, (response, request) => (request.headers['if-none-match'] === '"one"' ? response.writeHead(304).end() : response.end('')))
  await until('the same days to be taken', async () => !(await oncall(tocsin)).includes('cannot be read'))
  assert.equal(site.headers['if-none-match'], '"one"')

  await again(tocsin, site, gives(days(inDays(10)), '"two"'))
  await until('Bo to be on call', async () => /^shop: bo@shop\.example/.test(await oncall(tocsin)))
  const told = await tocsin.tocsin('inc', 'shift', 'shop')
  assert.match(told.out, /bo@shop\.example is on call/)

  // The journal and the log know no address; what was read is still there when the site is not.
  site.answer = (response) => response.destroy()
  await tocsin.stop()
  await tocsin.start()
  await until('it to be said in the note', async () => /Holidays shop: cannot be read/.test((await tocsin.tocsin('inc', 'shift', 'shop')).out))
  assert.match(await oncall(tocsin), /then ana@shop\.example/)
  const kept = [tocsin.log, await readFile(join(tocsin.directory, 'data', 'journal.db'), 'latin1')]
  assert.ok(kept.every((text) => !text.includes(secret)), 'the address is kept')
})

test('a slow site delays nobody, and no end', async (t) => {
  const site = await withSite(t)
  const open = []
  site.answer = (response) => (response.writeHead(200), open.push(setInterval(() => response.write('x'), 100)))
  t.after(() => open.forEach(clearInterval))
  const tocsin = await started(t, site)
  await until('the site to be asked', () => site.asked)
  const began = Date.now()
  assert.match(await oncall(tocsin), /not read from 127\.0\.0\.1 yet/)
  await tocsin.stop()
  assert.ok(Date.now() - began < 15_000, 'it waited for the site')
  assert.deepEqual(tocsin.ended, { code: 0, signal: null })
})

test('a certificate is verified', { skip: needs('openssl') ? false : 'openssl is not installed' }, async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'tocsin-tls-'))
  t.after(() => rm(above, { recursive: true, force: true }))
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(above, name))
  const made = await run(needs('openssl'), ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert,
    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'])
  assert.equal(made.code, 0, made.err)
  const site = await withSite(t, { key: await readFile(key), cert: await readFile(cert) })
  site.answer = gives(days(inDays(0)), '"one"')
  const tocsin = await started(t, site)
  await until('a stranger not to be believed', async () => /SSL certificate problem.*They never were/.test(await oncall(tocsin)))
  assert.equal(site.asked, 0)
  await tocsin.stop()
  await tocsin.start(['/usr/bin/env', `SSL_CERT_FILE=${cert}`])
  await until('Ana to be on call', async () => /^shop: ana@shop\.example/.test(await oncall(tocsin)))
})
