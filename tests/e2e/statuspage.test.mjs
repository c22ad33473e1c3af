// The status page as others read it: after an incident's post was approved, by a browser's requests, by a host name of its own, from a
// directory that a real nginx serves, and while tocsind is down.
import assert from 'node:assert/strict'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync, brotliDecompressSync } from 'node:zlib'
import { nginxOf, withPages } from './statuspage_rig.mjs'
import { Person, build, freePort, run, until } from './support.mjs'

const SECRET = 'twenty-characters-at-least'
const policy = `
component { name = "Checkout", group = "Shop" }
component { name = "API" }
status_page { name = "main", title = "Acme", url = "https://status.acme.example", zone = "Europe/Berlin" }
status_page { name = "globex", title = "Acme for Globex", components = { "API" }, private = true }
`

// A request as it is sent: with any Host. { status, headers, body }
const ask = (port, path, { host = 'x', ...options } = {}) =>
  new Promise((done, failed) => {
    const sent = request({ port, host: '127.0.0.1', path, ...options, headers: { ...options.headers, host } }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }))
    })
    sent.on('error', failed)
    sent.end()
  })

const tocsin = (t, ...args) => run(join(build, 'tocsin'), [...args, '--config', t.config])

let t, alone
before(async () => {
  alone = await freePort()
  t = await withPages(policy, `status_host = "status.acme.example", status_listen = "127.0.0.1:${alone}", status_directory = "public", status_secret = "${SECRET}"`)
})
after(() => t?.remove())

test('the page is served with what caches and browsers need', async () => {
  const plain = await ask(t.port, '/status/')
  assert.equal(plain.status, 200)
  assert.match(plain.body.toString(), /Checkout/)
  assert.match(plain.headers['cache-control'], /^public, max-age=\d+, .*stale-if-error=/)
  assert.match(plain.headers['content-security-policy'], /default-src 'none'/)
  assert.equal(plain.headers['set-cookie'], undefined)
  for (const [encoding, decode] of [['gzip', gunzipSync], ['br', brotliDecompressSync]]) {
    const packed = await ask(t.port, '/status/', { headers: { 'accept-encoding': encoding } })
    assert.equal(packed.headers['content-encoding'], encoding)
    assert.deepEqual(decode(packed.body), plain.body)
    const again = await ask(t.port, '/status/', { headers: { 'accept-encoding': encoding, 'if-none-match': packed.headers.etag } })
    assert.equal(again.status, 304)
    assert.equal(again.body.length, 0)
  }
  const json = await ask(t.port, '/status/api/v2/summary.json')
  assert.equal(json.headers['access-control-allow-origin'], '*')
  assert.equal(JSON.parse(json.body).page.name, 'Acme')
})

test('an incident is posted about once somebody else approves it, and its last word makes all well again', async () => {
  const summary = async () => JSON.parse((await ask(t.port, '/status/api/v2/summary.json')).body)
  const ana = await new Person(t, 'ana').enter(), bo = await new Person(t, 'bo').enter()
  try {
    ana.say('!inc declare the ledger is on fire --sev major')
    await ana.sees('the incident', (m, text) => /INC-1/.test(text))
    ana.say('!inc INC-1 post identified: Payments are **slow**. <script>alert(1)</script> --title "Slow <b>payments</b>" --component checkout=major')
    const drafted = (number) => ana.sees(`draft ${number}`, (m, text) => text.includes(`Message ${number} to the status page`))
    await drafted(1)
    assert.deepEqual((await summary()).incidents, [])
    ana.say('!inc INC-1 approve 1')
    await ana.sees('the refusal', (m, text) => text.includes('somebody else must approve it'))
    assert.deepEqual((await summary()).incidents, [])
    bo.say('!inc INC-1 approve 1')
    await until('the post', async () => (await summary()).incidents.length === 1)
    const { incidents: [post], components, status } = await summary()
    assert.equal(post.name, 'Slow <b>payments</b>')
    assert.equal(post.impact, 'critical')
    assert.equal(post.incident_updates[0].affected_components[0].new_status, 'major_outage')
    assert.equal(components.find(({ name }) => name === 'Checkout').status, 'major_outage')
    assert.equal(status.indicator, 'major')
    const page = (await ask(t.port, '/status/')).body.toString()
    assert.match(page, /Slow &lt;b&gt;payments&lt;\/b&gt;/)
    assert.ok(!page.includes('<script>alert') && !page.includes('ledger'))
    assert.ok(!(await ask(t.port, '/status/history.atom')).body.includes('ledger'))
    await t.kill()
    await t.start()
    assert.deepEqual((await summary()).incidents, [post])
    await ana.enterAgain()
    await bo.enterAgain()
    ana.say('!inc INC-1 post resolved All is well.')
    await drafted(2)
    bo.say('!inc INC-1 approve 2')
    await until('the last word', async () => (await summary()).status.indicator === 'none')
    assert.deepEqual((await summary()).incidents, [])
    const all = JSON.parse((await ask(t.port, '/status/api/v2/incidents.json')).body).incidents
    assert.deepEqual(all.map(({ status, incident_updates }) => [status, incident_updates.length]), [['resolved', 2]])
  } finally {
    ana.leave()
    bo.leave()
  }
})

test('a host name and a port of its own show the page and nothing else; a forged Host changes nothing', async () => {
  const page = await ask(t.port, '/status/')
  assert.deepEqual((await ask(t.port, '/', { host: 'status.acme.example' })).body, page.body)
  assert.deepEqual((await ask(alone, '/')).body, page.body)
  for (const [port, host] of [[t.port, 'status.acme.example'], [alone, 'x']])
    for (const path of ['/api/v1/incidents', '/metrics', '/readyz', '/status/'])
      assert.equal((await ask(port, path, { host })).status, 404, path)
  const forged = await ask(t.port, '/status/', { host: 'evil.example', headers: { 'x-forwarded-host': 'evil.example' } })
  assert.deepEqual(forged.body, page.body)
  assert.ok(!JSON.stringify(forged.headers).includes('evil'))
})

test('a private page is found by its secret address only', async () => {
  const { out } = await tocsin(t, 'statuspage', 'link', 'globex')
  const path = new URL(out.trim()).pathname
  assert.match(out, /^https:\/\/status\.acme\.example\/p\/globex\/[0-9a-f]{32}\/\n$/)
  const page = await ask(alone, path)
  assert.equal(page.status, 200)
  assert.match(page.body.toString(), /Acme for Globex/)
  assert.equal(page.headers['cache-control'], 'private, no-store')
  const refused = await Promise.all(['/p/globex/0/', path.replace('globex', 'other'), path.replace(/.{3}\/$/, '000/')].map((at) => ask(alone, at)))
  for (const answer of refused) {
    assert.equal(answer.status, 404)
    assert.deepEqual(answer.body, refused[0].body)
  }
})

test('nginx serves the same bytes from the directory, and new ones after a change, also while tocsind is down', async () => {
  const nginx = await nginxOf(join(t.directory, 'public'), t.above), { port } = nginx
  try {
    for (const path of ['/', '/history', '/style.css', '/api/v2/components.json']) {
      await until(`nginx to have ${path}`, async () => {
        const [ours, theirs] = [await ask(alone, path), await ask(port, path)]
        return theirs.status === 200 && theirs.body.equals(ours.body)
      })
    }
    await writeFile(join(t.directory, 'policy', 'pages.lua'), policy.replace('"Acme"', '"Acme and sons"'))
    await until('the change', async () => (await ask(port, '/')).body.includes('Acme and sons'), 30_000)
    await t.stop()
    assert.match((await ask(port, '/')).body.toString(), /Acme and sons/)
    assert.equal((await ask(port, '/nothing')).status, 404)
  } finally {
    nginx.stop()
    if (!t.child || t.child.exitCode !== null) await t.start()
  }
})

test('export writes the page while tocsind runs and while it does not, and leaves foreign files alone', async () => {
  const to = join(t.above, 'exported')
  assert.match((await tocsin(t, 'statuspage', 'export', to)).out, /\d+ files written, 0 removed, 0 as they were; the page as of /)
  assert.match(await readFile(join(to, 'index.html'), 'utf8'), /Acme and sons/)
  await t.stop()
  const again = await tocsin(t, 'statuspage', 'export', to, '--json')
  assert.equal(again.code, 0, again.err)
  assert.equal(JSON.parse(again.out).removed, 0)
  assert.ok(!(await readdir(join(t.directory, 'data'))).some((name) => name.startsWith('statuspage-')))
  const foreign = await tocsin(t, 'statuspage', 'export', t.above)
  assert.equal(foreign.code, 1)
  assert.match(foreign.err, /choose an empty directory/)
})
