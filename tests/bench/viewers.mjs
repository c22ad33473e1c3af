// So many live viewers of a page: each follows the stream with a WebSocket of its own. viewers.mjs PORT COOKIE HOW_MANY WORDS; prints "open" once
// all do, and "heard" once each was sent an event with those words.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

const [, , port, cookie, many, words] = process.argv
const AT_ONCE = 50
let heard = 0

async function follow(i) {
  // From 250 addresses, as no one of them has so many free ports.
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.1.${1 + (i % 250)}` })
  await once(socket, 'connect')
  socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nCookie: tocsin=${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
  const [head] = await once(socket, 'data')
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(head.toString().split('\r\n')[0])
  socket.on('close', () => {
    throw new Error(`viewer ${i} was cut off`)
  })
  let has = false
  socket.on('data', (data) => {
    if (has || !data.includes(words)) return
    has = true
    if (++heard === Number(many)) console.log('heard')
  })
}

for (let i = 0; i < Number(many); i += AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(many) - i) }, (_, k) => follow(i + k)))
console.log('open')
