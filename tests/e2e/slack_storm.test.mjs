// Two hundred incidents in a minute under Slack's rate limits, while the connector is killed a hundred times. Slack's clock runs
// sixty times faster, and the connector's own limits are scaled to match.
import assert from 'node:assert/strict'
import test from 'node:test'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { textOf, together } from './slack/joined.mjs'
import { until, withSlack } from './support.mjs'

const INCIDENTS = 200
const KILLS = 100
const limits = { post: '50/s per channel', 'channel.open': '8/s, 3 at once', 'channel.topic': '4/s, 5 at once', edit: '40/s, 10 at once',
  pin: '15/s, 5 at once', page: '40/s, 10 at once' }

async function storm(tocsin) {
  for (let i = 1; i <= INCIDENTS; i++) {
    const { incident, ...rest } = await tocsin.api('/incidents', { method: 'POST', body: { title: `problem number ${i} is here` } })
    const name = incident?.name ?? incident ?? rest.name
    assert.ok(name, JSON.stringify(rest))
    for (const n of [1, 2, 3]) await tocsin.api('/commands', { method: 'POST', body: { text: `INC-${i} update word ${n} of ${i}` } })
  }
}

// The process that runs slack.so.
const runnerOf = (tocsin) =>
  tocsin.runners().find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('slack.so')
    } catch {
      return false
    }
  })

// Kills the process again and again, and restarts it at once, as an operator would.
async function kill(tocsin, done) {
  let killed = 0
  for (; killed < KILLS && !done(); killed++) {
    const pid = await until('a runner of Slack', () => runnerOf(tocsin))
    process.kill(pid, 'SIGKILL')
    await until('it to be gone', () => runnerOf(tocsin) !== pid)
    await tocsin.api('/connectors/slack/restart', { method: 'POST', body: {} })
    await wait(50 + Math.random() * 250)
  }
  return killed
}

test('a storm loses nothing, keeps the order and posts nothing twice', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets', { limits })
  slack.limits.mode = 'strict'
  slack.limits.scale = 60
  slack.inbound.patient = true
  await ana.slash('general', 'whoami') // Ana is known, and can be paged
  await writeFile(join(tocsin.directory, 'policy', 'page.lua'), `on("severity", "page-ana", function(incident, event)
  if event.name == "critical" then incident:page("ana-maria", "look at this first") end
end)`)
  await until('the policy to page', () => tocsin.log.includes('policy loaded'))
  let over = false
  const storming = storm(tocsin)
  const killing = kill(tocsin, () => over)
  await wait(4000)
  const waitingThen = INCIDENTS - [...slack.workspace.channels.values()].filter((c) => c.name.startsWith('inc-')).length
  await tocsin.api('/commands', { method: 'POST', body: { text: 'INC-1 sev critical' } })
  const channelsMade = () => [...slack.workspace.channels.values()].filter((c) => c.name.startsWith('inc-')).length
  const paged = () => slack.workspace.talk(ana.id).messages.some((m) => /look at this first/.test(textOf(m)))
  await until('the page', paged)
  assert.ok(channelsMade() < INCIDENTS / 2, `the page waited for channels: ${channelsMade()} were made before it`)
  await storming

  const channels = () => [...slack.workspace.channels.values()].filter((c) => c.name.startsWith('inc-'))
  const updates = (c) => c.messages.filter((m) => !m.ephemeral && /word \d of/.test(textOf(m)))
  await until('every channel to be complete', () =>
    channels().length === INCIDENTS && channels().every((c) => updates(c).length >= 3 && c.messages.some((m) => m.blocks)), 240_000)
  over = true
  const killed = await killing
  await until('nothing to be waiting', async () => {
    const { code, out } = await tocsin.tocsin('inc', 'actions')
    return code === 0 && /Everything has been sent/.test(out) // not while anything is on its way
  }, 120_000)

  assert.equal(channels().length, INCIDENTS)
  for (const channel of slack.workspace.channels.values()) {
    const keys = channel.messages.filter((m) => m.metadata).map((m) => `${m.metadata.event_payload.key}/${m.metadata.event_payload.part}`)
    assert.equal(new Set(keys).size, keys.length, `a message appears twice in ${channel.name}`)
  }
  for (const channel of channels()) {
    const said = updates(channel).map((m) => Number(/word (\d) of/.exec(textOf(m))[1]))
    assert.deepEqual(said, [1, 2, 3], channel.name)
    if (!channel.messages.some((m) => /INC-\d+ problem/.test(textOf(m)) && m.blocks))
      assert.fail(`no card in ${channel.name}: ${channel.messages.map(textOf).join('\n--\n')}\n${(await tocsin.tocsin('inc', 'actions')).out}`)
  }
  const announced = slack.messages('incidents').filter((m) => m.blocks).map((m) => /INC-(\d+)/.exec(textOf(m))?.[1])
  assert.equal(new Set(announced).size, INCIDENTS)
  assert.deepEqual(slack.violations, [])
  t.diagnostic(`${killed} kills; ${slack.log.length} calls, ${slack.limits.refused.length} of them answered with 429; ${waitingThen} channels waited after 4 s`)
  assert.ok(slack.limits.refused.length < slack.log.length / 20, 'the connector did not keep the limits by itself')
})
