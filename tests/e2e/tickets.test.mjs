// Tickets of a desk and a tracker about an incident: what people type, what agents and customers read, and kills between an action and its
// outcome. The platform is a directory (tests/connectors/tickets.c), so it survives them.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, build, until } from './support.mjs'

const pages = 'https://desk.example/t'

class Desk {
  constructor(tocsin, directory) {
    Object.assign(this, { tocsin, directory, sent: 0 })
  }

  // What it was asked to do, each key once.
  log(kind) {
    const path = join(this.directory, 'log')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : []
    return lines.filter((line) => line.kind === kind)
  }

  hold(on) {
    if (on) writeFileSync(join(this.directory, 'hold'), '')
    else rmSync(join(this.directory, 'hold'))
  }

  is(ticket, members) {
    writeFileSync(join(this.directory, `${ticket}.json`), JSON.stringify({ ticket, link: `${pages}/${ticket}`, state: 'open', status: 'open', ...members }))
  }

  async emit(event) {
    const body = JSON.stringify({ id: `e${++this.sent}`, user: { id: 'kim', name: 'Kim' }, ...event })
    const answer = await fetch(`${this.tocsin.url}/connector/desk/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    assert.equal(answer.status, 204, await answer.text())
  }
}

async function setUp(t, policy = '') {
  let desk
  const tocsin = await Tocsin.create({
    change: (text) => text.replace('connectors = {', `connectors = { desk = { plugin = "${join(build, 'connectors/tickets.so')}", dir = "@DIR@", pages = "${pages}" },`),
  })
  desk = new Desk(tocsin, join(tocsin.directory, 'desk'))
  await mkdir(desk.directory)
  writeFileSync(tocsin.config, readFileSync(tocsin.config, 'utf8').replace('@DIR@', desk.directory))
  writeFileSync(join(tocsin.directory, 'policy', 'tickets.lua'), policy)
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const running = async () => (await tocsin.api('/connectors')).connectors.every((c) => c.state === 'running')
  await until('the connectors', running)
  ana.say('/inc declare checkout is slow')
  await until('the incident', async () => (await tocsin.incident('INC-1'))?.title)
  return { tocsin, ana, desk, running }
}

const enterRoom = async (tocsin, ana) => {
  const room = await until('the room', async () => (await tocsin.incident('INC-1')).channels?.find((c) => c.connector === 'console'))
  ana.join(room.channel)
  return room.channel
}
const tickets = (tocsin, name = 'INC-1') => tocsin.api(`/incidents/${name}/tickets`)
const both = (line) => `/inc INC-1 ${line}`

test('a ticket is attached, its customer is answered in it, and it is closed after the last message', async (t) => {
  const { tocsin, ana, desk } = await setUp(t, 'tickets { solve = true, parents = { "desk" } }')
  ana.say(both(`attach ${pages}/17`))
  await ana.sees('that it is attached', (m, text) => /is attached to INC-1 now/.test(text) && /jo@c17\\?\.example/.test(text))
  await until('the parent, and that it was joined', () => desk.log('ticket.follow').some((l) => l.body.parent))
  assert.equal(desk.log('ticket.create').length, 1)
  assert.match(desk.log('ticket.comment')[0].body.text, /^This ticket belongs to INC-1, which is being worked on\./)
  ana.say(both('tickets'))
  await ana.sees('the list', (m, text) => /INC-1 has 1 attached ticket, 1 of them open, and 1 that was made for it/.test(text))
  ana.say(both('tell all We are on it.'))
  await until('the draft', async () => (await tocsin.incident('INC-1')).drafts?.length)
  ana.say(both('approve'))
  await until('the message', () => desk.log('desk.tell').length)
  const [told] = desk.log('desk.tell')
  assert.equal(told.body.thread, '17')
  assert.equal(told.body.address, 'jo@c17.example')
  assert.ok(!told.body.internal)
  ana.say(both('resolve rolled back'))
  await until('both are closed', () => desk.log('ticket.state').length === 2)
  for (const line of desk.log('ticket.state')) assert.equal(line.body.state, 'done')
  await desk.emit({ type: 'ticket', ticket: '17', state: 'done', status: 'solved' })
  await until('that it is done', async () => (await tickets(tocsin)).done === 1)
  await until('that all is sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

test('what cannot be done is refused with what to type', async (t) => {
  const { tocsin, ana } = await setUp(t)
  for (const [line, said] of [
    ['attach https://elsewhere.example/1', /no link to a ticket that I know.*https\\?:\/\/desk\\?\.example\/t \(desk\)/],
    ['attach nonsense', /'nonsense' is not a link/],
    [`attach ${pages}/none`, /Desk does not give me the ticket .*: there is no such ticket\./],
    [`detach ${pages}/17`, /INC-1 has no ticket with that link/],
    ['ticket Fix the retry loop', /The policy names no tracker\. Put `tickets\{ tracker = "…" \}` into it, with one of: desk/],
    ['ticket PAY-7', /'PAY-7' is no link/],
    ['ticket', /Say where it continues/],
  ]) {
    ana.say(both(line))
    await ana.sees(line, (m, text) => said.test(text))
  }
  assert.deepEqual(await tickets(tocsin), { attached: 0, done: 0, tickets: [] })
})

test('a ticket for the work is made once, whatever is killed between the action and its outcome', async (t) => {
  const { tocsin, ana, desk, running } = await setUp(t, 'tickets { tracker = "desk" }')
  desk.hold(true)
  ana.say(both('ticket Fix the retry loop'))
  await until('that it was made', () => desk.log('ticket.create').length === 1)
  ana.say(both('ticket Fix the retry loop'))
  await ana.sees('that it is being made', (m, text) => /A ticket for INC-1 is being made already/.test(text))
  await tocsin.kill()
  desk.hold(false)
  await tocsin.start()
  await ana.enterAgain()
  await until('the connectors', running)
  await until('that it continues there', async () => (await tocsin.incident('INC-1')).status === 'ticketed')
  assert.equal((await tocsin.incident('INC-1')).ticket, `${pages}/1`)
  assert.equal(desk.log('ticket.create').length, 1)
  assert.equal((await tickets(tocsin)).tickets.length, 1)
  const { body } = desk.log('ticket.create')[0]
  assert.equal(body.title, 'Fix the retry loop')
  assert.match(body.text, /From incident INC-1: checkout is slow/)
  await enterRoom(tocsin, ana)
  await desk.emit({ type: 'ticket', ticket: '1', state: 'done', status: 'closed' })
  const card = await ana.sees('the question', (m, text) => /desk 1 is closed\. Is INC-1 fixed\?/.test(text) && m.card?.buttons?.length)
  ana.press(card, 'Yes, resolve it')
  await until('that it is resolved', async () => (await tocsin.incident('INC-1')).status === 'resolved')
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

test('an attachment survives a kill, and happens once', async (t) => {
  const { tocsin, ana, desk, running } = await setUp(t)
  desk.hold(true)
  ana.say(both(`attach ${pages}/17 Acme GmbH`))
  await until('that it was asked', () => desk.log('ticket.follow').length === 1)
  await tocsin.kill()
  desk.hold(false)
  await tocsin.start()
  await ana.enterAgain()
  await until('the connectors', running)
  await until('that it is attached', async () => (await tickets(tocsin)).attached === 1)
  assert.equal((await tickets(tocsin)).tickets[0].customer, 'Acme GmbH')
  await until('the note', () => desk.log('ticket.comment').length === 1)
  await tocsin.kill()
  await tocsin.start()
  await until('the connectors', running)
  assert.equal((await tickets(tocsin)).attached, 1)
  assert.equal(desk.log('ticket.comment').length, 1)
  assert.equal((await tocsin.tocsin('verify')).code, 0)
})

test('an agent declares from a ticket, and is told there; a link that is pasted is offered', async (t) => {
  const { tocsin, ana, desk } = await setUp(t)
  desk.is('21', { title: 'Cards fail', address: 'li@b.example', name: 'Li' })
  await desk.emit({ type: 'message', channel: '21', link: `${pages}/21`, title: 'Cards fail', text: '!inc' })
  await until('the incident', async () => (await tocsin.incident('INC-2'))?.title === 'Cards fail')
  await until('that it is attached', async () => (await tickets(tocsin, 'INC-2')).attached === 1)
  await until('the answer', () => desk.log('post').some((l) => l.body.channel === '21' && /INC-2 is open/.test(JSON.stringify(l.body))))
  await desk.emit({ type: 'message', channel: '21', text: '!inc sev major' })
  await until('the severity', async () => (await tocsin.incident('INC-2')).severity === 'major')
  ana.say('/inc INC-2 fix')
  await until('the news', () => desk.log('ticket.comment').some((l) => /INC-2 is being fixed, major now/.test(l.body.text)))
  for (const line of desk.log('post')) assert.equal(line.body.channel, '21', 'a desk is no chat that reads announcements')
  const room = await enterRoom(tocsin, ana)
  ana.say(`they say ${pages}/30 is the same`, room)
  const card = await ana.sees('the offer', (m, text) => /Attach this ticket of desk\?/.test(text) && m.card?.buttons?.length)
  ana.press(card, 'Attach')
  await until('that it is attached', async () => (await tickets(tocsin)).attached === 1)
})
