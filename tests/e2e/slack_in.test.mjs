// What arrives from Slack, by Socket Mode and HTTP: while Tocsin is killed, while Slack is slow, and from other organisations.
import assert from 'node:assert/strict'
import test from 'node:test'
import { SlackPerson } from './slack/person.mjs'
import { startSlack } from './slack/server.mjs'
import { Tocsin, until, withSlack } from './support.mjs'

async function together(t, way) {
  const slack = await startSlack()
  const ana = new SlackPerson(slack, { name: 'Ana', email: 'ana@example.com' })
  for (const name of ['incidents', 'general']) slack.workspace.addChannel(name, { creator: ana.id, members: [ana.id, slack.workspace.bot.id] })
  const secret = way === 'sockets' ? `app_token = "${slack.appToken}"` : `signing_secret = "${slack.signingSecret}"`
  const settings = `slack = { token = "${slack.botToken}", ${secret}, api_url = "${slack.apiUrl}" },`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = {\n    ${settings}`) })
  t.after(async () => {
    await tocsin.remove()
    await slack.stop()
  })
  await tocsin.start()
  if (way === 'http') slack.inbound.requestUrl = `${tocsin.url}/connector/slack`
  await joined(slack, tocsin, way)
  return { slack, tocsin, ana }
}

async function joined(slack, tocsin, way) {
  if (way === 'sockets') await until('sockets to be open', () => slack.inbound.sockets.length >= 2)
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/slack +running/))
}

for (const way of ['sockets', 'http']) {
  test(`messages posted while Tocsin is killed count once, by ${way}`, withSlack, async (t) => {
    const { slack, tocsin, ana } = await together(t, way)
    slack.inbound.patient = true
    slack.inbound.ackMs = 700
    const bot = `<@${slack.workspace.bot.id}>`
    const said = []
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6; i++) said.push(ana.say('general', `${bot} declare problem ${round * 6 + i} of many`).acked)
      if (way === 'sockets') slack.inbound.cut()
      await tocsin.kill()
      said.push(ana.say('general', `${bot} declare while nobody listens, ${round}`).acked)
      await tocsin.start()
      await joined(slack, tocsin, way)
    }
    await Promise.all(said)
    const titles = (await tocsin.incidents()).map((i) => i.state.title).sort()
    assert.equal(new Set(titles).size, 21)
    assert.equal(titles.length, 21)
    assert.deepEqual(slack.inbound.lost, [])
  })
}

for (const way of ['sockets', 'http'])
  test(`a command is acknowledged in time when Slack is slow to say who sent it, by ${way}`, withSlack, async (t) => {
    const { slack, tocsin } = await together(t, way)
    const zoe = new SlackPerson(slack, { name: 'Zoe', email: 'zoe@example.com' })
    slack.fail('users.info', { slow: 6000 }, 5)
    const from = Date.now()
    assert.notEqual(await zoe.slash('general', 'it broke'), undefined)
    assert.ok(Date.now() - from < 2900)
    await until('the incident', async () => (await tocsin.incidents()).length === 1)
    assert.deepEqual(slack.inbound.lost, [])
  })

for (const [way, slow, n] of [['sockets', 200, 40], ['sockets', 900, 40], ['http', 200, 120]])
  test(`commands and buttons are acknowledged in time while ${n} unknown people post, looked up in ${slow} ms each, by ${way}`, withSlack, async (t) => {
    const { slack, tocsin, ana } = await together(t, way)
    await ana.slash('general', 'checkout is slow')
    const channel = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
    const card = await until('the card', () => slack.messages(channel.id).find((m) => m.blocks))
    slack.fail('users.info', { slow }, 1e9)
    const crowd = Array.from({ length: n }, (_, i) => new SlackPerson(slack, { name: `Person ${i}`, email: `p${i}@example.com` }))
    const said = crowd.map((p) => p.say(channel, 'here').acked)
    const from = Date.now()
    const acks = await Promise.all([ana.slash(channel.id, 'whoami'), ana.press(channel, card, 'I lead')])
    assert.ok(acks.every((ack) => ack !== undefined))
    assert.ok(Date.now() - from < 2900)
    await Promise.all(said)
    const heard = await until('all messages to arrive', async () => {
      const list = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'said')
      return list.length === n && list
    })
    if (n * slow < 10000) assert.deepEqual(heard.filter((e) => !/^Person \d+: here$/.test(e.text)), [])
    assert.deepEqual(slack.inbound.lost, [])
  })

test('questions, thanks and bare links to the bot are answered and declare nothing', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets')
  const answers = () => [...slack.workspace.channels.values()].flatMap((c) => c.messages).filter((m) => m.user === slack.workspace.bot.id)
  for (const [where, said] of [['@tocsin', 'what can you do?'], ['@tocsin', 'who is on call?'], ['@tocsin', '<https://x.example/y>'], ['@tocsin', 'thanks!'],
    ['general', `<@${slack.workspace.bot.id}> what is the status of checkout?`]]) {
    const before = answers().length
    await ana.say(where, said).acked
    await until(`an answer to ${said}`, () => answers().length > before)
  }
  assert.equal((await tocsin.incidents()).length, 0)
  await ana.say('@tocsin', 'checkout is slow').acked
  await until('the incident', async () => (await tocsin.incidents()).length === 1)
})

test('people of another organisation are heard but cannot give commands', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets')
  const eve = new SlackPerson(slack, { name: 'Eve', email: 'ana@example.com', team: 'T0VENDOR1' })
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel for the incident', () => slack.channel('inc-1-checkout-is-slow'))
  const card = await until('the card', () => slack.messages(channel.id).find((m) => m.blocks))
  channel.is_ext_shared = true
  eve.join(channel.id)
  const { message, acked } = eve.say(channel.id, 'our side is fine')
  await acked
  await eve.say(channel.id, `<@${slack.workspace.bot.id}> resolve`).acked
  await eve.say(channel.id, '!inc resolve').acked
  await eve.press(channel, card, 'I lead')
  await eve.slash(channel.id, 'resolve')
  await eve.slash('general', 'declare a prank')
  await eve.react(channel, message.ts, 'pushpin')
  await ana.say(channel.id, 'thank you').acked // everything before it has arrived by then
  const events = await until('Ana to be heard', async () => {
    const list = await tocsin.timeline('INC-1')
    return list.some((e) => /thank you/.test(e.text)) && list
  })
  assert.ok(events.some((e) => e.text === 'Eve: our side is fine'))
  assert.ok(!events.some((e) => e.type === 'pinned'))
  const incident = await tocsin.incident('INC-1')
  assert.equal(incident.status, 'investigating')
  assert.equal((await tocsin.incidents()).length, 1)
  assert.notEqual(incident.roles?.lead, 'eve')
})

test('the app rejoins the public channel of an incident, and reports that it was removed from a private one', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets')
  const bot = slack.workspace.bot.id
  await ana.slash('general', 'checkout is slow')
  const open = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
  await until('the channel to be ready', () => open.members.has(ana.id) && open.pins.length)
  await ana.remove(open)
  await until('the app in it again', () => open.members.has(bot))
  await ana.say(open, 'it is the bank').acked
  await until('Ana to be heard', async () => (await tocsin.timeline('INC-1')).some((e) => /it is the bank/.test(e.text)))
  assert.ok(!slack.messages('incidents').some((m) => /removed from/.test(m.text)))

  await ana.slash('general', 'declare --private keys leaked')
  const shut = await until('a private channel', () => [...slack.workspace.channels.values()].find((c) => c.is_private && c.name.startsWith('inc-2')))
  await until('the private channel to be ready', () => shut.members.has(ana.id) && shut.pins.length)
  await ana.remove(shut)
  await until('Ana to be told', () => [...slack.workspace.channels.values()].some((c) => c.members.has(ana.id) && c.messages.some((m) => /removed from/.test(m.text))))
  assert.ok(!slack.messages('incidents').some((m) => !m.ephemeral && /keys leaked|INC-2/.test(JSON.stringify(m))))
  assert.ok(!shut.members.has(bot))
})

test('people without an account get no role', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets')
  const dora = new SlackPerson(slack, { name: 'Dora', email: 'dora@example.com' })
  await ana.slash('general', 'checkout is slow')
  const channel = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
  const told = (what) => until(`${what} to be posted`, () => slack.messages(channel.id).some((m) => m.text.includes(what)))
  dora.join(channel.id)
  await dora.say(channel.id, 'bye').acked
  dora.user.deleted = true
  await tocsin.kill() // forgets people, who are remembered for an hour
  await tocsin.start()
  await joined(slack, tocsin, 'sockets')
  await ana.say(channel.id, `!inc lead <@${dora.id}>`).acked
  await told('Dora (account closed)')
  await ana.say(channel.id, '!inc lead <@U0NOBODY99>').acked
  await told('U0NOBODY99')
  assert.equal((await tocsin.incident('INC-1')).roles?.lead, undefined)
  assert.ok(!slack.log.some((l) => l.method === 'conversations.invite' && /U0NOBODY99/.test(l.args.users)))
})
