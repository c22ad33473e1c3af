// Microsoft's Agents Playground with a browser: a person at the real client. The Playground sends no tokens, so a small proxy between
// it and the bot signs what it sends, as the Bot Service does.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, modules, needs, until } from '../support.mjs'
import { Signer } from './keys.mjs'

const require = createRequire(join(modules, 'package.json'))
const chromium = needs('chromium')
export const shots = resolve(modules, '..', 'shots')

export const withPlayground = { skip: !chromium ? 'chromium is not installed' : have('@microsoft/m365agentsplayground') && have('playwright-core') ? false : 'the Playground is not installed: npm cannot reach its registry' }

function have(name) {
  try {
    return !!require.resolve(`${name}/package.json`)
  } catch {
    return false
  }
}

// Who and what is there, with ids that look like Teams'. The Playground wants five people besides the one at the client.
const user = (app, name, letter) => `{ id: "29:1${name.toLowerCase()}", name: ${name}, userPrincipleName: ${name.toLowerCase()}@example.com, email: ${name.toLowerCase()}@example.com,
    givenName: ${name}, surname: Example, aadObjectId: ${app.replace(/^.{8}/, `0000000${letter}`)} }`
const world = (app, tenant) => `version: "0.1.1"
tenantId: ${tenant}
bot: { id: "28:${app}", name: Tocsin }
currentUser: ${user(app, 'Ana', 'a')}
users:
${['Ben', 'Carl', 'Dora', 'Eve', 'Fay'].map((name, i) => `  - ${user(app, name, 'bcdef'[i])}`).join('\n')}
personalChat: { id: "a:1personal" }
groupChat: { id: "19:group@thread.v2", name: Group Chat }
team:
  id: "19:general@thread.tacv2"
  name: Operations
  aadGroupId: ${app.replace(/^.{8}/, '00000001')}
  channels:
    - { id: "19:incidents@thread.tacv2", name: incidents }
`
export const team = '19:general@thread.tacv2'

// Signs each request and passes it on; also serves tokens for the bot, and the keys.
class Proxy {
  constructor(app) {
    this.app = app
    this.signer = new Signer()
    this.log = [] // { activity, status, body }
    this.botUrl = ''
  }

  async start(t) {
    this.server = createServer((request, response) => this.serve(request, response).catch((error) => response.writeHead(502).end(String(error))))
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    t.after(() => (this.server.closeAllConnections(), this.server.close()))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    this.metadataUrl = `${this.url}/v1/.well-known/openidconfiguration`
    return this
  }

  async serve(request, response) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.url.endsWith('/openidconfiguration')) return json(this.signer.metadata(this.url))
    if (request.url.endsWith('/keys')) return json({ keys: [this.signer.jwk] })
    if (request.url.endsWith('/oauth2/v2.0/token')) return json({ token_type: 'Bearer', expires_in: 3600, access_token: this.signer.token({}) })
    const activity = JSON.parse(text)
    const token = this.signer.token({ aud: this.app, serviceurl: activity.serviceUrl })
    const answer = await fetch(this.botUrl, { method: 'POST', body: text, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } })
    const body = await answer.text()
    this.log.push({ activity, status: answer.status, body })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(body)
  }
}

export class Playground {
  static async start(t, { app, tenant }) {
    const p = new Playground()
    p.proxy = await new Proxy(app).start(t)
    p.port = await freePort()
    p.url = `http://localhost:${p.port}`
    p.serviceUrl = `${p.url}/_connector`
    const home = mkdtempSync(join(tmpdir(), 'tocsin-playground-'))
    writeFileSync(join(home, '.m365agentsplayground.yml'), world(app, tenant))
    p.child = spawn(process.execPath, [require.resolve('@microsoft/m365agentsplayground/cli.js'), 'start', '-e', `${p.proxy.url}/messages`, '-c', 'msteams', '--dt', '-p', String(p.port)],
      { cwd: home, env: { ...process.env, HOME: home, BROWSER: 'none' }, stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [p.child.stdout, p.child.stderr]) stream.on('data', (bytes) => (p.log += bytes))
    const ended = new Promise((done) => p.child.on('exit', done))
    t.after(async () => {
      await p.browser?.close()
      p.child.kill('SIGKILL')
      await ended
      rmSync(home, { recursive: true, force: true })
    })
    await until('the Playground to listen', () => fetch(p.url).then((a) => a.ok, () => false)).catch((error) => {
      throw new Error(`${error.message}\n${p.log}`)
    })
    return p
  }

  log = ''

  // Opens the client in a browser: the person is there, and the Playground tells the bot that it was installed.
  async open() {
    this.browser = await require('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
    this.page = await this.browser.newPage({ viewport: { width: 1280, height: 1400 } })
    await this.page.goto(this.url)
    await this.page.getByRole('textbox').first().waitFor()
    return this.page
  }

  // Types into a box; `mention`: to Tocsin, chosen from the people that the client offers.
  async say(text, { box = 0, mention = false } = {}) {
    await this.page.getByRole('textbox').nth(box).click()
    if (mention) {
      await this.page.keyboard.type('@Tocs')
      await this.page.getByRole('menuitem').filter({ hasText: 'Tocsin' }).click()
    }
    await this.page.keyboard.type(text)
    await this.page.keyboard.press('Enter')
  }

  // Keeps a picture of what the person sees.
  async shot(name) {
    mkdirSync(shots, { recursive: true })
    await this.page.screenshot({ path: join(shots, `${name}.png`) })
  }
}
