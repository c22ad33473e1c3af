// What the tests of the app share: a browser without a window that keeps cookies, and a Chromium that keeps what went wrong.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Person, Tocsin, modules, needs, textOf } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const chromium = needs('chromium'), shots = join(modules, 'shots')
const have = (name) => existsSync(join(modules, 'node_modules', name))
export const inBrowser = { skip: !chromium ? 'chromium is not installed' : ['playwright-core', 'axe-core'].every(have) ? false : 'playwright-core is not installed: npm cannot reach its registry' }

// A Tocsin with an address of its own in links, and this policy. `prepare`: what is done before it starts.
export async function withApp({ policy = '', settings = '', connectors = '', prepare = () => {} } = {}) {
  const t = await Tocsin.create({ change: (text) => text.replace('  connectors = {', `  public_url = "http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(text)[1]}",\n${settings}\n  connectors = {${connectors}`) })
  await writeFile(join(t.directory, 'policy', 'app.lua'), policy)
  await prepare(t)
  await t.start()
  return t
}

// Keeps cookies and follows nothing.
export class Browser {
  constructor(t) {
    this.t = t
    this.cookies = new Map()
  }

  async send(path, options = {}) {
    const headers = { ...options.headers, cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }
    const answer = await fetch(new URL(path, this.t.url), { redirect: 'manual', ...options, headers })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (value) this.cookies.set(name, value)
      else this.cookies.delete(name)
    }
    this.status = answer.status
    this.headers = answer.headers
    this.location = answer.headers.get('location')
    this.text = await answer.text()
    this.csrf = /name="csrf" value="([0-9a-f]+)"/.exec(this.text)?.[1] ?? this.csrf
    return this
  }

  get(path) {
    return this.send(path)
  }

  // A form of the page that was read last, unless it says another token.
  post(path, fields = {}, headers = {}) {
    return this.send(path, { method: 'POST', body: new URLSearchParams({ csrf: this.csrf, ...fields }), headers })
  }

  async signIn(token = this.t.token) {
    await this.get('/app/signin')
    return this.post('/app/signin', { token })
  }
}

// The link that the console sends to somebody who types `signin`.
export async function linkFor(t, name) {
  const person = await new Person(t, name).enter()
  const before = person.messages.length
  person.say('!inc signin')
  const said = await person.sees('a link', (m, text) => person.messages.indexOf(m) >= before && text.includes('/app/signin/link/'))
  person.leave()
  return /\/app\/signin\/link\/[a-z0-9]+/.exec(textOf(said))[0]
}

export async function signInByLink(t, name) {
  const link = await linkFor(t, name), browser = new Browser(t)
  await browser.get(link)
  return browser.post(link)
}

export const pageFolders = resolve(import.meta.dirname, '../../core/app')
export const pages = async () => Promise.all(readdirSync(pageFolders, { withFileTypes: true })
  .filter((folder) => folder.isDirectory() && existsSync(join(pageFolders, folder.name, 'page.mjs')))
  .map(async ({ name }) => ({ name, ...(await import(join(pageFolders, name, 'page.mjs'))) })))

// ---- Chromium ----

let engine
export const closeChromium = () => engine?.close()

export async function open(t, path, { as, ...options } = {}) {
  engine ??= await require('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
  const context = await engine.newContext({ viewport: { width: 1100, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  if (as) await context.addCookies([...as.cookies].map(([name, value]) => ({ name, value, url: t.url, httpOnly: true, sameSite: 'Lax' })))
  const view = await context.newPage()
  view.faults = []
  view.on('dialog', (dialog) => (view.faults.push(`dialog: ${dialog.message()}`), dialog.dismiss()))
  view.on('pageerror', (error) => view.faults.push(String(error)))
  view.on('console', (message) => message.type() === 'error' && view.faults.push(message.text()))
  await view.goto(new URL(path, t.url).href)
  return view
}

export async function shot(view, name) {
  mkdirSync(shots, { recursive: true })
  await view.screenshot({ path: join(shots, `app-${name}.png`), fullPage: true })
}

const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// `rules`: only these.
export async function axeFaults(view, rules) {
  await view.evaluate(require('axe-core').source)
  const { violations } = await view.evaluate((runOnly) => globalThis.axe.run({ runOnly }), rules ? { type: 'rule', values: rules } : { type: 'tag', values: all })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}
