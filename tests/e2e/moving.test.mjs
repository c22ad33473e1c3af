// Exports of other tools, of the size of a company of 200 people: they become policy that loads, and by it the same people are on call as by
// the export, for 90 days, every half hour and around every handover.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { build, run } from './support.mjs'
import { DAY, MINUTE } from './moving/company.mjs'

const FROM = '2026-03-01', now = Date.parse(FROM), until = now + 90 * DAY
const seed = Number(process.env.MOVING_SEED ?? 1)

// Writes the files, imports them, and loads what came out: { directory, policy, report }.
async function move(t, tool, files, from = FROM) {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-e2e-'))
  t.after(() => rm(directory, { recursive: true }))
  const policy = join(directory, 'policy'), paths = Object.keys(files).map((name) => join(directory, name))
  await mkdir(policy)
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const made = await run(join(build, 'tocsin'), ['--json', 'import', tool, '--from', from, ...paths], { maxBuffer: 1 << 26 })
  assert.equal(made.code, 0, made.err)
  const { policy: lua, ...report } = JSON.parse(made.out)
  const plain = await run(join(build, 'tocsin'), ['import', tool, '--from', from, ...paths], { maxBuffer: 1 << 26 })
  assert.equal(plain.out, lua)
  await writeFile(join(policy, `${tool}.lua`), lua)
  const checked = await run(join(build, 'tocsin'), ['policy', 'check', policy])
  assert.equal(checked.code, 0, checked.err)
  return { directory, policy, lua, report }
}

// The shifts of each rotation, as the loaded policy has them.
async function shifts(policy) {
  const program = join(build, 'tests/unit/moving/moving_test')
  const printed = await run(program, [], { env: { ...process.env, MOVED: policy, MOVED_FROM: String(now), MOVED_UNTIL: String(until) }, maxBuffer: 1 << 28 })
  assert.equal(printed.code, 0, printed.err)
  return new Map(printed.out.trim().split('\n').map((line) => JSON.parse(line)).map(({ rotation, shifts }) => [rotation, shifts]))
}

function onCallAt(rows, t) {
  let low = 0, high = rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (rows[middle].from <= t) low = middle
    else high = middle - 1
  }
  return rows[low].on
}

async function compare({ policy, report }, schedules) {
  const rotations = await shifts(policy)
  const words = new Map(report.people.map(({ key, word, missing }) => [key, missing ? null : word]))
  const missing = new Set(report.people.filter((p) => p.missing).map(({ word }) => word))
  assert.equal(report.schedules.length, schedules.length)
  for (const { key, who } of schedules) {
    const said = report.schedules.find((s) => s.key === key)
    const rows = said.rotations.map((name) => rotations.get(name))
    const instants = rows.flatMap((r) => r.flatMap(({ from }) => [from, from - MINUTE, from + MINUTE])).filter((t) => t >= now && t < until)
    for (let t = now; t < until; t += 30 * MINUTE) instants.push(t)
    for (const t of instants) {
      const ours = [...new Set(rows.flatMap((r) => onCallAt(r, t)))].filter((word) => !missing.has(word)).sort()
      const theirs = [...new Set(who(t).map((id) => words.get(id)).filter(Boolean))].sort()
      assert.deepEqual(ours, theirs, `${said.name} at ${new Date(t).toISOString()}`)
    }
    assert.deepEqual(said.differences, [], said.name)
    assert.ok(said.compared_from, said.name)
  }
}

for (const tool of ['pagerduty', 'opsgenie', 'oncall', 'goalert']) {
  test(`${tool}: who is on call stays the same`, async (t) => {
    const { make } = await import(`./moving/${tool}.mjs`)
    const { files, schedules, staff, unsaid } = make(seed, now)
    const moved = await move(t, tool, files)
    assert.equal(moved.report.people.filter((p) => !p.missing).length, staff.length)
    if (tool !== 'opsgenie') assert.equal(moved.lua.match(/, ways = \{ /g)?.length, staff.length)
    for (const { name, why } of moved.report.unsaid) assert.match(`${name}: ${why}`, unsaid)
    await compare(moved, schedules)
  })
}

// The policy's own tests begin at this time.
const JUDGED = Date.parse('2025-11-26T10:00:00Z')

test('alertmanager: the same receivers are told of the same alerts, now and later', async (t) => {
  const { make } = await import('./moving/alertmanager.mjs')
  const { files, alerts, judge } = make(seed, JUDGED)
  const { policy, report } = await move(t, 'alertmanager', files, '2025-11-25')
  for (const { name } of report.unsaid) assert.match(name, /^receiver 'receiver-|^receiver 'fallback'/)
  const lua = (text) => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const checks = [0, 5, 11, 13, 30, 74].flatMap((hours) => [
    `test("after ${hours} hours", function()`, ...(hours ? [`  wait("${hours}h")`] : []),
    ...alerts.map((labels, i) => {
      const { kind, page } = judge(labels, JUDGED + hours * 60 * MINUTE)
      const tags = Object.entries(labels).map(([name, value]) => `${name} = ${lua(value)}`).join(', ')
      return `  do local v = judge { source = "alertmanager", tags = { ${tags} } } expect(v.kind .. " " .. (v.page or ""), "${kind} ${page ?? ''}", "alert ${i}") end`
    }), 'end)',
  ])
  await writeFile(join(policy, 'moved_test.lua'), checks.join('\n'))
  const tested = await run(join(build, 'tocsin'), ['policy', 'test', policy])
  assert.equal(tested.code, 0, tested.out)
})

test('an export of another tool is named', async (t) => {
  const titles = { pagerduty: 'PagerDuty', opsgenie: 'Opsgenie', oncall: 'Grafana OnCall', goalert: 'GoAlert', alertmanager: 'Alertmanager' }
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-e2e-'))
  t.after(() => rm(directory, { recursive: true }))
  for (const [tool, title] of Object.entries(titles)) {
    const { files } = (await import(`./moving/${tool}.mjs`)).make(seed, now)
    const paths = Object.keys(files).map((name) => join(directory, name))
    for (const path of paths) await writeFile(path, files[path.slice(directory.length + 1)])
    for (const other of Object.keys(titles).filter((o) => o !== tool)) {
      const { code, out, err } = await run(join(build, 'tocsin'), ['import', other, ...paths])
      assert.deepEqual([code, out], [1, ''], `${tool} as ${other}`)
      assert.match(err, new RegExp(`is an export of ${title}, not of ${titles[other]}; type .tocsin import ${tool} `))
    }
  }
})

test('an export that is broken is refused with the file, the place and what to do', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-e2e-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = join(directory, 'export')
  const refused = async (tool, text, why) => {
    await writeFile(path, text)
    const { code, out, err } = await run(join(build, 'tocsin'), ['import', tool, path])
    assert.deepEqual([code, out], [1, ''])
    assert.ok(err.startsWith(`tocsin: ${path}`) && err.includes(why), err)
  }
  await refused('pagerduty', '<html>401</html>', ':1: this is not JSON; save the answer of the tool')
  await refused('pagerduty', '{"users":[{"id":"P","type":"user","email":7', 'invalid JSON at byte')
  await refused('opsgenie', '['.repeat(100) + ']'.repeat(100), 'nested more than 64 levels deep')
  await refused('oncall', '{"results":[{"id":"S","name":"S","time_zone":"Mars","shifts":[]}]}', "results[0].time_zone: 'Mars' is not a time zone; write one such as Europe/London")
  await refused('goalert', `{"id":"${'x'.repeat(2000)}","name":"a","email":"b"}`, 'id: this text has more than 1000 bytes; shorten it in the file')
  await refused('alertmanager', 'route:\n  receiver: [a\n', ':3: invalid YAML')
  const missing = await run(join(build, 'tocsin'), ['import', 'goalert', join(directory, 'none')])
  assert.match(missing.err, /^tocsin: cannot open .*none: No such file or directory/)
  assert.equal((await run(join(build, 'tocsin'), ['import', 'goalert'])).code, 2)
  assert.equal((await run(join(build, 'tocsin'), ['import', 'goalert', '--from', 'today', path])).code, 2)
})
