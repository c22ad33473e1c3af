// The stand-in of GitHub, driven by GitHub's own client.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { startGitHub } from './github/server.mjs'
import { loadModule } from './standin.mjs'
import { until, withOctokit } from './support.mjs'

const place = { owner: 'acme', repo: 'shop' }

async function setUp(t) {
  const github = await startGitHub()
  t.after(() => github.stop())
  github.addUser('tocsin', { token: 'ghp_tocsin' })
  github.addUser('reader', { token: 'ghp_reader', may: 'read' })
  github.addUser('ana', { token: 'ghp_ana' })
  const shop = github.addRepository('acme/shop')
  const { Octokit } = await loadModule('@octokit/rest')
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const as = (token) => new Octokit({ auth: token, baseUrl: github.apiUrl, log: quiet })
  return { github, shop, as, octokit: as('ghp_tocsin') }
}

test("GitHub's client makes, lists, comments on and closes issues", withOctokit, async (t) => {
  const { github, octokit, as } = await setUp(t)
  assert.equal((await octokit.users.getAuthenticated()).data.login, 'tocsin')
  assert.deepEqual((await as('ghp_reader').repos.get(place)).data.permissions, { admin: false, push: false, pull: true, maintain: false, triage: false })
  const made = (await octokit.issues.create({ ...place, title: 'Checkout fails', body: 'x <!-- mark -->', labels: ['incident'] })).data
  assert.deepEqual([made.number, made.state, made.user.login, made.labels[0].name], [1, 'open', 'tocsin', 'incident'])
  await octokit.issues.createComment({ ...place, issue_number: 1, body: 'first' })
  assert.deepEqual((await octokit.issues.listComments({ ...place, issue_number: 1 })).data.map((c) => c.body), ['first'])
  const closed = (await octokit.issues.update({ ...place, issue_number: 1, state: 'closed', state_reason: 'completed' })).data
  assert.deepEqual([closed.state, closed.state_reason], ['closed', 'completed'])
  for (let i = 0; i < 4; i++) await octokit.issues.create({ ...place, title: `more ${i}` })
  const all = await octokit.paginate(octokit.issues.listForRepo, { ...place, state: 'all', per_page: 2, sort: 'created', direction: 'asc' })
  assert.deepEqual(all.map((i) => i.number), [1, 2, 3, 4, 5])
  assert.deepEqual((await octokit.issues.listForRepo({ ...place, since: new Date(Date.now() + 2000).toISOString() })).data, [])
  assert.deepEqual(github.violations, [])
})

const refused = async (promise, status, words) => {
  const error = await promise.then(() => assert.fail('it worked'), (e) => e)
  assert.equal(error.status, status)
  assert.match(error.response?.data?.message ?? error.message, words)
  return error
}

test('it refuses what GitHub refuses', withOctokit, async (t) => {
  const { github, shop, octokit, as } = await setUp(t)
  await refused(as('nonsense').issues.create({ ...place, title: 'x' }), 401, /Bad credentials/)
  await refused(as('ghp_reader').issues.create({ ...place, title: 'x' }), 403, /Resource not accessible/)
  await refused(octokit.issues.create({ ...place, title: ' ' }), 422, /Validation Failed/)
  await refused(octokit.issues.get({ ...place, issue_number: 9 }), 404, /Not Found/)
  const issue = github.open(shop, 'ana', { title: 'One' })
  issue.locked = true
  await refused(octokit.issues.createComment({ ...place, issue_number: 1, body: 'x' }), 403, /locked/)
  github.secondary = 1
  await refused(octokit.issues.create({ ...place, title: 'x' }), 403, /secondary rate limit/)
  github.rate = { limit: 5000, remaining: 0, reset: 1_900_000_000 }
  const limited = await refused(octokit.users.getAuthenticated(), 403, /API rate limit exceeded/)
  assert.equal(limited.response.headers['x-ratelimit-reset'], '1900000000')
  github.rate.remaining = 100
  const ops = github.addRepository('acme/ops')
  github.transfer(issue, 'ana', ops)
  assert.equal((await octokit.issues.get({ ...place, issue_number: 1 })).data.html_url, `${github.url}/acme/ops/issues/1`) // the client follows it
  github.delete(ops.issues[0], 'ana')
  await refused(octokit.issues.get({ owner: 'acme', repo: 'ops', issue_number: 1 }), 410, /deleted/)
  github.fail('issues.create', { after: 502 })
  await refused(octokit.issues.create({ ...place, title: 'after all' }), 502, /after the write/)
  assert.equal(shop.issues.at(-1).title, 'after all')
})

test('it signs webhooks, and holds them back on demand', withOctokit, async (t) => {
  const { github, shop } = await setUp(t)
  const got = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    got.push({ headers: request.headers, text: Buffer.concat(chunks).toString() })
    response.end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  github.addHook(`http://127.0.0.1:${server.address().port}/`, 'a secret')
  const issue = github.open(shop, 'ana', { title: 'One' })
  github.held = []
  github.setState(issue, 'ana', 'closed', 'completed')
  github.setState(issue, 'ana', 'open')
  await github.release((list) => [list[1], list[0], list[1]])
  await until('five webhooks', () => got.length === 5)
  assert.deepEqual(got.map((g) => JSON.parse(g.text).action), [undefined, 'opened', 'reopened', 'closed', 'reopened'])
  assert.equal(got[2].headers['x-github-delivery'], got[4].headers['x-github-delivery'])
  for (const { headers, text } of got) {
    const wanted = createHmac('sha256', 'a secret').update(text).digest('hex')
    assert.equal(headers['x-hub-signature-256'], `sha256=${wanted}`)
  }
  const closed = JSON.parse(got[3].text)
  assert.deepEqual([closed.repository.full_name, closed.issue.state, closed.sender.login], ['acme/shop', 'closed', 'ana'])
})
