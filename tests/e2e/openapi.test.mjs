// docs/openapi.json against the server: each operation that it documents is called, answers with a status that it documents, and with
// what its schemas say, no member more. (tests/unit/web/api_test.c finds routes that it does not document.)
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Tocsin, modules, until } from './support.mjs'

const withAjv = { skip: existsSync(join(modules, 'node_modules/ajv')) ? false : 'ajv is not installed: npm cannot reach its registry' }
const api = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../docs/openapi.json'), 'utf8'))

const rows = (kind) => [{ line: 1, kind, address: 'ana@acme.example' }]
const csv = 'key,name\nglobex,Globex\n'

// What is called, in this order: operation, path, body, status, headers. INC-1 and a customer come first, since others need them.
const calls = [
  ['get /me'],
  ['get /openapi.json'],
  ['post /incidents', '/incidents', { title: 'checkout is slow', service: 'checkout', severity: 'major', summary: 's' }, 201],
  ['post /incidents', '/incidents', { title: 'card numbers leaked', private: true }, 201],
  ['post /incidents', '/incidents', { title: 5 }, 400],
  ['post /incidents', '/incidents', { title: 'x' }, 400, { 'idempotency-key': 'a "quoted" key' }],
  ['put /customers/{key}', '/customers/acme', { name: 'Acme', tier: 'gold', wish: 'no-contact' }],
  ['put /customers/{key}', '/customers/acme', { name: 'Other' }, 412, { 'if-match': '"old"' }],
  ['put /customers/{key}', '/customers/acme', { colour: 'red' }, 400],
  ['post /commands', '/commands', { text: 'INC-1 affect acme' }],
  ['post /commands', '/commands', { text: 'INC-1 followup fix the retry by tomorrow' }],
  ['post /commands', '/commands', { text: 'show INC-99' }, 404],
  ['post /commands', '/commands', { text: 'INC-1 reopen' }, 409],
  ['post /commands', '/commands', {}, 400],
  ['get /incidents', '/incidents?status=all&limit=1'],
  ['get /incidents', '/incidents?q=checkout'],
  ['get /incidents', '/incidents?cursor=wrong', undefined, 400],
  ['get /incidents/{id}', '/incidents/INC-1'],
  ['get /incidents/{id}', '/incidents/INC-99', undefined, 404],
  ['get /incidents/{id}/customers', '/incidents/INC-1/customers'],
  ['get /incidents/{id}/tickets', '/incidents/INC-1/tickets'],
  ['get /incidents/{id}/timeline', '/incidents/INC-1/timeline?limit=2'],
  ['get /incidents/{id}/writeup', '/incidents/INC-1/writeup', undefined, 404],
  ['post /commands', '/commands', { text: 'INC-1 writeup draft' }],
  ['get /incidents/{id}/writeup', '/incidents/INC-1/writeup'],
  ['put /incidents/{id}/writeup', '/incidents/INC-1/writeup', { version: 1, text: '# one' }],
  ['put /incidents/{id}/writeup', '/incidents/INC-1/writeup', { version: 1, text: '# other' }, 409],
  ['get /incidents/{id}/debrief', '/incidents/INC-1/debrief'],
  ['get /incidents/{id}/debrief', '/incidents/INC-999/debrief', undefined, 404],
  ['get /search', '/search?q=checkout'],
  ['get /search', '/search', undefined, 400],
  ['post /statuspage/posts', '/statuspage/posts', { posts: [] }],
  ['post /statuspage/posts', '/statuspage/posts', {}, 400],
  ['get /customers'],
  ['post /customers/import', '/customers/import', { csv, dry_run: true }],
  ['post /customers/import', '/customers/import', {}, 400],
  ['get /customers/{key}', '/customers/acme'],
  ['get /customers/{key}', '/customers/none', undefined, 404],
  ['delete /customers/{key}', '/customers/none', undefined, 404],
  ['delete /customers/{key}', '/customers/acme'],
  ['get /groups'],
  ['get /groups/{fingerprint}', '/groups/GROUP'],
  ['get /groups/{fingerprint}', '/groups/zz', undefined, 404],
  ['get /incoming'],
  ['get /rules'],
  ['get /connectors'],
  ['post /connectors/{name}/check', '/connectors/console/check'],
  ['post /connectors/{name}/check', '/connectors/none/check', undefined, 404],
  ['post /connectors/{name}/restart', '/connectors/console/restart'],
  ['post /connectors/{name}/restart', '/connectors/none/restart', undefined, 404],
  ['get /actions'],
  ['post /actions/{id}/again', '/actions/99999/again', undefined, 404],
  ['delete /actions/{id}', '/actions/99999', undefined, 404],
  ['post /reload'],
  ['post /policy/reload'],
  ['get /people/{person}', '/people/PERSON'],
  ['get /people/{person}', '/people/nobody', undefined, 404],
  ['post /people/{person}/unlink', '/people/PERSON/unlink', {}, 400],
  ['get /oncall'],
  ['get /oncall/{rotation}', '/oncall/none', undefined, 404],
  ['get /heartbeats'],
  ['get /subscribers'],
  ['post /subscribers', '/subscribers', { page: 'none', subscribers: rows('email') }, 404],
  ['delete /subscribers', '/subscribers?address=ana@acme.example'],
  ['get /insights'],
  ['get /insights/charts/{file}', '/insights/charts/times.csv'],
  ['get /insights/charts/{file}', '/insights/charts/service.png?months=3'],
  ['get /insights/charts/{file}', '/insights/charts/service.svg', undefined, 404],
  ['get /insights/charts/{file}', '/insights/charts/time.csv?months=13', undefined, 400],
  ['get /followups'],
  ['get /followups', '/followups?incident=x', undefined, 400],
  ['get /webhooks'],
  ['get /webhooks/{name}/deliveries', '/webhooks/none/deliveries', undefined, 404],
  ['post /webhooks/{name}/deliveries/{event}/again', '/webhooks/none/deliveries/1/again', undefined, 404],
  ['post /webhooks/{name}/enable', '/webhooks/none/enable', undefined, 404],
  ['get /tokens'],
  ['post /tokens', '/tokens', { name: 'once', scopes: 'read' }, 201],
  ['post /tokens', '/tokens', { name: 'once' }, 409],
  ['delete /tokens/{id}', '/tokens/once'],
  ['delete /tokens/{id}', '/tokens/once', undefined, 404],
]

const operationOf = (called) => {
  const [method, path] = called.split(' ')
  return [`/api/v1${path}`, method, api.paths[`/api/v1${path}`]?.[method]]
}

const resolved = (schema) => (schema?.$ref ? resolved(schema.$ref.slice(2).split('/').reduce((at, part) => at[part], api)) : schema)

// Members that the description does not have. A state says that it has more than it lists.
function* undocumented(value, schema, where) {
  const is = resolved(schema)
  if (Array.isArray(value)) for (const [i, one] of value.entries()) yield* undocumented(one, is?.items, `${where}[${i}]`)
  else if (value && typeof value === 'object' && is?.properties && schema.$ref !== '#/components/schemas/State')
    for (const [name, member] of Object.entries(value)) {
      if (!(name in is.properties) && !is.additionalProperties) yield `${where}.${name}`
      yield* undocumented(member, is.properties[name] ?? is.additionalProperties, `${where}.${name}`)
    }
}

function validator() {
  const require = createRequire(join(modules, 'package.json'))
  const ajv = new (require('ajv/dist/2020').default)({ strict: false, allErrors: true })
  require('ajv-formats')(ajv)
  ajv.addSchema(api, 'api')
  return (schema, value) => {
    const check = ajv.compile(schema.$ref ? { $ref: `api${schema.$ref}` } : JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')))
    return check(value) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`)
  }
}

async function started(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const alert = await fetch(`${tocsin.url}/intake/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tocsin.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'checkout fails', service: 'other', severity: 'warning' }),
  })
  assert.equal(alert.status, 202)
  return tocsin
}

const ask = (tocsin, method, path, body, headers = {}) =>
  fetch(`${tocsin.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${tocsin.token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body ? JSON.stringify(body) : undefined,
  })

test('each documented operation answers as documented', withAjv, async (t) => {
  const tocsin = await started(t)
  const faults = validator()
  const group = await until('the alert group', async () => (await tocsin.api('/groups')).groups[0])
  const me = await tocsin.api('/me')
  for (const [called, given, body, status = 200, headers] of calls) {
    const [pattern, method, operation] = operationOf(called)
    assert.ok(operation, `${called} is not documented`)
    const path = (given ?? called.split(' ')[1]).replace('GROUP', group.fingerprint).replace('PERSON', me.person)
    const answer = await ask(tocsin, method.toUpperCase(), path, body, headers)
    const text = await answer.text()
    const what = `${method} ${path}: ${answer.status} ${text.slice(0, 400)}`
    assert.equal(answer.status, status, what)
    const documented = resolved(operation.responses[status] ?? operation.responses.default)
    const type = answer.headers.get('content-type')
    const content = documented.content[type]
    assert.ok(content, `${what}: ${type} is not documented`)
    if (pattern.endsWith('openapi.json') || !type.includes('json')) continue
    const value = JSON.parse(text)
    assert.deepEqual([...faults(content.schema, value), ...undocumented(value, content.schema, '')], [], what)
  }
})

test('each operation is called, and no path has another method', withAjv, async (t) => {
  const tocsin = await started(t)
  const called = new Set(calls.map(([operation]) => operation))
  for (const [path, operations] of Object.entries(api.paths)) {
    const methods = Object.keys(operations)
    for (const method of methods) assert.ok(called.has(`${method} ${path.slice('/api/v1'.length)}`), `${method} ${path} is not called`)
    const refused = await ask(tocsin, 'OPTIONS', path.slice('/api/v1'.length).replaceAll(/[{}]/g, ''))
    assert.equal(refused.status, 405, path)
    const allowed = refused.headers.get('allow').toLowerCase().split(', ')
    assert.deepEqual(allowed.sort(), methods.sort(), path)
  }
})

test('without a token, and with one that may do less, each operation is refused as documented', withAjv, async (t) => {
  const tocsin = await started(t)
  const faults = validator()
  const made = await ask(tocsin, 'POST', '/tokens', { name: 'reader', scopes: 'read' })
  const { token } = await made.json()
  for (const [called, given] of calls) {
    const [, method, operation] = operationOf(called)
    if (operation.security?.length === 0) continue
    const path = given ?? called.split(' ')[1]
    const denied = [[await ask(tocsin, method.toUpperCase(), path, undefined, { authorization: 'Bearer tocsin_wrong' }), 401]]
    if (method !== 'get') denied.push([await ask(tocsin, method.toUpperCase(), path, undefined, { authorization: `Bearer ${token}` }), 403])
    for (const [answer, status] of denied) {
      assert.equal(answer.status, status, called)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.deepEqual(faults({ $ref: '#/components/schemas/Problem' }, await answer.json()), [], called)
    }
  }
})
