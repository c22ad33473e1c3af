// What the tests of the status page share: a page of a Tocsin, posts on it, and a real nginx that serves files.
import { spawn } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Person, Tocsin, freePort, textOf, until } from './support.mjs'

// A Tocsin with these lines in its policy and in tocsin.lua, and these connectors, running.
export async function withPages(policy, settings, connectors = '') {
  const t = await Tocsin.create({ change: (text) => text.replace('  connectors = {', `  ${settings},\n  connectors = {${connectors}`) })
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
    const before = await wordsOf(this.ana.tocsin)
    await this.approved(`${incident} post ${line}`, `${incident} approve`)
    await until('the page to show it', async () => (await wordsOf(this.ana.tocsin)) > before)
  }

  // What belongs to no incident: maintenance.
  plan(line) {
    return this.approved(`maintenance ${line}`, 'posts approve')
  }

  async approved(line, approve) {
    const seen = this.ana.messages.length, drafted = /Message (\d+) to the status page/
    this.ana.say(`!inc ${line}`)
    const draft = await this.ana.sees(`the draft of ${line.slice(0, 60)}`, (m, text) => drafted.test(text) && this.ana.messages.indexOf(m) >= seen)
    this.bo.say(`!inc ${approve} ${drafted.exec(textOf(draft))[1]}`)
  }

  leave() {
    this.ana.leave()
    this.bo.leave()
  }
}

// The webhook of a subscriber: what came, as it came.
export async function hookOf(t) {
  const received = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, text: Buffer.concat(chunks).toString() })
    response.writeHead(200).end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return { received, url: `http://127.0.0.1:${server.address().port}/hook` }
}

// The `server { … }` of docs/statuspage.md, for a directory: { port, url, stop }. With a Tocsin, it passes forms on to that.
export async function nginxOf(root, above, port, tocsin) {
  port ??= await freePort()
  const own = join(above, 'nginx') // nginx gives its temporary folders to its own user
  await mkdir(own, { recursive: true })
  const docs = await readFile(new URL('../../docs/statuspage.md', import.meta.url), 'utf8')
  const forms = tocsin ? /^ {4}location \/subscribe .*$/m.exec(docs)[0].replace('127.0.0.1:7077', `127.0.0.1:${tocsin.port}`) : ''
  const server = /^ {4}server \{\n[^]*?^ {4}\}$/m.exec(docs)[0].replace('/var/www/status', root)
    .replace('{', `{ listen 127.0.0.1:${port}; absolute_redirect off;\n${forms}`)
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
