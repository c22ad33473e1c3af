// `tocsin connector test`: our connectors pass it against their real platforms, and a broken one fails what it breaks.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IrcPerson, IrcServer, withIrc } from './irc_rig.mjs'
import { MailRig, withMail } from './mail_rig.mjs'
import { SlackPerson } from './slack/person.mjs'
import { startSlack } from './slack/server.mjs'
import { settingsOf } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { startTeams } from './teams/server.mjs'
import { WebChat } from './webchat.mjs'
import { Person, build, freePort, needs, run, withSlack } from './support.mjs'

// Runs the suite: { code, out, checks: { name: { result, why } } }.
async function conform(t, file, connectors, args, env = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-conform-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const config = join(directory, 'tocsin.lua')
  await writeFile(config, `return { listen = "127.0.0.1:${await freePort()}", connectors = { ${connectors} } }`)
  const { code, out, err } = await run(join(build, 'tocsin'), ['--config', config, 'connector', 'test', '--json', join(build, file), ...args],
    { timeout: 300_000, env: { ...process.env, ...env } })
  assert.ok(out, err)
  return { code, checks: Object.fromEntries(JSON.parse(out).map(({ check, result, why }) => [check, { result, why }])) }
}

// What --says runs: the words come to say(text).
async function says(t, say) {
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

const named = (checks, result) => Object.keys(checks).filter((name) => checks[name].result === result)

function assertPassed({ code, checks }, skipped) {
  const failed = named(checks, 'failed').map((name) => `${name}: ${checks[name].why}`)
  assert.deepEqual(failed, [])
  assert.equal(code, 0)
  assert.deepEqual(named(checks, 'skipped'), skipped)
}

// What was said, by its number: nothing may be there twice.
function assertOnce(texts, least = 10) {
  const numbers = texts.map((text) => /Conformance (\d+):/.exec(text)?.[1]).filter(Boolean)
  assert.deepEqual(numbers.filter((n, i) => numbers.indexOf(n) !== i), [])
  assert.ok(numbers.length >= least, String(numbers))
}

// What these cannot do, and what no test here can bring about.
const noPlatform = ['rate-limited', 'slow', 'cut', 'unreachable']
