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
  open: (s, title) => s.open(s.place, 'ana', { title }),
  link: (s, issue) => `${s.url}/acme/${issue.repo.name}/issues/${issue.number}`,
  isDone: (issue) => issue.state === 'closed',
  issues: (s) => s.place.issues.map((i) => ({ issue: i, title: i.title, text: i.body, comments: i.comments })),
  end: (s, issue) => s.setState(issue, 'ana', 'closed', 'completed'),
  begin: (s, issue) => s.setState(issue, 'ana', 'open'),
  conflicts: [],
  revoke: (s) => s.tokens.clear(),
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
  open: (s, summary) => s.add(s.place, 'ana', { summary }),
  link: (s, issue) => `${s.url}/browse/${issue.key}`,
  isDone: (issue) => issue.status === 'Done',
  issues: (s) => s.place.issues.map((i) => ({ issue: i, title: i.summary, text: i.description, comments: i.comments })),
  end: (s, issue) => s.setStatus(issue, 'ana', 'Done'),
  begin: (s, issue) => s.setStatus(issue, 'ana', 'In Progress'),
  conflicts: [409],
  revoke: (s) => s.logins.clear(),
  limit: { status: 429, body: { errorMessages: ['Rate limit exceeded.'] }, headers: { 'retry-after': '1' } },
})

const trackers = { GitHub: hub('github'), Gitea: hub('gitea'), 'Jira Cloud': jira(true), 'Jira Data Center': jira(false) }

async function setUp(t, kind, { more = '', others = () => '', policy = '' } = {}) {
  const standin = await kind.start()
  t.after(() => standin.stop())
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { tracker = ${kind.row(standin, more)}, ${others(standin)}`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/trackers.lua'), `tickets { tracker = "tracker"${policy} }\n`)
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

  for (const [name, kind] of Object.entries(trackers)) {
    test(`${name}: an issue that is attached is commented on once, and closed at the end`, async (t) => {
      const world = await setUp(t, kind, { policy: ', solve = { "tracker" }' })
      const { standin, tocsin, ana } = world
      const issue = kind.open(standin, 'Cards are refused')
      for (const how of ['cut after', kind.limit, { after: 502 }]) standin.fail(kind.comment, how)
      ana.say(`/inc INC-1 attach ${kind.link(standin, issue)}`)
      await until('a note', () => issue.comments.length, PATIENCE)
      standin.fail(kind.comment, { late: 2000 })
      ana.say('/inc INC-1 severity major')
      await until('the second note', () => issue.comments.length === 2, PATIENCE)
      killRunner(tocsin, kind)
      for (const how of ['cut after', kind.limit, ...kind.conflicts]) standin.fail(kind.write, how)
      ana.say('/inc INC-1 accept')
      ana.say('/inc INC-1 resolve the bank is back')
      await until('it to be closed', () => kind.isDone(issue), PATIENCE)
      await until('nothing to be under way', async () => !(await tocsin.api('/actions')).actions.some((a) => /^ticket/.test(a.kind)), PATIENCE)
      const texts = issue.comments.map((c) => c.body.replace(/<!--.*-->/, ''))
      assert.equal(new Set(texts).size, texts.length, texts.join('\n---\n'))
      assert.deepEqual(standin.violations, [])
    })
  }

  test('a transferred issue is closed where it is', async (t) => {
    const kind = trackers.GitHub
    const world = await setUp(t, kind, { policy: ', solve = { "tracker" }', more: `secret = "${SECRET}"` })
    const { standin, tocsin, ana } = world
    const ops = standin.addRepository('acme/ops')
    standin.addHook(`${tocsin.url}/connector/tracker/`, SECRET)
    const issue = kind.open(standin, 'Cards are refused')
    ana.say(`/inc INC-1 attach ${kind.link(standin, issue)}`)
    await until('the note', () => issue.comments.length, PATIENCE)
    const moved = standin.transfer(issue, 'ana', ops)
    await until('it to be known', async () => /acme\/ops\/issues\/1$/.test((await ticket(world)).link), PATIENCE)
    ana.say('/inc INC-1 accept')
    ana.say('/inc INC-1 resolve the bank is back')
    await until('it to be closed', () => kind.isDone(moved), PATIENCE)
    assert.deepEqual(standin.violations, [])
  })

  test('a workflow that asks for a field is not gone through, and that is said', async (t) => {
    const kind = trackers['Jira Cloud']
    const world = await setUp(t, kind, { policy: ', solve = { "tracker" }' })
    const { standin, tocsin, ana } = world
    standin.place.workflow = { ...standin.place.workflow, transitions: [{ id: '5', name: 'Close', to: 'Done', fields: { resolution: { name: 'Resolution' } } }] }
    const issue = kind.open(standin, 'Cards are refused')
    ana.say(`/inc INC-1 attach ${kind.link(standin, issue)}`)
    await until('the note', () => issue.comments.length, PATIENCE)
    ana.say('/inc INC-1 accept')
    ana.say('/inc INC-1 resolve the bank is back')
    const refused = await until('the refusal', async () => (await tocsin.api('/actions?state=dead')).actions?.find((a) => a.kind === 'ticket.state'), PATIENCE)
    assert.match(JSON.stringify(refused), /'Close' of PAY-1 asks for 'Resolution'/)
    assert.equal(issue.status, 'To Do')
  })

  test('a limit of GitHub is waited for, and is no lack of a right', async (t) => {
    const world = await setUp(t, trackers.GitHub)
    const { standin, tocsin, ana, issues } = world
    standin.rate = { limit: 5000, remaining: 0, reset: Math.ceil(Date.now() / 1000) + 3 }
    ana.say(`/inc INC-1 ticket ${TITLE}`)
    await until('a refusal', () => standin.log.some((c) => c.status === 403), PATIENCE)
    await isTicketed(world)
    assert.equal((await tocsin.api('/connectors')).connectors.find((c) => c.name === 'tracker').state, 'running')
    assert.equal(issues().length, 1)
  })

  test('nothing is written where Tocsin does not belong', async (t) => {
    const kind = trackers.GitHub
    const world = await setUp(t, kind, { policy: ', solve = { "tracker" }' })
    const { standin, tocsin, ana } = world
    const foreign = standin.addRepository('nodejs/node', { private: false })
    const closed = standin.addRepository('acme/vault', { private: false, only: 'ana' })
    const [theirs, ours] = [foreign, closed].map((repo) => standin.open(repo, 'ana', { title: 'Slow' }))
    ana.say(`/inc INC-1 attach ${standin.url}/nodejs/node/issues/1`)
    ana.say(`/inc INC-1 attach ${standin.url}/acme/vault/issues/1`)
    await until('both refusals', async () => (await tocsin.api('/actions?state=dead')).actions?.filter((a) => a.kind === 'ticket.comment').length === 2, PATIENCE)
    assert.deepEqual([theirs.comments, ours.comments], [[], []])
    assert.equal((await tocsin.api('/connectors')).connectors.find((c) => c.name === 'tracker').state, 'running')
    standin.setState(theirs, 'ana', 'closed', 'completed')
    await until('it to be followed all the same', async () => (await tocsin.api('/incidents/INC-1/tickets')).tickets.some((x) => x.ticket === 'nodejs/node#1' && x.state === 'done'), PATIENCE)
  })

  for (const name of ['GitHub', 'Jira Cloud']) {
    test(`${name}: a token that was revoked is known before it is needed`, async (t) => {
      const { standin, tocsin, kind } = await setUp(t, trackers[name])
      kind.revoke(standin)
      await until('the connector to say so', async () => {
        const { state, reason } = (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'tracker')
        return state !== 'running' && /refuses the/.test(JSON.stringify(reason ?? ''))
      }, PATIENCE)
    })
  }

  const says = (tocsin, name, words) => until(`${name} to say why: ${words}`, async () => {
    const { code, out, err } = await tocsin.tocsin('connector', 'check', name)
    return code !== 0 && words.test(out + err)
  }, PATIENCE)

  test('a check names what is missing on GitHub', async (t) => {
    const row = (s, name, token, repository) => `${name} = { plugin = "${join(build, 'plugins/github.so')}", url = "${s.url}", api_url = "${s.apiUrl}", token = "${token}", repository = "${repository}" },`
    const others = (s) => {
      s.addRepository('acme/old', { archived: true })
      s.addRepository('acme/code', { has_issues: false })
      s.addRepository('acme/open', { private: false })
      return row(s, 'stranger', 'x', 'acme/shop') + row(s, 'nowhere', 'ghp_tocsin', 'acme/none') + row(s, 'reader', 'ghp_reader', 'acme/shop') + row(s, 'old', 'ghp_tocsin', 'acme/old') + row(s, 'code', 'ghp_tocsin', 'acme/code') +
        row(s, 'open', 'ghp_tocsin', 'acme/open')
    }
    const { tocsin, standin, issues } = await setUp(t, trackers.GitHub, { others })
    await says(tocsin, 'stranger', /refuses the token/)
    await says(tocsin, 'nowhere', /no repository acme\/none/)
    await says(tocsin, 'reader', /may not write issues/)
    await says(tocsin, 'old', /is archived/)
    await says(tocsin, 'code', /has no issues/)
    const open = await tocsin.tocsin('connector', 'check', 'open')
    assert.deepEqual([open.code, /acme\/open is public/.test(open.out + open.err)], [0, true], open.out + open.err)
    assert.equal(issues().length, 0)
    assert.deepEqual(standin.violations, [])
  })

  test('a check names what is missing in Jira', async (t) => {
    const row = (s, name, email, token, more) => `${name} = { plugin = "${join(build, 'plugins/jira.so')}", url = "${s.url}", email = "${email}@example.com", token = "${token}", ${more} },`
    const others = (s) => {
      s.addUser('reader', { token: 'reading', may: ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'ADD_COMMENTS'] })
      return row(s, 'stranger', 'tocsin', 'x', 'project = "PAY"') + row(s, 'nowhere', 'tocsin', 'secret', 'project = "NO"') + row(s, 'kind', 'tocsin', 'secret', 'project = "PAY", issue_type = "Story"') +
        row(s, 'reader', 'reader', 'reading', 'project = "PAY"')
    }
    const { tocsin, standin } = await setUp(t, trackers['Jira Cloud'], { others })
    await says(tocsin, 'stranger', /refuses the login/)
    await says(tocsin, 'nowhere', /no project NO/)
    await says(tocsin, 'kind', /no issue type 'Story'.*Task, Bug, Incident/)
    await says(tocsin, 'reader', /may not change their status.*Transition Issues/)
    assert.deepEqual(standin.violations, [])
  })
})
