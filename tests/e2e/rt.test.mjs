// Customers' tickets in a real Request Tracker 5: from an error to the customer's ticket and back.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RtRig, withRt } from './rt_rig.mjs'
import { Person, Tocsin, build, textOf, throwError, until, withSdk } from './support.mjs'

const PATIENCE = 60_000 // RT takes its time

async function setUp(t, more = () => '', policy = '') {
  const rt = await RtRig.start(t)
  const row = `rt = { url = "${rt.url}", user = "tocsin", token = "${rt.token}", queue = "General", interval = "1s" }, ${more(rt)}`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = { ${row}`) })
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/tickets.lua'), policy)
  await tocsin.start()
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), ben.leave()))
  await until('rt to run', async () => (await tocsin.api('/connectors')).connectors.find((c) => c.name === 'rt')?.state === 'running', PATIENCE)
  return { rt, tocsin, ana, ben }
}

// Ana writes, Ben approves.
async function tell({ tocsin, ana, ben }, name, text) {
  ana.say(`/inc ${name} tell acme ${text}`)
  const draft = await until('the draft', async () => (await tocsin.incident(name)).drafts?.find((d) => d.text.includes(text)))
  ben.say(`/inc ${name} approve ${draft.number}`)
}

const isSaid = (rt, text) => until(`'${text}' in RT`, async () => (await rt.said()).find((s) => s.text.includes(text)), PATIENCE)
const replied = (tocsin, name, text) => until(`'${text}' in ${name}`, async () =>
  (await tocsin.timeline(name)).find((e) => e.text?.includes(text)), PATIENCE)

function killRunner(tocsin) {
  const pid = tocsin.runners().find((p) => readFileSync(`/proc/${p}/maps`, 'utf8').includes('plugins/rt.so'))
  if (pid) process.kill(pid, 'SIGKILL')
}

test('from an error to the customer\'s ticket and back, while the connector is killed', { skip: withRt.skip || withSdk.skip }, async (t) => {
  const world = await setUp(t)
  const { rt, tocsin, ana, ben } = world
  const check = await tocsin.tocsin('connector', 'check', 'rt')
  assert.equal(check.code, 0, check.err)

  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc customer acme find acme.example')
  const found = await ana.sees('the match', (m, text) => /knows 1 match for acme/.test(text) && /hank@acme/.test(text), PATIENCE)
  ana.press(found, 'Route to Hank')
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.[0]?.address === 'hank@acme.example')

  await throwError(tocsin.dsn, { customer: 'acme' })
  const room = await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)
  await tell(world, 'INC-1', 'We see it, & we are **on it**.')
  killRunner(tocsin)
  const first = await isSaid(rt, 'we are <strong>on it</strong>')
  assert.equal(first.by, 'tocsin')
  assert.equal(first.type, 'Correspond')
  await ana.sees('that they were told', (m, text) => /was told via rt/.test(text), PATIENCE)
  const [ticket] = await rt.tickets()
  assert.deepEqual(ticket.Requestor.map((r) => r.id), ['hank'])

  await rt.reply(ticket.id, 'hank', 'Still *slow* for us.')
  const answer = await ana.sees('the answer', (m, text) => /^Hank of Acme GmbH replied in ticket 1/.test(text) && text.includes('*slow'), PATIENCE)
  assert.match(textOf(answer), new RegExp(`${rt.url}/Ticket/Display.html`))
  await rt.reply(ticket.id, 'ann', 'I am looking, too.')
  await ana.sees("the agent's reply", (m, text) => /Ann Agent answered Acme GmbH.*as support/.test(text) && text.includes('I am looking, too.'), PATIENCE)
  await rt.call(`ticket/${ticket.id}/comment`, { as: 'ann', body: { Content: 'Do not tell them.', ContentType: 'text/plain' } })

  killRunner(tocsin)
  await tell(world, 'INC-1', 'Pay by invoice meanwhile.')
  await isSaid(rt, 'Pay by invoice meanwhile.')
  killRunner(tocsin)
  await rt.reply(ticket.id, 'hank', 'It works again.')
  await replied(tocsin, 'INC-1', 'It works again.')
  await tell(world, 'INC-1', 'It is over.')
  await isSaid(rt, 'It is over.')
  ana.say('/inc INC-1 accept')
  ana.say('/inc INC-1 resolve the bank is back')
  await until('the end', async () => (await tocsin.incident('INC-1')).status === 'resolved')

  const said = await rt.said()
  assert.deepEqual(said.filter((s) => s.type === 'Correspond').map((s) => s.by), ['tocsin', 'hank', 'ann', 'tocsin', 'hank', 'tocsin'])
  assert.equal((await rt.tickets()).length, 1)
  const events = await tocsin.timeline('INC-1')
  const answers = events.filter((e) => e.type === 'replied').map((e) => e.text)
  assert.equal(answers.length, 2, String(answers))
  assert.ok(answers[0].includes('for us') && answers[1].includes('It works again.'), String(answers))
  assert.ok(!events.some((e) => /Do not tell them|Opened by Tocsin/.test(e.text)))
})

test('a customer\'s ticket is a room of the incident', { skip: withRt.skip || withSdk.skip }, async (t) => {
  const world = await setUp(t, () => '', 'tickets { tracker = "rt", parents = { "rt" }, solve = true }\n')
  const { rt, tocsin, ana, ben } = world
  const place = (id) => `${rt.url}/Ticket/Display.html?id=${id}`
  const ticket = async (id) => (await rt.tickets()).find((row) => row.id === String(id))
  const notes = async (id) => (await rt.said('Comment')).filter((s) => s.ticket === String(id) && s.by === 'tocsin').map((s) => s.text)
  const note = (id, text) => rt.call(`ticket/${id}/comment`, { as: 'ann', body: { Content: text, ContentType: 'text/plain' } })
  const attached = async (name) => (await tocsin.api(`/incidents/${name}/tickets`)).tickets ?? []
  const { id } = await rt.call('ticket', { as: 'hank', body: { Queue: 'General', Subject: 'Cards are refused', Requestor: 'hank@acme.example', Content: 'Since 9:00.', ContentType: 'text/plain' } })
  ana.say('/inc customer acme name Acme GmbH')
  ana.say('/inc customer acme route rt hank@acme.example')
  await until('the route', async () => (await tocsin.api('/customers/acme')).routes?.length)
  await throwError(tocsin.dsn, {})
  const room = await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)

  ana.say(`/inc INC-1 attach ${place(99)}`)
  await ana.sees('the refusal', (m, text) => /there is no ticket 99 in RT/.test(text), PATIENCE)
  ana.say(`/inc INC-1 attach ${place(id)}#txn-5`)
  await until('it to be attached', async () => (await attached('INC-1')).some((row) => row.link === place(id) && row.customer === 'acme'), PATIENCE)
  await until('what support reads of it', async () => (await notes(id)).some((text) => text.includes('INC-1')), PATIENCE)
  const parent = await until('a parent', async () => (await rt.tickets()).find((row) => row.id !== id), PATIENCE)
  const parents = async () => (await rt.call(`ticket/${id}`))._hyperlinks.filter((link) => link.ref === 'parent').map((link) => link.id)
  await until('it to join the parent', async () => (await parents()).includes(parent.id), PATIENCE)

  await tell(world, 'INC-1', 'We see it.')
  await isSaid(rt, 'We see it.')
  assert.deepEqual((await rt.said('Correspond')).map((s) => s.ticket), [id], "in the customer's own ticket")

  await note(id, '!inc INC-1 sev major')
  await until('an agent to set the severity', async () => (await tocsin.incident('INC-1')).severity === 'major', PATIENCE)
  await until('the answer in the ticket', async () => (await notes(id)).some((text) => /major/i.test(text)), PATIENCE)
  await rt.reply(id, 'hank', '!inc INC-1 sev critical')
  await replied(tocsin, 'INC-1', '!inc INC-1 sev critical')
  await rt.reply(id, 'ann', '!inc INC-1 sev critical')
  await replied(tocsin, 'INC-1', 'Acme GmbH')
  assert.equal((await tocsin.incident('INC-1')).severity, 'major')

  await rt.call(`ticket/${id}`, { as: 'ann', method: 'PUT', body: { Queue: 'Other' } })
  await rt.reply(id, 'hank', 'Still, in the other queue.')
  await replied(tocsin, 'INC-1', 'Still, in the other queue.')
  await note(id, '!inc INC-1 sev minor')
  await until('an agent to be heard there', async () => (await tocsin.incident('INC-1')).severity === 'minor', PATIENCE)

  ana.say('/inc INC-1 ticket Fix the retry loop')
  const work = await until('work', async () => (await rt.tickets()).find((row) => row.Subject === 'Fix the retry loop'), PATIENCE)
  assert.deepEqual([work.Requestor, work.Status], [[], 'new'])
  await rt.call(`ticket/${work.id}`, { as: 'ann', method: 'PUT', body: { Status: 'stalled' } })
  await until('its status', async () => (await attached('INC-1')).find((row) => row.link === place(work.id))?.status === 'stalled', PATIENCE)

  const other = await rt.call('ticket', { as: 'ann', body: { Queue: 'General', Subject: 'Logins hang', Requestor: 'jo@globex.example', Content: 'x', ContentType: 'text/plain' } })
  await note(other.id, '!inc declare logins hang')
  await until('the incident of an agent', async () => (await tocsin.incidents()).find((i) => i.state.title === 'logins hang'), PATIENCE)
  await until('its ticket', async () => (await attached('INC-2')).some((row) => row.link === place(other.id)), PATIENCE)

  ana.say('/inc INC-1 accept')
  ana.say('/inc INC-1 resolve the bank is back')
  await until('the tickets to be done', async () => (await ticket(id)).Status === 'resolved' && (await ticket(parent.id)).Status === 'resolved', PATIENCE)
  const all = (await rt.said('Comment', 'Correspond')).filter((s) => s.by === 'tocsin').map((s) => `${s.ticket} ${s.text}`)
  assert.deepEqual(all.filter((one, i) => all.indexOf(one) !== i), [], 'nothing twice')
})

test('a first word is announced, and a check names what is missing', withRt, async (t) => {
  const row = (rt, user, login, queue) => `{ plugin = "${join(build, 'plugins/rt.so')}", url = "${rt.url}", user = "${user}", ${login}, queue = "${queue}" },`
  const { rt, tocsin, ana } = await setUp(t, (rt) => `
    wrong = ${row(rt, 'tocsin', 'token = "1-14-nonsense"', 'General')}
    nowhere = ${row(rt, 'tocsin', `token = "${rt.token}"`, 'Nowhere')}
    less = ${row(rt, 'less', 'password = "secret-less"', 'General')}
    customer = ${row(rt, 'hank', 'password = "secret-hank"', 'General')}`)
  await rt.call('ticket', { as: 'hank', body: { Queue: 'General', Subject: 'Cards are refused', Requestor: 'hank@acme.example', Content: 'Since 9:00.', ContentType: 'text/plain' } })
  await ana.sees('the first word', (m, text) => m.room === 'incidents' && /wrote/.test(text) && /Cards are refused/.test(text) && /Since 9:00/.test(text), PATIENCE)
  for (const [name, said] of [['wrong', /refuses the login/], ['nowhere', /there is no queue Nowhere/], ['customer', /is not privileged/], ['less', /grant it the right ModifyTicket/]]) {
    await until(`${name} to say why: ${said}`, async () => {
      const { code, out, err } = await tocsin.tocsin('connector', 'check', name)
      return code !== 0 && said.test(out + err)
    }, PATIENCE)
  }
})
