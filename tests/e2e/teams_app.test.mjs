// The package that etc/teams/make.py makes for Teams: what is in it, and what is refused.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inflateRawSync, inflateSync } from 'node:zlib'

const APP = '00000000-0000-0000-0000-00000000b075'
const make = (...args) => spawnSync(new URL('../../etc/teams/make.py', import.meta.url).pathname, args, { encoding: 'utf8' })

// The files of a zip, by its central directory.
function unzip(zip) {
  const files = {}
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  for (let n = zip.readUInt16LE(end + 10); n; n--) {
    const name = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28))
    const local = zip.readUInt32LE(at + 42)
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    files[name] = inflateRawSync(zip.subarray(data, data + zip.readUInt32LE(at + 20)))
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}

function checkIcon(png, size) {
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [size, size])
  const at = png.indexOf('IDAT')
  assert.equal(inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4))).length, size * (4 * size + 1))
}

test('a package has the manifest and the icons that Teams asks for', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-app-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const made = make(APP, 'tocsin.example.com', join(dir, 'app.zip'))
  assert.equal(made.status, 0, made.stderr)
  const files = unzip(readFileSync(join(dir, 'app.zip')))
  const manifest = JSON.parse(files['manifest.json'])
  assert.deepEqual([manifest.id, manifest.bots[0].botId, manifest.webApplicationInfo.id], [APP, APP, APP])
  assert.deepEqual(manifest.validDomains, ['tocsin.example.com'])
  assert.ok(manifest.name.short.length <= 30 && manifest.name.full.length <= 100)
  assert.ok(manifest.description.short.length <= 80 && manifest.description.full.length <= 4000)
  for (const { commands } of manifest.bots[0].commandLists) {
    assert.ok(commands.length <= 10)
    for (const { title, description } of commands) assert.ok(title.length <= 32 && description.length <= 128, title)
  }
  checkIcon(files[manifest.icons.color], 192)
  checkIcon(files[manifest.icons.outline], 32)
})

test('what cannot work is refused, with what to type', () => {
  assert.match(make('x', 'tocsin.example.com').stderr, /must be a GUID/)
  assert.match(make(APP, 'https://tocsin.example.com/').stderr, /without https/)
  assert.match(make().stderr, /APP_ID HOST/)
})
