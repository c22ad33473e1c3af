// Where Tocsin is in Microsoft Teams: teams, group chats, talks with one person; what is installed, removed, renamed and deleted.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { labels, sees, textOf, together } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { Tocsin, until } from './support.mjs'

const told = async (tocsin, name) => JSON.stringify(await tocsin.timeline(name))
const command = (tocsin, text) => tocsin.api('/commands', { method: 'POST', body: { text } })
const cardOfIncident = (teams, place = 'General') => sees(teams, place, /INC-1 checkout is slow/, (m) => labels(m).includes('Pause…'))

test('the team is the one in which the app was installed; removed and added again it goes on', async (t) => {
  const { teams, tocsin, ana, team } = await together(t, { team: '' })
  await ana.say('@tocsin', 'declare checkout is slow').answer
  const card = await cardOfIncident(teams)
  await ana.install(team.channels.get(team.id), 'remove')
  await ana.install(team.channels.get(team.id))
  await command(tocsin, 'INC-1 update it goes on')
  await sees(teams, 'General', /it goes on/, (m) => m.root === card.root)
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
})

test('what people do with messages and files is in the timeline', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  teams.hearsAll = true
  await ana.say('General', 'declare checkout is slow').answer
  const { place, root } = await cardOfIncident(teams)
  await ben.say(place, 'see the graph', { thread: root, mention: false, files: ['graph.png'] }).answer
  await until('the file', async () => (await told(tocsin, 'INC-1')).includes('graph.png'))
  const { message, answer } = ben.say(place, 'it began at nine', { thread: root, mention: false })
  await answer
  await ana.react(message, '1f4cc_pushpin')
  await ana.react(message, 'like')
  await ana.react(message, 'like', 'reactionsRemoved')
  const there = await told(tocsin, 'INC-1')
  assert.match(there, /it began at nine/)
  assert.doesNotMatch(there, /<at>|&nbsp;/)
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
})

test('a group chat and a talk with one person take commands', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  const chat = teams.tenant.addChat([ana.id, ben.id], { name: 'Payments' })
  await ana.install(chat)
  await ben.say(chat, 'declare checkout is slow').answer
  await sees(teams, chat, /INC-1 is open/)
  const card = await cardOfIncident(teams)
  assert.equal(await ben.say(chat, 'sev critical for INC-1', { mention: false }).answer, undefined)
  await ben.say('@tocsin', 'INC-1 sev major').answer
  await until('the severity', () => /severity: major/.test(textOf(card)))
  await ben.say('@tocsin', 'list').answer
  await sees(teams, teams.tenant.talk(ben.id), /checkout is slow/)
  await ana.say('@tocsin', 'whoami').answer
  await sees(teams, teams.tenant.talk(ana.id), /Europe\/Madrid/)
  await ana.say('@tocsin', 'help').answer
  await sees(teams, teams.tenant.talk(ana.id), /declare/)
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
})

test('a channel subscribes to the status page, is told each word once, in a post of its own, and leaves again', async (t) => {
  const { teams, tocsin, ana, team } = await together(t, { change: (text) => text.replace('  connectors = {', '  status_secret = "twenty-characters-at-least",\n  connectors = {') })
  await mkdir(join(tocsin.directory, 'policy'), { recursive: true })
  await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), 'component { name = "Checkout" }\nstatus_page { name = "main", url = "https://status.acme.example" }\n')
  await tocsin.tocsin('policy', 'reload')
  const support = teams.tenant.addChannel(team, 'support')
  const told = (words) => teams.messages(support).filter((m) => textOf(m).includes(words))
  const { message } = ana.say(support, 'subscribe Checkout')
  await sees(teams, support, /This channel is told of what the status page main says/, (m) => m.root === message.root)
  assert.match((await tocsin.tocsin('subscribers', 'list')).out, /^main\tchannel\tteams\/\S+\t\S+\tactive\n$/)
  await command(tocsin, 'posts new "Slow payments" Payments are slow. --component checkout=degraded')
  await command(tocsin, 'posts approve 1')
  await until('the word', () => told('Payments are slow.').length > 0)
  assert.deepEqual(told('Payments are slow.').map((m) => m.root), [told('Payments are slow.')[0].id])
  await ana.say(support, 'unsubscribe').answer
  await sees(teams, support, /no longer told/)
  await command(tocsin, 'posts 1 resolved All is well again.')
  await command(tocsin, 'posts approve 2')
  await until('the page to say it', async () => (await (await fetch(`${tocsin.url}/status/`)).text()).includes('All is well again.'))
  await until('nothing to be left', async () => /Everything has been sent/.test((await command(tocsin, 'actions')).text))
  assert.deepEqual([told('All is well again.'), teams.violations, teams.inbound.lost], [[], [], []])
})

test('a multi-tenant app listens to the tenants that are named', async (t) => {
  const { teams, tocsin, ana } = await together(t, { multi: true })
  await ana.say('General', 'declare checkout is slow').answer
  await cardOfIncident(teams)
  assert.ok(teams.log.some((l) => l.path === '/botframework.com/oauth2/v2.0/token' && l.status === 200))
  const place = teams.tenant.talk(ana.id)
  const answer = await teams.inbound.post(teams.inbound.whole({ type: 'message', text: 'declare elsewhere', from: ana.account(), conversation: { ...teams.conversationOf(place), tenantId: 'another' }, channelData: {} }))
  assert.equal(answer.status, 403)
  assert.equal((await tocsin.incidents()).length, 1)
})

test("an incident's channel that somebody deletes is gone, and the incident says so", async (t) => {
  const { teams, tocsin, ana } = await together(t, { connector: 'rooms = "channel"' })
  await ana.say('General', 'declare checkout is slow').answer
  const channel = await until('a channel', () => teams.tenant.channel('inc-1-checkout-is-slow'))
  await cardOfIncident(teams, channel)
  await ana.deleteChannel(channel)
  await until('the incident to know', async () => (await tocsin.timeline('INC-1')).some((e) => e.type === 'channel' && e.data.flag === false))
  await command(tocsin, 'INC-1 update after the end')
  await until('the announcement', () => teams.messages('incidents').some((m) => /INC-1/.test(textOf(m)) && !/its channel/.test(textOf(m))))
  await until('nothing to be left', async () => /Everything has been sent/.test((await command(tocsin, 'actions')).text))
})

test('a connector that is killed comes back, with buttons and forms that work', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  await ana.say('General', 'declare checkout is slow').answer
  const card = await cardOfIncident(teams)
  const form = await ana.press(card, 'Pause…')
  for (const pid of tocsin.runners()) process.kill(pid, 'SIGKILL')
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/teams +running +[1-9]/), 30_000)
  assert.match(JSON.stringify(form.value), /Input\.Text/)
  await ana.press(card, 'Pause', { f_reason: 'the bank', f_when: 'for 2h' })
  await until('the pause', () => /the bank/.test(textOf(card)))
  const answer = await ben.press(card, 'Resume')
  assert.ok(['application/vnd.microsoft.card.adaptive', 'application/vnd.microsoft.activity.message'].includes(answer.type))
  await until('the work to go on', () => labels(card).includes('Resolve'))
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
})

test('somebody is invited by their e-mail address', async (t) => {
  const { teams, ana } = await together(t)
  const carl = new TeamsPerson(teams, { name: 'Carl', email: 'carl@example.com' })
  await ana.say('General', 'declare checkout is slow').answer
  const { place, root } = await cardOfIncident(teams)
  await ana.say(place, 'invite ben@example.com', { thread: root }).answer
  await sees(teams, place, /Ben.*please join/, (m) => m.root === root)
  await ana.say(place, 'invite carl@example.com', { thread: root }).answer // who is not in the team
  await sees(teams, teams.tenant.talk(ana.id), /carl@example.com/)
  assert.equal(teams.messages(teams.tenant.talk(carl.id)).length, 0)
  assert.deepEqual(teams.violations, [])
})

test('addresses from which trust comes must be safe', async (t) => {
  const id = '11111111-2222-3333-4444-555555555555'
  for (const name of ['service_url', 'login_url', 'graph_url', 'metadata_url']) {
    const settings = `teams = { app_id = "${id}", secret = "x", tenant = "${id}", ${name} = "http://chat.example/x" },`
    const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = {\n    ${settings}`) })
    t.after(() => tocsin.remove())
    const { code, out, err } = await tocsin.tocsin('check')
    assert.notEqual(code, 0)
    assert.ok((out + err).includes(`\`${name}\` must begin with https://`), out + err)
  }
})
