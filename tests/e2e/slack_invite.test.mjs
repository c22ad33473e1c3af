// Inviting people to an incident by e-mail address: who Slack knows by it joins, an address of nobody is refused.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { SlackPerson } from './slack/person.mjs'
import { until, withSlack } from './support.mjs'

test('an e-mail address is looked up in Slack', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t)
  const zoe = new SlackPerson(slack, { name: 'Zoë Q', email: 'someone@shop.example' })
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel for the incident', () => slack.channel('inc-1-'))
  await sees(slack, 'inc-1', /INC-1/, (m) => m.blocks)
  await ana.say(channel.id, '!inc invite <mailto:someone@shop.example|someone@shop.example>').acked
  await until('Zoë to be in the channel', () => channel.members.has(zoe.id))
  await sees(slack, 'inc-1', /Zoë Q is now a member of INC-1/, (m) => !m.ephemeral)
  assert.ok((await tocsin.incident('INC-1')).members.includes('zoe-q'))

  await ana.slash(channel.id, 'invite ghost@shop.example')
  const refused = await sees(slack, 'inc-1', /Slack found nobody with the address ghost@shop.example/)
  assert.equal(refused.ephemeral, ana.id)
  await until('nothing to be left', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out))
  assert.doesNotMatch(slack.messages(channel.id).map(textOf).join(), /could not look/)

  // From the console too, which cannot look anybody up itself.
  const yan = new SlackPerson(slack, { name: 'Yan', email: 'yan@shop.example' })
  await tocsin.tocsin('inc', 'INC-1', 'invite', 'yan@shop.example')
  await until('Yan to be in the channel', () => channel.members.has(yan.id))
  assert.deepEqual(slack.violations, [])
})
