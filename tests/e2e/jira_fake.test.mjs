// The stand-in of Jira, driven by jira.js.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { startJira } from './jira/server.mjs'
import { loadModule } from './standin.mjs'
import { withJiraClient } from './support.mjs'

async function setUp(t, options) {
  const jira = await startJira(options)
  t.after(() => jira.stop())
  jira.addUser('tocsin', { token: 'secret' })
  jira.addUser('reader', { token: 'reading', may: ['BROWSE_PROJECTS'] })
  jira.addUser('ana')
  const { Version2Client } = await loadModule('jira.js')
  const as = (email, apiToken) => new Version2Client({ host: jira.url, authentication: { basic: { email, apiToken } } })
  return { jira, pay: jira.addProject('PAY'), client: as('tocsin@example.com', 'secret'), reader: as('reader@example.com', 'reading') }
}

const made = (summary, more = {}) => ({ fields: { project: { key: 'PAY' }, issuetype: { name: 'Task' }, summary, ...more } })

test('jira.js makes, finds, comments on and closes issues', withJiraClient, async (t) => {
  const { jira, client } = await setUp(t)
  assert.equal((await client.myself.getCurrentUser()).displayName, 'Tocsin')
  const issue = await client.issues.createIssue({ ...made('Checkout fails', { labels: ['incident'], description: '*x*' }), properties: [{ key: 'tocsin', value: 'a mark' }] })
  assert.equal(issue.key, 'PAY-1')
  const read = await client.issues.getIssue({ issueIdOrKey: 'PAY-1', properties: ['tocsin'] })
  assert.deepEqual([read.properties, read.fields.status.statusCategory.key, read.fields.labels], [{ tocsin: 'a mark' }, 'new', ['incident']])
  const comment = await client.issueComments.addComment({ issueIdOrKey: 'PAY-1', comment: 'hello', properties: [{ key: 'tocsin', value: 'm' }] })
  assert.equal((await client.issueCommentProperties.getCommentProperty({ commentId: comment.id, propertyKey: 'tocsin' })).value, 'm')
  assert.deepEqual((await client.issueComments.getComments({ issueIdOrKey: 'PAY-1', orderBy: '-created' })).comments.map((c) => c.body), ['hello'])
  const { transitions } = await client.issues.getTransitions({ issueIdOrKey: 'PAY-1', expand: 'transitions.fields' })
  await client.issues.doTransition({ issueIdOrKey: 'PAY-1', transition: { id: transitions.find((x) => x.to.statusCategory.key === 'done').id } })
  assert.equal((await client.issues.getIssue({ issueIdOrKey: 'PAY-1' })).fields.status.name, 'Done')
  jira.lag = true
  await client.issues.createIssue(made('Unknown to the index'))
  const find = async (jql) => (await client.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql, fields: ['summary'] })).issues.map((i) => i.key)
  assert.deepEqual(await find('project = PAY AND creator = currentUser() AND created >= "-5m" ORDER BY created DESC'), ['PAY-1'])
  jira.reindex()
  assert.deepEqual(await find('project = "PAY" AND updated >= -5m ORDER BY key DESC'), ['PAY-2', 'PAY-1'])
  assert.deepEqual(await find('project = PAY AND updated < -5m'), [])
  assert.deepEqual(jira.violations, [])
})

const refused = async (promise, status, words) => {
  const error = await promise.then(() => assert.fail('it worked'), (e) => e)
  assert.equal(error.status, status)
  assert.match(JSON.stringify(error.response ?? error), words)
}

test('it refuses what Jira refuses', withJiraClient, async (t) => {
  const { jira, pay, client, reader } = await setUp(t)
  const rights = await reader.permissions.getMyPermissions({ projectKey: 'PAY', permissions: 'BROWSE_PROJECTS,CREATE_ISSUES' })
  assert.deepEqual(Object.values(rights.permissions).map((p) => p.havePermission), [true, false])
  await refused(client.permissions.getMyPermissions({ projectKey: 'NO', permissions: 'BROWSE_PROJECTS' }), 404, /No project could be found/)
  await refused(client.issues.createIssue(made('two\nlines')), 400, /newline/)
  await refused(client.issues.createIssue({ fields: { ...made('x').fields, issuetype: { name: 'Nonsense' } } }), 400, /valid issue type/)
  await refused(client.issues.getIssue({ issueIdOrKey: 'PAY-9' }), 404, /does not exist/)
  const issue = jira.add(pay, 'ana', { summary: 'One' })
  pay.workflow = { ...pay.workflow, transitions: [{ id: '5', name: 'Close', to: 'Done', fields: { resolution: {} } }] }
  await refused(client.issues.doTransition({ issueIdOrKey: 'PAY-1', transition: { id: '5' } }), 400, /resolution is required/)
  await refused(reader.issues.doTransition({ issueIdOrKey: 'PAY-1', transition: { id: '5' } }), 403, /TRANSITION_ISSUES/)
  jira.move(issue, 'ana', jira.addProject('OPS'))
  assert.equal((await client.issues.getIssue({ issueIdOrKey: 'PAY-1' })).key, 'OPS-1')
  jira.fail('issue.get', { status: 429, body: { errorMessages: ['Rate limit exceeded.'] }, headers: { 'retry-after': '2' } })
  await refused(client.issues.getIssue({ issueIdOrKey: 'OPS-1' }), 429, /Rate limit/)
})

test('it has what Data Center has, where that differs', withJiraClient, async (t) => {
  const { jira, pay, client } = await setUp(t, { cloud: false })
  const headers = { authorization: 'Bearer secret' }
  const get = async (path) => (await fetch(`${jira.apiUrl}${path}`, { headers })).json()
  assert.equal((await get('/myself')).name, 'tocsin')
  jira.add(pay, 'ana', { summary: 'One' })
  const found = await get(`/search?fields=key&jql=${encodeURIComponent('project = PAY order by updated asc')}`)
  assert.deepEqual([found.total, found.issues[0].key], [1, 'PAY-1'])
  await refused(client.myself.getCurrentUser(), 401, /authenticated/) // no password
})
