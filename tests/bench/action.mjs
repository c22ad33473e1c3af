// How long an alert takes from its sending to the request about it at a webhook: node tests/bench/action.mjs PORT COUNT NAME=URL…
// PORT: where to be the webhook. URL: where alerts go, with their bearer token as its user; file:///PATH is the disk alone, a write of 4 KiB
// there and fdatasync. Each alert is a problem of its own, and the next one is sent when the request about it has come; those who are
// measured take turns. Prints a line for each: "NAME p50 p99", in microseconds.
import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

const [port, count, ...peers] = process.argv.slice(2)
const WARM_UP = 10
const PATIENCE_MS = 30000
const PAUSE_MS = Number(process.env.PAUSE_MS ?? 5) // between two alerts
const agent = new http.Agent({ keepAlive: true })
let awaited = { mark: undefined, come: undefined }

const webhook = http.createServer((request, response) => {
  let body = ''
  request.on('data', (data) => (body += data))
  request.on('end', () => {
    response.end('{}')
    if (awaited.mark && body.includes(awaited.mark)) awaited.come(performance.now())
  })
})
webhook.keepAliveTimeout = 0 // never closes
webhook.listen(Number(port), '127.0.0.1')

// Numbers in titles do not tell problems apart, so marks are letters.
const letters = (n) => String(n).replace(/\d/g, (digit) => 'bcdfghjklm'[digit])

function send(url, body) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${url.username}` }
  const request = http.request({ host: url.hostname, port: url.port, path: url.pathname, method: 'POST', agent, headers })
  request.on('response', (response) => {
    response.resume()
    if (response.statusCode >= 300) console.error(`${url.port}: ${response.statusCode}`)
  })
  request.end(body)
}

async function take(name, url, n) {
  const mark = `problem-${name}-${letters(n)}`
  const labels = { alertname: mark, service: `shop-${name}-${letters(n)}`, severity: 'critical' }
  const body = JSON.stringify([{ labels, annotations: { summary: mark } }])
  const come = new Promise((resolve) => (awaited = { mark, come: resolve }))
  const from = performance.now()
  send(url, body)
  const at = await Promise.race([come, pause(PATIENCE_MS)])
  if (!at) throw new Error(`${url.port}: nothing came about ${mark}`)
  return (at - from) * 1000
}

function keep(url) {
  files[url.pathname] ??= openSync(url.pathname, 'w', 0o600)
  const from = performance.now()
  writeSync(files[url.pathname], Buffer.alloc(4096))
  fdatasyncSync(files[url.pathname])
  return (performance.now() - from) * 1000
}

const files = {}
const measured = peers.map((peer) => peer.split('=')).map(([name, url]) => ({ name, url: new URL(url), took: [] }))
for (let i = 0; i < Number(count) + WARM_UP; i++) {
  for (const { name, url, took } of measured) {
    const micros = url.protocol === 'file:' ? keep(url) : await take(name, url, 1000 + i)
    if (i >= WARM_UP) took.push(micros)
    await pause(PAUSE_MS)
  }
}
for (const { name, took } of measured) {
  took.sort((a, b) => a - b)
  const at = (percent) => Math.round(took[Math.floor(((took.length - 1) * percent) / 100)])
  console.log(name, at(50), at(99))
}
process.exit(0)
