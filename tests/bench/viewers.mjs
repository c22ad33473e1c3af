// So many live viewers of a page: each follows the stream with a WebSocket of its own. viewers.mjs PORT COOKIE HOW_MANY; prints "open" once all do.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

const [, , port, cookie, many] = process.argv
const AT_ONCE = 50

async function follow(i) {
  // Each from an address of its own, as far as a thousand of them, as people have.
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.${1 + (i % 4)}.${1 + (i % 250)}` })
  await once(socket, 'connect')
  socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nCookie: tocsin=${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
  const [head] = await once(socket, 'data')
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(head.toString().split('\r\n')[0])
  socket.on('error', () => {}).resume()
}

for (let i = 0; i < Number(many); i += AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(many) - i) }, (_, k) => follow(i + k)))
console.log('open')
setInterval(() => {}, 1000)
