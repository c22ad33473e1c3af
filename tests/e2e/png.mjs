// Looks at a PNG: { width, height, colours }: how many different ones it shows. Throws where it is none.
import assert from 'node:assert/strict'
import { inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } // by the type of colour

const paeth = (a, b, c) => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}
const filters = [() => 0, (a) => a, (a, b) => b, (a, b) => (a + b) >> 1, paeth]

function* chunks(bytes) {
  for (let at = SIGNATURE.length; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    yield { type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) }
    at += length + 12
  }
}

export function pngOf(bytes) {
  assert.deepEqual(bytes.subarray(0, 8), SIGNATURE, 'no PNG')
  const all = [...chunks(bytes)]
  const head = all.find((c) => c.type === 'IHDR').data
  const [width, height, depth, kind, interlaced] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9], head[12]]
  assert.deepEqual([depth, interlaced, all.at(-1).type], [8, 0, 'IEND'])
  const size = CHANNELS[kind]
  const rows = inflateSync(Buffer.concat(all.filter((c) => c.type === 'IDAT').map((c) => c.data)))
  const colours = new Set()
  let above = Buffer.alloc(width * size)
  assert.equal(rows.length, height * (width * size + 1))
  for (let y = 0; y < height; y++) {
    const from = y * (width * size + 1)
    const filter = filters[rows[from]]
    const row = Buffer.from(rows.subarray(from + 1, from + 1 + width * size))
    for (let i = 0; i < row.length; i++) {
      const left = i >= size ? row[i - size] : 0
      const corner = i >= size ? above[i - size] : 0
      row[i] = (row[i] + filter(left, above[i], corner)) & 255
    }
    for (let x = 0; x < width; x++) colours.add(row.toString('hex', x * size, x * size + size))
    above = row
  }
  return { width, height, colours: colours.size }
}
