// Signing in with an identity provider: the real oidc-provider, in front of which stands a page of ours that can spoil what it says.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Agent, createServer, get } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Browser, withApp } from './app_rig.mjs'
import { freePort, modules } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const withProvider = { skip: existsSync(join(modules, 'node_modules/oidc-provider')) ? false : 'oidc-provider is not installed: npm cannot reach its registry' }
if (withProvider.skip) test('signing in with an identity provider', withProvider, () => {})

const policy = `access { see = "group:staff", act = { "group:sre", "ana@example.com" }, administer = { "boss", "root" }, ask = "#platform" }
component { name = "API" }
status_page { name = "globex", title = "For Globex", components = { "API" }, private = true, readers = { "group:globex", "token:monitor" } }
status_page { name = "all", title = "For all", private = true, readers = "group:sre" }`

// Everybody who can sign in there. What they are changes between sign-ins.
const accounts = {
  ana: { sub: 'ana', name: 'Ana', email: 'ana@example.com', email_verified: true, groups: ['staff'] },
  eve: { sub: 'eve', name: 'Eve', email: 'ana@example.com', email_verified: false, groups: ['staff'] },
  sam: { sub: 'sam', name: 'Sam', groups: ['staff', 'sre'] },
  out: { sub: 'out', name: 'Out', groups: [] },
  gil: { sub: 'gil', name: 'Gil', groups: ['globex'] },
}

class Provider {
  static async start(t, port) {
    const p = Object.assign(new Provider(), { t, port, issuer: `http://127.0.0.1:${port}` })
    await p.listen()
    return p
  }

  alg = 'RS256'

  keys() {
    const { privateKey } = this.alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
    return [{ ...privateKey.export({ format: 'jwk' }), kid: `k${this.rolled = (this.rolled ?? 0) + 1}`, use: 'sig', alg: this.alg }]
  }

  // With new keys, and nothing that it knew.
  async listen() {
    const { default: Oidc } = await import(pathToFileURL(require.resolve('oidc-provider')).href)
    const oidc = new Oidc(this.issuer, {
      clients: [{ client_id: 'tocsin', client_secret: 'a secret, with: %', redirect_uris: [`${this.t.url}/app/signin/callback`], response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: this.alg }],
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'EdDSA', 'Ed25519'] },
      pkce: { required: () => true },
      jwks: { keys: this.keys() },
      conformIdTokenClaims: false,
      claims: { openid: ['sub', 'groups'], profile: ['name'], email: ['email', 'email_verified'] },
      findAccount: (ctx, id) => ({ accountId: id, claims: () => accounts[id] }),
      interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
      cookies: { keys: ['a key of a test'] },
      features: { devInteractions: { enabled: false } },
    })
    const provide = oidc.callback()
    this.server = createServer(async (request, answer) => {
      const uid = /^\/interaction\//.test(request.url)
      if (!uid) return provide(request, answer)
      const { prompt, params } = await oidc.interactionDetails(request, answer)
      const grant = new oidc.Grant({ accountId: this.who, clientId: params.client_id })
      grant.addOIDCScope('openid profile email')
      await oidc.interactionFinished(request, answer, prompt.name === 'login'
        ? { login: { accountId: this.who } } : { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
    }).listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
  }

  async stop() {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }
}

// A browser at the provider: it follows where it is led until that is back at Tocsin.
async function authorize(provider, url, who) {
  const jar = new Map()
  provider.who = who
  for (let at = url, i = 0; i < 12; i++) {
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') } })
    for (const line of answer.headers.getSetCookie()) jar.set(...(/^([^=]+)=([^;]*)/.exec(line).slice(1)))
    const to = answer.headers.get('location')
    assert.ok(to, `${at}: ${answer.status} ${await answer.text()}`)
    at = new URL(to, at).href
    if (at.startsWith(provider.t.url)) return at
  }
  throw new Error('the provider leads nowhere')
}

let t, provider
if (!withProvider.skip) {
  before(async () => {
    const port = await freePort()
    t = await withApp({ policy, settings: `  signin = { issuer = "http://127.0.0.1:${port}", client_id = "tocsin", client_secret = "a secret, with: %", name = "Acme ID" },` })
    provider = await Provider.start(t, port)
  })
  after(async () => {
    await provider?.stop()
    await t?.remove()
  })
}

async function begin(browser = new Browser(t)) {
  await browser.get('/app/signin/provider?back=/app/declare')
  return browser
}

async function signIn(who, change = (back) => back) {
  const browser = await begin()
  const back = await authorize(provider, browser.location, who)
  return browser.get(change(back))
}

test('somebody signs in with their provider, and is who it says', withProvider, async () => {
  assert.match((await new Browser(t).get('/app/signin')).text, /Sign in with Acme ID/)
  const sam = await signIn('sam')
  assert.deepEqual([sam.status, sam.location], [303, '/app/declare'], sam.text)
  assert.match((await sam.get('/app/declare')).text, /class="me">Sam</)
  assert.match((await sam.get('/app/sessions')).text, /by oidc/)
  const out = await signIn('out')
  assert.equal(out.status, 403)
  assert.match(out.text, /you may do nothing here yet\. Ask #platform/)
})

test('an address that is not verified is nobody\'s', withProvider, async () => {
  assert.equal((await (await signIn('ana')).get('/app/declare')).status, 200)
  assert.equal((await (await signIn('eve')).get('/app/declare')).status, 403)
})

test('groups are those of the last sign-in', withProvider, async () => {
  const before = await signIn('sam')
  assert.equal((await before.get('/app/declare')).status, 200)
  accounts.sam.groups = ['staff']
  const later = await signIn('sam')
  for (const browser of [before, later]) assert.equal((await browser.get('/app/declare')).status, 403)
  accounts.sam.groups = ['staff', 'sre']
})

const toolToken = async (name) => (await t.tocsin('token', 'create', name, '--scopes', 'read')).out.trim()
const browserOf = (browser, path) => browser.send(path, { headers: { accept: 'text/html' } })

test('a page of customers is read by whoever their provider says, and by nobody else', withProvider, async () => {
  const page = '/status/for/globex/'
  const gil = new Browser(t)
  assert.deepEqual([(await browserOf(gil, page)).status, gil.location], [303, `${t.url}/app/signin?back=${page}`])
  assert.match((await gil.get(gil.location.replace(t.url, ''))).text, new RegExp(`/app/signin/provider\\?back=${page}`))
  await gil.get(`/app/signin/provider?back=${page}`)
  await gil.get(await authorize(provider, gil.location, 'gil'))
  assert.deepEqual([gil.status, gil.location], [303, page], gil.text) // though they may do nothing else here
  assert.match((await browserOf(gil, page)).text, /For Globex/)
  assert.match(gil.headers.get('cache-control'), /private, no-store/)
  assert.equal((await gil.get(`${page}history.atom`)).status, 200)
  assert.equal((await gil.get(`${page}api/v2/summary.json`)).status, 200)
  for (const closed of ['/app/', '/app/declare', '/app/sessions']) assert.equal((await gil.get(closed)).status, 403)

  // whoever is signed in and no reader reads the same as where there is no page
  const sam = await signIn('sam')
  const shut = await browserOf(sam, page)
  const [status, body] = [shut.status, shut.text]
  const none = await browserOf(sam, '/status/for/none/')
  assert.deepEqual([status, body], [404, none.text])
  assert.equal((await browserOf(sam, '/status/for/all/')).status, 200)

  // programs: a token of a reader, and nothing without
  const bearer = (token) => fetch(`${t.url}${page}api/v2/summary.json`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
  assert.equal((await bearer()).status, 401)
  assert.equal((await bearer('tocsin_made-up')).status, 401)
  assert.equal((await bearer(await toolToken('monitor'))).status, 200)
  assert.equal((await bearer(await toolToken('other'))).status, 404)

  // groups that change, and a session that ends, take it away at the next request
  accounts.gil.groups = ['elsewhere', 'staff']
  await signIn('gil')
  assert.equal((await browserOf(gil, page)).status, 404)
  accounts.gil.groups = ['globex']
  await signIn('gil')
  assert.equal((await browserOf(gil, page)).status, 200)
  await gil.post('/app/signout', {})
  assert.equal((await browserOf(gil, page)).status, 303)
})

test('a code that another browser began, was used, or is made up is worth nothing', withProvider, async () => {
  const victim = await begin(), back = await authorize(provider, victim.location, 'sam')
  assert.equal((await new Browser(t).get(back)).status, 403)
  assert.equal((await (await begin()).get(back)).status, 403)
  assert.equal((await victim.get(back)).status, 303)
  assert.equal((await victim.get(back)).status, 403)
  assert.equal((await signIn('sam', (url) => url.replace(/code=[^&]+/, 'code=made-up'))).status, 403)
  assert.equal((await signIn('sam', (url) => url.replace(/state=[^&]+/, 'state=made-up'))).status, 403)
  // a code that was stolen, and brought with the state of somebody else's own sign-in: the verifier is not its own
  const thief = await begin(), own = await authorize(provider, thief.location, 'eve')
  const other = await begin(), stolen = await authorize(provider, other.location, 'sam')
  assert.equal((await thief.get(own.replace(/code=[^&]+/, `code=${new URL(stolen).searchParams.get('code')}`))).status, 403)
})

test('whoever begins many sign-ins ends nobody else\'s', withProvider, async () => {
  const victim = await begin(), back = await authorize(provider, victim.location, 'sam')
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const flood = () => new Promise((done, failed) => get(`${t.url}/app/signin/provider`, { agent, localAddress: '127.0.0.2' }, (answer) => answer.resume().on('end', done)).on('error', failed))
  for (let i = 0; i < 1200; i += 50) await Promise.all(Array.from({ length: 50 }, flood))
  agent.destroy()
  assert.equal((await victim.get(back)).status, 303)
  assert.equal((await signIn('sam')).status, 303)
})

test('a token with the nonce of another sign-in is refused', withProvider, async () => {
  const browser = await begin(), url = new URL(browser.location)
  url.searchParams.set('nonce', 'another')
  const back = await authorize(provider, url.href, 'sam')
  assert.equal((await browser.get(back)).status, 403)
  assert.match(browser.text, /not for this sign-in/)
})

test('keys that were rolled over are found, and a provider that is away is said', withProvider, async () => {
  await provider.stop()
  const waiting = await begin() // what was known of it still leads there
  assert.equal(waiting.status, 303)
  await provider.listen()
  assert.equal((await signIn('sam')).status, 303)
  const browser = await begin(), back = await authorize(provider, browser.location, 'sam')
  await provider.stop()
  assert.equal((await browser.get(back)).status, 503)
  assert.match(browser.text, /cannot be reached/)
  assert.equal((await fetch(`${t.url}/healthz`)).status, 200)
  await provider.listen()
  assert.equal((await signIn('sam')).status, 303)
})

test('tokens signed by Ed25519 are taken, by both of its names', withProvider, async () => {
  for (const alg of ['EdDSA', 'Ed25519', 'RS256']) {
    await provider.stop()
    provider.alg = alg
    await provider.listen()
    const sam = await signIn('sam')
    assert.deepEqual([alg, sam.status, sam.location], [alg, 303, '/app/declare'], sam.text)
  }
})
