// A real Prometheus Alertmanager: a firing alert declares an incident, its end is reported, its return is a regression.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, freePort, needs, until } from './support.mjs'

const program = needs('prometheus-alertmanager')

async function startAlertmanager(t, tocsin) {
  const port = await freePort()
  const config = join(tocsin.directory, 'alertmanager.yml')
  await writeFile(config, `
route:
  receiver: tocsin
  group_by: [alertname]
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
    // Sends an alert as Prometheus does; `ended` gives it an end.
    send: (labels, ended) => fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels, annotations: { summary: 'half of the requests fail' },
        startsAt: new Date(Date.now() - 60_000), ...(ended ? { endsAt: new Date(Date.now() - 1000) } : {}) }]),
    }),
  }
}

test('an alert fires, resolves, and fires again', { skip: program ? false : 'prometheus-alertmanager is not installed' }, async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const manager = await startAlertmanager(t, tocsin)
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const labels = { alertname: 'HighErrorRate', service: 'search', severity: 'critical' }

  await manager.send(labels)
  const card = await ana.sees('the announcement', (m) => m.card?.title?.startsWith('INC-1 '))
  assert.match(card.card.title, /HighErrorRate|half of the requests fail/)
  assert.equal((await tocsin.incident('INC-1')).service, 'search')
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
