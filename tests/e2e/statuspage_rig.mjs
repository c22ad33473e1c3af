// What the tests of the status page share: a page of a Tocsin, posts on it, and a real nginx that serves files.
import { spawn } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, freePort, textOf, until } from './support.mjs'

// A Tocsin with these lines in its policy and in tocsin.lua, running.
export async function withPages(policy, settings) {
  const t = await Tocsin.create({ change: (text) => text.replace('  connectors = {', `  ${settings},\n  connectors = {`) })
  await mkdir(join(t.directory, 'policy'), { recursive: true })
  await writeFile(join(t.directory, 'policy', 'pages.lua'), policy)
  await t.start()
  return t
}

const wordsOf = async (t) => {
  const { incidents } = await (await fetch(`${t.url}/status/api/v2/incidents.json`)).json()
  return incidents.reduce((n, { incident_updates }) => n + incident_updates.length, 0)
}

// Two people: one writes drafts, the other approves them.
export class Posters {
  static async enter(t) {
    const posters = new Posters()
    posters.ana = await new Person(t, 'ana').enter()
    posters.bo = await new Person(t, 'bo').enter()
    return posters
  }

  async declare(title) {
    this.ana.say(`!inc declare ${title} --sev major`)
    const said = await this.ana.sees(`the incident ${title}`, (m, text) => /INC-\d+/.test(text) && text.includes(title))
    return /INC-\d+/.exec(textOf(said))[0]
  }

  // Drafts `line` for the incident, approves it, and waits until the page shows it.
  async post(incident, line) {
    const [before, seen, drafted] = [await wordsOf(this.ana.tocsin), this.ana.messages.length, /Message (\d+) to the status page/]
    this.ana.say(`!inc ${incident} post ${line}`)
    const draft = await this.ana.sees(`the draft of ${line.slice(0, 60)}`, (m, text) => drafted.test(text) && this.ana.messages.indexOf(m) >= seen)
    this.bo.say(`!inc ${incident} approve ${drafted.exec(textOf(draft))[1]}`)
    await until('the page to show it', async () => (await wordsOf(this.ana.tocsin)) > before)
  }

  leave() {
    this.ana.leave()
    this.bo.leave()
  }
}

// The `server { … }` of docs/statuspage.md, for a directory: { port, url, stop }.
export async function nginxOf(root, above, port) {
  port ??= await freePort()
  const own = join(above, 'nginx') // nginx gives its temporary folders to its own user
  await mkdir(own, { recursive: true })
  const docs = await readFile(new URL('../../docs/statuspage.md', import.meta.url), 'utf8')
  const server = /^ {4}server \{\n[^]*?^ {4}\}$/m.exec(docs)[0].replace('/var/www/status', root)
    .replace('{', `{ listen 127.0.0.1:${port}; absolute_redirect off;`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own};`)
  const file = join(above, 'nginx.conf')
  await writeFile(file, `daemon off; master_process off; pid ${above}/nginx.pid; error_log stderr crit; events {}
http { access_log off; ${temporary.join(' ')} default_type application/octet-stream; include /etc/nginx/mime.types;
${server} }`)
  const child = spawn('nginx', ['-c', file], { stdio: 'inherit', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } })
  await until('the first export', async () => (await readdir(root).catch(() => [])).includes('.tocsin-statuspage'))
  await until('nginx', () => fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status === 200, () => false))
  return { port, url: `http://127.0.0.1:${port}`, stop: () => child.kill() }
}
