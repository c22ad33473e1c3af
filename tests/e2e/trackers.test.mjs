// Work in trackers: from an incident to an issue and back, once, whatever is killed and however the tracker misbehaves.
import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startGitHub } from './github/server.mjs'
import { startJira } from './jira/server.mjs'
import { Person, Tocsin, build, until } from './support.mjs'

const PATIENCE = 40_000
const SECRET = 'a secret of the end-to-end tests'
const TITLE = 'Fix *retries* for @all, see #7 <now>'

const hub = (flavour) => ({
  connector: 'github',
  create: 'issues.create', comment: 'comments.create', write: 'issues.update', read: 'issues.get',
  async start() {
    const standin = await startGitHub({ flavour })
    standin.addUser('tocsin', { token: 'ghp_tocsin' })
    standin.addUser('reader', { token: 'ghp_reader', may: 'read' })
    standin.addUser('ana')
    standin.place = standin.addRepository('acme/shop')
    return standin
  },
  row: (s, more = '') => `{ plugin = "${join(build, 'plugins/github.so')}", url = "${s.url}", api_url = "${s.apiUrl}", token = "ghp_tocsin", repository = "acme/shop", interval = "1s", ${more} }`,
  issues: (s) => s.place.issues.map((i) => ({ issue: i, title: i.title, text: i.body, comments: i.comments })),
  end: (s, issue) => s.setState(issue, 'ana', 'closed', 'completed'),
  begin: (s, issue) => s.setState(issue, 'ana', 'open'),
  limit: { status: 403, body: { message: 'You have exceeded a secondary rate limit.' }, headers: { 'retry-after': '1' } },
})

const jira = (cloud) => ({
  connector: 'jira',
  create: 'issue.create', comment: 'comment.create', write: 'transition', read: 'issue.get',
  async start() {
    const standin = await startJira({ cloud })
    standin.addUser('tocsin', { token: 'secret' })
    standin.addUser('ana')
    standin.place = standin.addProject('PAY')
    return standin
  },
  row: (s, more = '') => `{ plugin = "${join(build, 'plugins/jira.so')}", url = "${s.url}", ${cloud ? 'email = "tocsin@example.com", ' : ''}token = "secret", project = "PAY", interval = "1s", ${more} }`,
  issues: (s) => s.place.issues.map((i) => ({ issue: i, title: i.summary, text: i.description, comments: i.comments })),
  end: (s, issue) => s.setStatus(issue, 'ana', 'Done'),
  begin: (s, issue) => s.setStatus(issue, 'ana', 'In Progress'),
  limit: { status: 429, body: { errorMessages: ['Rate limit exceeded.'] }, headers: { 'retry-after': '1' } },
})

const trackers = { GitHub: hub('github'), Gitea: hub('gitea'), 'Jira Cloud': jira(true), 'Jira Data Center': jira(false) }

async function setUp(t, kind, { more = '', others = () => '' } = {}) {
  const standin = await kind.start()
  t.after(() => standin.stop())
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { tracker = ${kind.row(standin, more)}, ${others(standin)}`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/trackers.lua'), 'tickets { tracker = "tracker" }\n')
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await until('the tracker to run', async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'tracker')?.state === 'running', PATIENCE)
  ana.say('/inc declare checkout is slow')
  ana.join(await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel))
  return { kind, standin, tocsin, ana, issues: () => kind.issues(standin) }
}

const isTicketed = ({ tocsin }) => until('it to continue in the ticket', async () => (await tocsin.incident('INC-1')).status === 'ticketed', PATIENCE)
const ticket = async ({ tocsin }) => (await tocsin.api('/incidents/INC-1/tickets')).tickets?.[0]
const isAsked = ({ ana }) => ana.sees('the question', (m, text) => /Is INC-1 fixed\?/.test(text), PATIENCE)

function killRunner(tocsin, kind) {
  const pid = tocsin.runners().find((p) => readFileSync(`/proc/${p}/maps`, 'utf8').includes(`plugins/${kind.connector}.so`))
  if (pid) process.kill(pid, 'SIGKILL')
}

describe('trackers', { concurrency: 2 }, () => {
  for (const [name, kind] of Object.entries(trackers)) {
    test(`${name}: from an incident to an issue and back, polled`, async (t) => {
      const world = await setUp(t, kind)
      const { standin, tocsin, ana, issues } = world
      const check = await tocsin.tocsin('connector', 'check', 'tracker')
      assert.equal(check.code, 0, check.err)
      ana.say(`/inc INC-1 ticket ${TITLE}`)
      await isTicketed(world)
      const [{ issue, title, text }] = issues()
      assert.equal(title.replaceAll('\u2060', ''), TITLE)
      assert.match(text, /INC-1/)
      kind.end(standin, issue)
      const question = await isAsked(world)
      assert.equal((await ticket(world)).state, 'done')
      kind.begin(standin, issue)
      await ana.sees('that it is open again', (m, text) => /is open again/.test(text), PATIENCE)
      kind.end(standin, issue)
      await until('it to be done', async () => (await ticket(world)).state === 'done', PATIENCE)
      ana.press(question, 'Yes, resolve it')
      await until('the end', async () => (await tocsin.incident('INC-1')).status === 'resolved', PATIENCE)
      assert.equal(issues().length, 1)
      assert.deepEqual(standin.violations, [])
    })

    test(`${name}: an issue is made once, however it answers`, async (t) => {
      const world = await setUp(t, kind)
      const { standin, ana, issues } = world
      for (const how of ['cut after', kind.limit, { after: 502 }, 'malformed', { after: 500 }]) standin.fail(kind.create, how)
      standin.fail(kind.read, 503)
      standin.lag = true // where it has searches
      ana.say(`/inc INC-1 ticket ${TITLE}`)
      await isTicketed(world)
      assert.equal(issues().length, 1)
      assert.deepEqual(standin.violations, [])
    })

    for (const what of ['the connector', 'the daemon']) {
      test(`${name}: an issue is made once, while ${what} is killed`, async (t) => {
        const world = await setUp(t, kind)
        const { standin, tocsin, ana, issues } = world
        standin.lag = true
        standin.fail(kind.create, { late: 3000 })
        ana.say(`/inc INC-1 ticket ${TITLE}`)
        await until('the issue', () => issues().length, PATIENCE)
        if (what === 'the connector') killRunner(tocsin, kind)
        else {
          await tocsin.kill()
          await tocsin.start()
          await ana.enterAgain()
        }
        await isTicketed(world)
        assert.equal(issues().length, 1)
        kind.end(standin, issues()[0].issue)
        standin.reindex?.()
        await isAsked(world)
      })
    }

    test(`${name}: webhooks tell at once, in any order, and only who signs is heard`, async (t) => {
      const world = await setUp(t, kind, { more: `secret = "${SECRET}"` })
      const { standin, tocsin, ana, issues } = world
      standin.addHook(`${tocsin.url}/connector/tracker/`, 'another secret')
      standin.hooks[0].secret = SECRET
      ana.say(`/inc INC-1 ticket ${TITLE}`)
      await isTicketed(world)
      const [{ issue }] = issues()
      kind.end(standin, issue)
      await isAsked(world)
      standin.held = []
      kind.begin(standin, issue)
      kind.end(standin, issue)
      kind.begin(standin, issue)
      await standin.release((list) => [list[2], ...list, list[1], list[0]]) // the last one comes first, and all come twice
      await until('it to be open', async () => (await ticket(world)).state === 'open', PATIENCE)
      assert.ok(standin.deliveries.slice(-6).every((d) => d.status === 204), JSON.stringify(standin.deliveries.map((d) => d.status)))
      standin.hooks[0].secret = 'a stranger'
      kind.end(standin, issue)
      await standin.sending
      assert.equal(standin.deliveries.at(-1).status, 401)
      assert.equal((await ticket(world)).state, 'open')
      const changes = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'ticket_changed')
      assert.equal(changes.length, 2, JSON.stringify(changes))
      assert.deepEqual(standin.violations, [])
    })
  }

  test('a check names what is missing', async (t) => {
    const bad = (s) => `stranger = { plugin = "${join(build, 'plugins/github.so')}", url = "${s.url}", api_url = "${s.apiUrl}", token = "x", repository = "acme/shop" },
      nowhere = { plugin = "${join(build, 'plugins/github.so')}", url = "${s.url}", api_url = "${s.apiUrl}", token = "ghp_tocsin", repository = "acme/none" },
      reader = { plugin = "${join(build, 'plugins/github.so')}", url = "${s.url}", api_url = "${s.apiUrl}", token = "ghp_reader", repository = "acme/shop" },`
    const { tocsin, standin, issues } = await setUp(t, trackers.GitHub, { others: bad })
    const says = (name, words) => until(`${name} to say why: ${words}`, async () => {
      const { code, out, err } = await tocsin.tocsin('connector', 'check', name)
      return code !== 0 && words.test(out + err)
    }, PATIENCE)
    await says('stranger', /refuses the token/)
    await says('nowhere', /no repository acme\/none/)
    await says('reader', /may not write issues/)
    assert.equal(issues().length, 0)
    assert.deepEqual(standin.violations, [])
  })
})
