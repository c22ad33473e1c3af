// A tag in Teams follows rotations: whoever is on call now is in it, and nobody else. It is never left without members, which would end it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './support.mjs'
import { together } from './teams/joined.mjs'

const people = 'people { ana = { email = "ana@example.com" }, ben = { email = "ben@example.com" } }\n'
const rotation = (name, person, group = 'OnCall') => `rotation { name = "${name}", people = { "${person}" }, start = "2026-01-05", zone = "UTC", group = "@${group}" }\n`

async function withTag(t) {
  const all = await together(t)
  const { teams, tocsin, ana, ben, team } = all
  const [first, second] = [ana, ben].map((p) => teams.tenant.users.get(p.id))
  for (let i = 0; i < 3; i++) teams.tenant.addTag(team, `other ${i}`, [first])
  const tag = teams.tenant.addTag(team, 'oncall', [second])
  teams.tagsOnPage = 2
  const policy = (text) => writeFile(join(tocsin.directory, 'policy', 'pages.lua'), people + text)
  const has = (what, ...users) => until(`the tag to have ${what}`, () => [...tag.members].map((u) => u.name).join() === users.map((u) => u.name).join())
  const changes = () => teams.log.filter((l) => /^graph\.(add|remove)TagMember$/.test(l.name)).map((l) => `${l.name.slice(6)} ${l.status}`)
  return { ...all, tag, policy, has, changes, first, second }
}

test('a tag has the people of all its rotations, and changes only when they do', async (t) => {
  const { teams, tocsin, team, tag, policy, has, changes, first, second } = await withTag(t)
  await policy(rotation('one', 'ana'))
  await has('Ana alone', first)
  assert.deepEqual(changes(), ['addTagMember 201', 'removeTagMember 204'])
  await policy(rotation('one', 'ana') + rotation('two', 'ben'))
  await has('both', first, second)

  const before = changes().length, asked = () => teams.log.filter((l) => l.name === 'graph.tagMembers').length, read = asked()
  await tocsin.tocsin('connector', 'restart', 'teams')
  await until('the tag to be looked at again', () => asked() > read)
  await tocsin.tocsin('inc', 'oncall')
  assert.equal(changes().length, before)
  assert.equal(team.tags.get(tag.id), tag)
  assert.deepEqual(teams.violations, [])
})

test('what Teams does wrong is made up for, and what it refuses is said', async (t) => {
  const { teams, tag, policy, has, changes, first, second } = await withTag(t)
  teams.fail('graph.addTagMember', 'cut after')
  teams.fail('graph.removeTagMember', { after: 502 })
  await policy(rotation('one', 'ana'))
  await has('Ana alone, though two answers were lost', first)
  teams.fail('graph.addTagMember', { status: 429, retryAfter: 1 })
  await policy(rotation('one', 'ben'))
  await has('Ben alone', second)
  assert.ok(!changes().some((c) => /400/.test(c)), changes().join())

  teams.roles.delete('TeamworkTag.ReadWrite.All')
  teams.tokens.clear()
  await policy(rotation('one', 'ana'))
  await until('the announcements to say so', () => teams.messages('incidents').some((m) => /update a user group[^]*TeamworkTag/.test(m.text ?? '')))
  assert.deepEqual([...tag.members], [second])
  teams.roles.add('TeamworkTag.ReadWrite.All')
  teams.tokens.clear()
  await policy(rotation('one', 'ana', 'nowhere'))
  await until('the missing tag to be named', () => teams.messages('incidents').some((m) => /has no tag 'nowhere'/.test(m.text ?? '')))
  assert.deepEqual(teams.violations, [])
})
