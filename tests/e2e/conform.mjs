// What the tests of `tocsin connector test` share: they run it against a platform, and look at what it found and what it sent.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, freePort, run } from './support.mjs'

// Runs the suite: { code, out, checks: { name: { result, why } } }.
export async function conform(t, file, connectors, args, env = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-conform-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const config = join(directory, 'tocsin.lua')
  await writeFile(config, `return { listen = "127.0.0.1:${await freePort()}", connectors = { ${connectors} } }`)
  const { code, out, err } = await run(join(build, 'tocsin'), ['--config', config, 'connector', 'test', '--json', join(build, file), ...args],
    { timeout: 600_000, env: { ...process.env, ...env } })
  assert.ok(out, err)
  return { code, checks: Object.fromEntries(JSON.parse(out).map(({ check, result, why }) => [check, { result, why }])) }
}

// What --says runs: the words come to say(text).
export async function says(t, say) {
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    await say(Buffer.concat(chunks).toString())
    response.end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return ['--says', `'${process.execPath}' '${join(import.meta.dirname, 'says.mjs')}' http://127.0.0.1:${server.address().port}`]
}

export const named = (checks, result) => Object.keys(checks).filter((name) => checks[name].result === result)

export function assertPassed({ code, checks }, skipped) {
  const failed = named(checks, 'failed').map((name) => `${name}: ${checks[name].why}`)
  assert.deepEqual(failed, [])
  assert.equal(code, 0)
  assert.deepEqual(named(checks, 'skipped'), skipped)
}

// What was said, by its number: nothing may be there twice.
export function assertOnce(texts, least = 10) {
  const numbers = texts.map((text) => /Conformance (\d+):/.exec(text)?.[1]).filter(Boolean)
  assert.deepEqual(numbers.filter((n, i) => numbers.indexOf(n) !== i), [])
  assert.ok(numbers.length >= least, String(numbers))
}

// Checks that are skipped where pages have no receipts.
export const noReceipts = ['page: ended', 'page: a call']
