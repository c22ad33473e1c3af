// The connector of Request Tracker passes `tocsin connector test` against a real one.
import { test } from 'node:test'
import { assertOnce, assertPassed, conform, noReceipts, says } from './conform.mjs'
import { RtRig, withRt } from './rt_rig.mjs'

test('Request Tracker passes, and nothing is written twice', withRt, async (t) => {
  const rt = await RtRig.start(t)
  const write = (text) => rt.call('ticket', { as: 'hank',
    body: { Queue: 'General', Subject: 'Slow', Requestor: 'hank@acme.example', Content: text, ContentType: 'text/plain' } })
  const { id } = await write('since 9:00')
  const result = await conform(t, 'plugins/rt.so',
    `rt = { url = "${rt.url}", user = "tocsin", token = "${rt.token}", queue = "General", interval = "1s", customers = { acme = "hank@acme.example" } }`,
    ['--channel', id, '--customer', 'acme', '--email', 'hank@acme.example', ...(await says(t, write))])
  assertPassed(result, ['edit', 'edit: a message that is gone', 'delete', 'thread', 'picture', 'direct talk', 'page', ...noReceipts, 'channels',
    'channels: the same name twice', 'pin', 'find a person', 'webhooks of strangers'])
  assertOnce((await rt.said('Correspond')).filter((s) => s.by === 'tocsin').map((s) => s.text), 2)
  assertOnce((await rt.said('Comment')).filter((s) => s.by === 'tocsin').map((s) => s.text))
  const titles = (await rt.tickets()).map((ticket) => ticket.Subject).filter((title) => title.startsWith('Conformance'))
  assertOnce(titles, 5)
})
