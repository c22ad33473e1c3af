// An incident with a room in Teams and one on the console: what people write in one follows in the other, replies in threads too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Person, until } from './support.mjs'
import { textOf, together } from './teams/joined.mjs'

async function withRooms(t, rooms) {
  const all = await together(t, { connector: `rooms = "${rooms}", channel = "incidents",` })
  const { teams, tocsin, ana, team } = all
  const cy = await new Person(tocsin, 'Cy').enter()
  t.after(() => cy.leave())
  teams.hearsAll = true
  await ana.say('incidents', 'declare checkout is slow').answer
  const room = 'inc-1-checkout-is-slow'
  const channel = await until('a room in Teams', async () => (await tocsin.incident('INC-1')).channels.find((c) => c.connector === 'teams')?.channel)
  await until('a room on the console', async () => (await tocsin.incident('INC-1')).channels.some((c) => c.connector === 'console'))
  cy.join(room)
  await cy.sees('the card', (m, text) => m.room === room && /checkout is slow/.test(text))
  const [id, thread] = channel.split(';messageid=')
  const place = rooms === 'thread' ? 'incidents' : [...team.channels.values()].find((c) => c.id === id).name
  const inTeams = (what) => until(`${what} in Teams`, () => teams.messages(place).find((m) => !m.deleted && what.test(textOf(m))))
  const inConsole = (what) => cy.sees(String(what), (m, text) => m.room === room && what.test(text))
  return { ...all, cy, room, place, thread, inTeams, inConsole }
}

for (const rooms of ['thread', 'channel'])
  test(`what people write, format, change and delete in a ${rooms} of Teams follows elsewhere, and back`, async (t) => {
    const { teams, ana, ben, cy, room, place, thread, inTeams, inConsole } = await withRooms(t, rooms)
    const said = ana.say(place, 'it is the gateway', { thread, mention: false })
    await inConsole(/^\*\*Ana María\*\* \(Teams\): it is the gateway$/)
    await ana.edit(said.message, 'it is the bank')
    await inConsole(/^\*\*Ana María\*\* \(Teams\): it is the bank$/)

    cy.say('rolling back <at>Ben</at>', room)
    const copy = await inTeams(/\(Console\): rolling back &lt;at&gt;Ben/)
    const answer = ben.say(place, 'to which version?', { thread: thread ?? copy.id, mention: false })
    await inConsole(rooms === 'thread' ? /^\*\*Ben\*\* \(Teams\): to which version\?$/ : /^\*\*Ben\*\* \(Teams, in a thread\): to which version\?$/)
    await ben.edit(answer.message, 'to which one?')
    await inConsole(/to which one\?$/)
    await ben.delete(answer.message)
    await inConsole(/^\*\*Ben\*\* \(Teams\) deleted a message\.$/)
    assert.equal(cy.find((m, text) => /to which/.test(text)), undefined)
    assert.deepEqual(teams.violations, [])
  })
