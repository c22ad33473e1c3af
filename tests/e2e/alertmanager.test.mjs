// A real Prometheus Alertmanager: a firing alert declares an incident, its end is reported, its return is a regression.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, freePort, needs, textOf, until } from './support.mjs'

const program = needs('prometheus-alertmanager')

async function startAlertmanager(t, tocsin, groupBy = 'alertname') {
  const port = await freePort()
  const config = join(tocsin.directory, 'alertmanager.yml')
  await writeFile(config, `
route:
  receiver: tocsin
  group_by: [${groupBy}]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
receivers:
  - name: tocsin
    webhook_configs:
      - url: ${tocsin.url}/intake/alertmanager
        http_config: { authorization: { credentials: ${tocsin.key} } }
`)
  const child = spawn(program, [`--config.file=${config}`, `--storage.path=${join(tocsin.directory, 'am')}`,
    `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], { stdio: 'ignore' })
  t.after(() => child.kill())
  const url = `http://127.0.0.1:${port}`
  await until('alertmanager', () => fetch(`${url}/-/ready`).then((r) => r.ok, () => false))
  return {
    url,
    // Sends an alert, or several at once, as Prometheus does; `ended` gives them an end.
    send: (labels, ended, summary = 'half of the requests fail') => fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([labels].flat().map((some) => ({ labels: some, generatorURL: 'http://prometheus.example/graph?g0=1',
        annotations: { summary, runbook_url: 'https://wiki.example/errors', dashboard: 'javascript:alert(1)' },
        startsAt: new Date(Date.now() - 60_000), ...(ended ? { endsAt: new Date(Date.now() - 1000) } : {}) }))),
    }),
  }
}

const withAlertmanager = { skip: program ? false : 'prometheus-alertmanager is not installed' }

async function startAll(t, groupBy) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const manager = await startAlertmanager(t, tocsin, groupBy)
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  return { tocsin, manager, ana }
}

test('an alert fires, resolves, and fires again', withAlertmanager, async (t) => {
  const { tocsin, manager, ana } = await startAll(t)
  const labels = { alertname: 'HighErrorRate', service: 'search', severity: 'critical' }

  await manager.send(labels)
  const card = await ana.sees('the announcement', (m) => m.card?.title?.startsWith('INC-1 '))
  assert.match(card.card.title, /HighErrorRate|half of the requests fail/)
  assert.equal((await tocsin.incident('INC-1')).service, 'search')
  assert.ok(card.card.text.includes('[runbook](<https://wiki.example/errors>) · [source](<http://prometheus.example/graph?g0=1>)'), card.card.text)
  assert.ok(!/[<(]javascript/.test(card.card.text), card.card.text)
  assert.match((await tocsin.tocsin('show', 'INC-1')).out, /runbook \(https:\/\/wiki\.example\/errors\)/)
  ana.say('/inc accept INC-1')
  await until('accepted', async () => (await tocsin.incident('INC-1')).status === 'investigating')
  ana.join((await tocsin.incident('INC-1')).channels[0].channel)

  await manager.send(labels, true)
  await ana.sees('that it resolved', (m, text) => m.room !== 'incidents' && /alert resolved/i.test(text))
  assert.equal((await tocsin.incident('INC-1')).status, 'investigating', 'a person ends the incident, not the monitor')
  ana.say('/inc resolve scaled up', (await tocsin.incident('INC-1')).channels[0].channel)
  await until('resolved', async () => (await tocsin.incident('INC-1')).status === 'resolved')

  await manager.send(labels)
  await until('a regression', async () => (await tocsin.incidents()).length === 2)
  assert.ok((await tocsin.incident('INC-2')).related.includes(1))
})

const down = (instance) => ({ alertname: 'InstanceDown', service: 'search', severity: 'critical', instance })

test('the instances that fire are named, and what changes is one line', withAlertmanager, async (t) => {
  const { tocsin, manager, ana } = await startAll(t)
  await manager.send([down('a'), down('b'), down('c')], false, 'an instance is down')
  await ana.sees('all of them', (m, text) => /^INC-1 /.test(text) && /firing: a, b, c$/m.test(text))
  ana.join((await until('a channel', async () => (await tocsin.incident('INC-1'))?.channels[0])).channel)

  await manager.send(down('a'), true, 'an instance is down')
  await ana.sees('that a recovered', (m, text) => m.room !== 'incidents' && /^a recovered/.test(text))
  await ana.sees('the others', (m, text) => /^INC-1 /.test(text) && /firing: b, c$/m.test(text))
  assert.equal(ana.messages.filter((m) => m.room !== 'incidents' && /recovered/.test(textOf(m))).length, 1)
  const said = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'alert_instances').map((e) => e.data?.text ?? e.text)
  assert.equal(said.pop(), 'a recovered')
  assert.match(said.join('; '), /a.*b.*c fires? now|a, b and c fire now/) // one line, if Alertmanager sent all three at once

  await tocsin.kill() // what fires is in the journal
  await tocsin.start()
  await ana.enterAgain()
  await manager.send(down('b'), true, 'an instance is down')
  await ana.sees('the last one', (m, text) => /^INC-1 /.test(text) && /firing: c$/m.test(text))
})

test('the incidents of one notification are related', withAlertmanager, async (t) => {
  const { tocsin, manager } = await startAll(t, 'service')
  await manager.send([{ ...down('a'), alertname: 'Disk' }, { ...down('a'), alertname: 'Memory' }])
  await until('two incidents', async () => (await tocsin.incidents()).length === 2)
  assert.deepEqual((await tocsin.incident('INC-1')).related, [2])
  assert.deepEqual((await tocsin.incident('INC-2')).related, [1])
})

test('an alert that flaps is told in one line', withAlertmanager, async (t) => {
  const { tocsin, manager, ana } = await startAll(t)
  await manager.send(down('a'))
  await ana.sees('the announcement', (m) => m.card?.title?.startsWith('INC-1 '))
  ana.join((await until('a channel', async () => (await tocsin.incident('INC-1')).channels[0])).channel)
  const is = (state) => until(`it to be ${state}`, async () => (await tocsin.api('/groups')).groups[0].state === state)
  for (let i = 0; i < 5; i++) {
    await manager.send(down('a'), true)
    await is('settled')
    await manager.send(down('a'))
    await is('open')
  }
  await ana.sees('that it flaps', (m, text) => m.room !== 'incidents' && /is flapping: it came back 2 times/.test(text))
  await ana.sees('the count', (m, text) => /^INC-1 /.test(text) && /flapping \(5 times so far\)/.test(text))
  const lines = ana.messages.filter((m) => m.room !== 'incidents' && /resolved|firing again|flapping:/.test(m.text ?? ''))
  assert.equal(lines.length, 4, lines.map(textOf).join('\n'))
  assert.equal((await tocsin.incidents()).length, 1)
})

test('an alert that Prometheus stops sending is over when it ends', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const send = (labels, ends) => fetch(`${tocsin.url}/api/v2/alerts`, { method: 'POST',
    headers: { authorization: `Bearer ${tocsin.key}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, endsAt: new Date(Date.now() + ends) }]) })
  await send(down('a'), 3_600_000)
  await send({ ...down('b'), alertname: 'Disk' }, 1500)
  await ana.sees('the announcement', (m) => m.card?.title?.startsWith('INC-2 '))
  await until('its end', async () => (await tocsin.incident('INC-2')).alerts[0].resolved)
  assert.equal((await tocsin.incident('INC-1')).alerts[0].resolved, false)
})

test('a refusal has the content type that its sender reads', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const refused = async (path) => {
    const answer = await fetch(tocsin.url + path, { method: 'POST', headers: { authorization: 'Bearer wrong' }, body: '{}' })
    assert.ok(answer.status >= 400)
    return answer.headers.get('content-type')
  }
  assert.match(await refused('/intake/alerts'), /^application\/problem\+json/)
  assert.match(await refused('/intake/alertmanager'), /^application\/problem\+json/)
  assert.match(await refused('/v2/enqueue'), /^application\/json/)
})
