// The history of another status page: what a page at Statuspage and a cState site have becomes components to review, and posts.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { withPages } from './statuspage_rig.mjs'
import { build, run, until } from './support.mjs'

const exports_ = join(import.meta.dirname, 'moving')
let t
before(async () => {
  t = await withPages('', 'status_directory = "public"')
})
after(() => t?.remove())

const bring = (from, ...options) => run(join(build, 'tocsin'), ['import', from, join(exports_, from), ...options, '--config', t.config])
const incidents = async () => (await (await fetch(`${t.url}/status/api/v2/incidents.json`)).json()).incidents

test('a page at Statuspage becomes policy, and what it leaves out is named', async () => {
  const { code, out, err } = await bring('statuspage')
  assert.equal(code, 0, err)
  assert.match(out, /^component \{ name = "Checkout", group = "Shop", description = "Paying \\"everywhere\\"" \}$/m)
  assert.match(out, /^component \{ name = "API", only_if_degraded = true \}$/m)
  assert.match(out, /^component \{ name = "api \(Shop\)", group = "Shop" \}$/m)
  assert.match(out, /^status_page \{ name = "main", title = "Shop", url = "http:\/\/status\.shop\.example", zone = "Europe\/Berlin" \}$/m)
  for (const named of [/'Still slow'.*: it is not over/, /bad000000001: it has no title/, /bad000000002: .*yesterday/, /cp306tmzcl0y, component 'Old': its component is no longer/, /'api' is now 'api \(Shop\)'/])
    assert.match(err, named)
  const early = await bring('statuspage', '--posts')
  assert.equal(early.code, 1)
  assert.match(early.err, /no component is called 'Checkout': put the component\{\}s of the import in the policy first/)
  await writeFile(join(t.directory, 'policy', 'pages.lua'), out)
  await until('the policy', async () => (await (await fetch(`${t.url}/status/api/v2/summary.json`)).json()).page?.name === 'Shop')
})

test('its history becomes posts with their own times, once, and nobody is told', async () => {
  const first = await bring('statuspage', '--posts')
  assert.equal(first.code, 0, first.err)
  assert.match(first.out, /^2 posts are new, 0 were there, 0 refused$/m)
  const [post] = await until('the post', async () => (await incidents()).length && (await incidents()))
  assert.deepEqual([post.name, post.status, post.impact, post.created_at, post.resolved_at], ['Payments <b>fail</b>', 'resolved', 'critical', '2026-10-30T07:00:00.000+01:00', '2026-10-30T09:00:00.000+01:00'])
  assert.deepEqual(post.incident_updates.map(({ body, deliver_notifications, affected_components: [c] }) => [body, deliver_notifications, c.name, c.new_status]),
    [['All works again.', false, 'Shop - Checkout', 'operational'], ['We are looking into it.', false, 'Shop - Checkout', 'major_outage']])
  const [maintenance] = (await (await fetch(`${t.url}/status/api/v2/scheduled-maintenances.json`)).json()).scheduled_maintenances
  assert.deepEqual([maintenance.status, maintenance.scheduled_for], ['completed', '2026-10-03T02:00:00.000+02:00'])
  const { components, status } = await (await fetch(`${t.url}/status/api/v2/summary.json`)).json()
  assert.ok(components.every((one) => one.status === 'operational') && status.indicator === 'none')
  assert.match((await bring('statuspage', '--posts')).out, /^0 posts are new, 2 were there, 0 refused$/m)
  await t.kill()
  await t.start()
  assert.match((await bring('statuspage', '--posts')).out, /^0 posts are new, 2 were there, 0 refused$/m)
  assert.match(await (await fetch(`${t.url}/status/history/2026-10`)).text(), /Payments &lt;b&gt;fail/)
})

test('a cState site becomes policy and posts; files that cannot be read are named', async () => {
  const { out, err } = await bring('cstate')
  assert.match(out, /^component \{ name = "Roses", group = "Plants", description = "The red ones, and the \\"white\\" ones" \}$/m)
  assert.match(out, /^component \{ name = "Fence" \}$/m)
  for (const named of [/2026-06-02-broken\.md: .*invalid YAML/, /issues\/2026-06-01-open\.md: it is not over/, /about\.md: it is no issue/, /system 'Tulips': the configuration has no such system/])
    assert.match(err, named)
  await writeFile(join(t.directory, 'policy', 'pages.lua'), out)
  await until('the policy', async () => (await (await fetch(`${t.url}/status/api/v2/summary.json`)).json()).page?.name === 'Garden Status')
  assert.match((await bring('cstate', '--posts')).out, /^2 posts are new, 0 were there, 0 refused$/m)
  const roses = await until('the roses', async () => (await incidents()).find(({ name }) => name === 'Roses need water'))
  assert.deepEqual(roses.incident_updates.map(({ status, body, display_at }) => [status, body, display_at]), [
    ['resolved', 'This is resolved.', '2026-04-13T18:00:00.000Z'], ['monitoring', 'It rains. **At last.**', '2026-04-13T17:30:00.000Z'],
    ['investigating', 'They look thirsty. See [the forecast](https://weather.example).', '2026-04-13T15:54:00.000Z']])
  assert.deepEqual(roses.components.map(({ name }) => name), ['Roses'])
  const all = (await (await fetch(`${t.url}/status/api/v2/scheduled-maintenances.json`)).json()).scheduled_maintenances
  assert.ok(all.some(({ name, scheduled_until }) => name === 'The fence is painted' && scheduled_until === '2026-05-01T12:00:00.000Z'))
})
