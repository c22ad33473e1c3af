// A user group in Slack follows rotations: whoever is on call now is in it, and nobody else.
import assert from 'node:assert/strict'
import test from 'node:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { together } from './slack/joined.mjs'
import { until, withSlack } from './support.mjs'

const rotation = (name, person) => `rotation { name = "${name}", people = { "${person}" }, start = "2026-01-05", zone = "UTC", group = "@oncall" }\n`

test('a group has the people of all its rotations, and changes only when they do', withSlack, async (t) => {
  let group, people
  const { slack, tocsin, ana, ben } = await together(t, 'sockets', {
    policy: ({ ana, ben }) => {
      const id = 'S0ONCALL1'
      group = { id, team_id: 'T1', handle: 'oncall', name: 'On call', users: [ben.id], date_delete: 1, user_count: 1 }
      ana.slack.workspace.groups.set(id, group)
      people = `people { ana = { slack = "${ana.id}" }, ben = { slack = "${ben.id}" } }\n`
      return people + rotation('one', 'ana')
    },
  })
  const updates = () => slack.log.filter((l) => l.method === 'usergroups.users.update').length
  await until('the group to be enabled, with Ana', () => group.date_delete === 0 && group.users.join() === ana.id)
  await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), people + rotation('one', 'ana') + rotation('two', 'ben'))
  await until('Ben to be in it, too', () => group.users.join() === [ana.id, ben.id].join())
  const before = updates()
  await tocsin.tocsin('connector', 'restart', 'slack')
  const lists = () => slack.log.filter((l) => l.method === 'usergroups.list').length
  const asked = lists()
  await until('the group to be looked at again', () => lists() > asked)
  await tocsin.tocsin('inc', 'oncall')
  assert.equal(updates(), before)
  assert.deepEqual(slack.violations, [])
})
