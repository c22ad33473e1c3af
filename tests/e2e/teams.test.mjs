// Tocsin in Microsoft Teams: people declare and work on incidents there, nobody else is listened to, and what Teams refuses is said.
import assert from 'node:assert/strict'
import test from 'node:test'
import { cardOf } from './teams/cards.mjs'
import { labels, sees, textOf, together } from './teams/joined.mjs'
import { Signer } from './teams/keys.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { until } from './support.mjs'

const hasCard = (label) => (m) => labels(m).includes(label)

// An incident, its card and its thread (or its channel).
async function incident(teams, who, title = 'checkout is slow', { rooms = 'thread' } = {}) {
  await who.say('General', `declare ${title}`).answer
  const names = rooms === 'thread' ? ['General'] : [await until('a channel', () => teams.tenant.channel(`inc-1-${title.replaceAll(' ', '-')}`))]
  const card = await sees(teams, names[0], new RegExp(`INC-1 ${title}`), hasCard('Pause…'))
  return { card, place: card.place, root: card.root }
}

const inThread = ({ place, root }, teams) => teams.messages(place).filter((m) => m.root === root)

test('people declare, press buttons, fill in forms, pause and resolve', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  const { card, place, root } = await incident(teams, ana)

  const led = await ben.press(card, 'I lead')
  assert.equal(led.type, 'application/vnd.microsoft.card.adaptive')
  assert.match(JSON.stringify(led.value), /"lead","value":"Ben"/)
  await until('everybody to see the lead', () => /lead: Ben/.test(textOf(card)))

  const form = await ana.press(card, 'Pause…')
  assert.match(JSON.stringify(form.value), /Input\.Text/)
  assert.doesNotMatch(textOf(card), /has to wait/) // the others still see the card
  await assert.rejects(ana.press(card, 'Pause', { f_reason: 'the bank' }), /f_when is required/)
  await ana.press(card, 'Pause', { f_reason: 'the bank', f_when: 'for 2h' })
  await until('the pause', async () => (await tocsin.incident('INC-1')).status === 'waiting' || /paused|waiting/.test(textOf(card)))
  assert.match((await tocsin.timeline('INC-1')).map((e) => JSON.stringify(e)).join(), /the bank/)

  await ana.say(place, 'note rolled back to 1.4', { thread: root }).answer
  teams.hearsAll = true
  const { message } = ana.say(place, 'the graphs look good', { thread: root, mention: false })
  await until('what was said', async () => (await tocsin.timeline('INC-1')).some((e) => JSON.stringify(e).includes('the graphs look good')))
  await ana.edit(message, 'the graphs look very good')
  await until('the edit', async () => (await tocsin.timeline('INC-1')).some((e) => JSON.stringify(e).includes('look very good')))
  await ana.delete(message)
  await until('the deletion', async () => !(await tocsin.timeline('INC-1')).some((e) => JSON.stringify(e).includes('look very good')))

  await ana.press(card, 'Resume')
  await until('the work to go on', () => labels(card).includes('Resolve'))
  await ana.press(card, 'Resolve')
  await until('the end', async () => (await tocsin.incident('INC-1')).status === 'resolved')
  await until('the card to say so', () => /resolved/.test(textOf(card)))
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
  assert.ok(teams.inbound.answered.every((a) => a.ms < 5000), 'each answer within the time of the platform')
})

test('a press of an old client, and a look at a card, do what they say and no more', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  const { card } = await incident(teams, ana)
  await ben.submitOld(card, 'I lead')
  await until('the lead', () => /lead: Ben/.test(textOf(card)))
  const events = (await tocsin.timeline('INC-1')).length
  await ana.look(card)
  await ana.execute(card, { type: 'Action.Execute', verb: 'press' }, { tocsin: 'press', command: 'INC-1 resolve' }, 'automatic')
  assert.equal((await tocsin.timeline('INC-1')).length, events)
  const answer = await teams.inbound.post(teams.inbound.whole({ type: 'invoke', name: 'composeExtension/query', from: ana.account(), conversation: teams.conversationOf(card.place), channelData: teams.dataOf(card.place), value: {} }))
  assert.equal(answer.status, 501)
})

test('a form is taken only from whom it was made for', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t)
  const { card } = await incident(teams, ana)
  await ana.press(card, 'Pause…')
  card.shownTo.set(ben.id, card.shownTo.get(ana.id))
  await ben.press(card, 'Pause', { f_reason: 'mine', f_when: 'for 2h' })
  await ana.say('@tocsin', 'whoami').answer
  await sees(teams, teams.tenant.talk(ana.id), /You are/)
  assert.doesNotMatch(JSON.stringify(await tocsin.timeline('INC-1')), /mine/)
})

test('only the Bot Service is listened to, for our tenant', async (t) => {
  const { teams, tocsin, ana, team } = await together(t)
  teams.signer.roll() // a new key is learned
  await ana.say('General', 'declare with a new key').answer
  assert.equal((await tocsin.incidents()).length, 1)
  const stranger = new Signer()
  const now = Math.floor(Date.now() / 1000)
  const whole = (claims) => `Bearer ${teams.signer.token({ aud: teams.tenant.app, serviceurl: teams.serviceUrl, ...claims })}`
  const tokens = {
    none: null, nonsense: 'Bearer x.y.z', basic: 'Basic YTpi',
    'another key': `Bearer ${stranger.token({ aud: teams.tenant.app, serviceurl: teams.serviceUrl })}`,
    'another key under the same name': `Bearer ${stranger.token({ aud: teams.tenant.app, serviceurl: teams.serviceUrl }, { kid: teams.signer.kid })}`,
    'another app': whole({ aud: 'x' }), 'another issuer': whole({ iss: 'https://sts.windows.net/x/' }), 'another address': whole({ serviceurl: 'https://smba.trafficmanager.net/emea/' }),
    expired: whole({ exp: now - 400 }), 'not yet valid': whole({ nbf: now + 400 }),
    'no algorithm': `Bearer ${teams.signer.token({ aud: teams.tenant.app, serviceurl: teams.serviceUrl }, { alg: 'none' })}`,
  }
  const general = team.channels.get(team.id)
  const activity = (more = {}) => teams.inbound.whole({ type: 'message', text: '<at>Tocsin</at> declare forged', from: ana.account(), conversation: teams.conversationOf(general, '1'),
    channelData: teams.dataOf(general), entities: ana.entities('<at>Tocsin</at>'), ...more })
  for (const [what, token] of Object.entries(tokens)) {
    const { status } = await teams.inbound.post(activity(), token)
    assert.equal(status, 401, what)
  }
  const elsewhere = { tenant: { id: '99999999-0000-0000-0000-000000000000' } }
  for (const more of [{ channelData: elsewhere }, { conversation: { ...teams.conversationOf(general), tenantId: elsewhere.tenant.id } }, { channelId: 'directline' }]) {
    assert.equal((await teams.inbound.post(activity(more))).status, 403)
  }
  assert.equal((await tocsin.incidents()).length, 1)
  for (const [size, status] of [[5000, 200], [20_000, 401]]) // a long token is one, too; one without an end is not
    assert.ok([status, 431].includes((await teams.inbound.post(activity({ text: 'whoami', entities: [] }), whole({ more: 'x'.repeat(size) }))).status), `${size}`)
  assert.match(tocsin.log, /refused \d+ requests? to \/connector\/…\/messages/)
  assert.doesNotMatch(tocsin.log, /eyJ/)
})

test('while the keys cannot be fetched Teams sends again, and nothing is lost', async (t) => {
  const { teams, tocsin, ana } = await together(t)
  await tocsin.stop()
  teams.fail('metadata', 503, 3)
  await tocsin.start()
  await ana.say('General', 'declare after all').answer
  await until('the incident', async () => (await tocsin.incidents()).length === 1)
  assert.ok(teams.inbound.answered.some((a) => a.status === 503) || teams.log.filter((l) => l.name === 'metadata').length > 1)
})

test('an address that is not trusted never sees a token', async (t) => {
  const { teams, ana, tocsin } = await together(t)
  const other = await (await import('./teams/server.mjs')).startTeams()
  t.after(() => other.stop())
  const place = teams.tenant.talk(ana.id)
  await teams.inbound.deliver({ type: 'message', text: 'whoami', from: ana.account(), conversation: teams.conversationOf(place), channelData: teams.dataOf(place), serviceUrl: other.serviceUrl })
  await until('the log to say so', () => /trust/.test(tocsin.log) || other.log.length)
  assert.deepEqual(other.log, [])
})

test('what comes twice counts once, and order is kept', async (t) => {
  const { teams, tocsin, ana } = await together(t)
  teams.inbound.duplicates = 1
  const { card, place, root } = await incident(teams, ana)
  assert.equal((await tocsin.incidents()).length, 1)
  teams.inbound.duplicates = 1
  await ana.say(place, 'note said once', { thread: root }).answer
  teams.inbound.duplicates = 1
  await ana.press(card, 'I lead')
  await until('the lead', () => /lead: Ana/.test(textOf(card)))
  const timeline = await tocsin.timeline('INC-1')
  assert.equal(timeline.filter((e) => JSON.stringify(e).includes('said once')).length, 1)
  assert.equal(timeline.filter((e) => e.type === 'role').length, 1)
})

test('what is said while Tocsin is killed arrives later, once', async (t) => {
  const { teams, tocsin, ana } = await together(t)
  const said = [ana.say('General', 'declare before').answer]
  await tocsin.kill()
  said.push(ana.say('General', 'declare meanwhile').answer)
  await tocsin.start()
  await Promise.all(said)
  await until('both', async () => (await tocsin.incidents()).length === 2)
})

test('messages arrive when Teams is busy, and none twice where Teams says what became of it', async (t) => {
  const { teams, ana } = await together(t)
  const at = await incident(teams, ana)
  const faults = [{ status: 429, retryAfter: 1 }, 412, 502, 504, 500, 503, 'cut before', 401]
  for (const [i, how] of faults.entries()) {
    teams.fail('send', how)
    await ana.say(at.place, `update message ${i} is on its way`, { thread: at.root }).answer
    await sees(teams, at.place, new RegExp(`message ${i} is on its way`), (m) => m.from.id === teams.tenant.bot.id, 40_000)
  }
  for (const how of [{ after: 504 }, 'cut after']) {
    teams.fail('send', how)
    await ana.say(at.place, `update perhaps ${JSON.stringify(how).length}`, { thread: at.root }).answer
    await sees(teams, at.place, /perhaps/, (m) => m.from.id === teams.tenant.bot.id)
  }
  const texts = inThread(at, teams).filter((m) => m.from.id === teams.tenant.bot.id && /is on its way/.test(m.text ?? '')).map((m) => m.text)
  assert.equal(new Set(texts).size, texts.length, texts.join('\n'))
  assert.deepEqual(teams.violations, [])
})

test('a refusal is said in plain words, with what to do', async (t) => {
  const { teams, tocsin, ana, team } = await together(t)
  const at = await incident(teams, ana)
  at.place.blocked = true
  await tocsin.api('/commands', { method: 'POST', body: { text: 'INC-1 update nobody sees this' } })
  const actions = async () => (await tocsin.api('/commands', { method: 'POST', body: { text: 'actions' } })).text
  await until('the action to be given up', async () => /they may have blocked or removed it, and must add the app again/.test(await actions()))
  at.place.blocked = false

  teams.loginError = { status: 401, error: 'invalid_client', error_codes: [7000222] }
  const check = async () => Object.values(await tocsin.tocsin('connector', 'check', 'teams')).join(' ')
  assert.match(await check(), /client secret has expired/)
  teams.loginError = null
  team.installed = false
  assert.match(await check(), /add the app to the team/i)
  team.installed = true
  assert.doesNotMatch(tocsin.log + (await check()), new RegExp(teams.secret))
})

test('an incident has a channel of its own where that is wished, a private one a private channel', async (t) => {
  const { teams, tocsin, ana, ben } = await together(t, { connector: 'rooms = "channel"' })
  teams.slowChannels = 2 // a new channel cannot be written to at once
  const { card } = await incident(teams, ana, 'checkout is slow', { rooms: 'channel' })
  assert.equal(card.place.type, 'standard')
  await ben.say(card.place, 'note in its channel').answer
  await until('the note', async () => JSON.stringify(await tocsin.timeline('INC-1')).includes('in its channel'))
  await ana.rename(card.place, 'inc-1-renamed')
  await ben.say(card.place, 'resolve').answer
  await until('the end', async () => (await tocsin.incident('INC-1')).status === 'resolved')

  await ana.say('@tocsin', 'declare the payroll leaked --private').answer
  const secret = await until('a private channel', () => [...teams.tenant.places.values()].find((p) => p.type === 'private'))
  assert.ok(secret.members.has(ana.id) && !secret.members.has(ben.id))
  await sees(teams, secret, /payroll/)
  assert.ok(teams.messages('General').concat(teams.messages('incidents')).every((m) => !/payroll/.test(textOf(m))))

  teams.roles.delete('Channel.Create')
  teams.roles.delete('ChannelMember.ReadWrite.All')
  const { out, err } = await tocsin.tocsin('connector', 'check', 'teams')
  assert.match(out + err, /Channel\.Create/)
  assert.match(out + err, /ChannelMember\.ReadWrite\.All/)
  assert.deepEqual(teams.violations, [])
})

test('a storm of updates keeps the published rate limits', async (t) => {
  const { teams, tocsin, ana } = await together(t, { limits: 'shipped' })
  const at = await incident(teams, ana)
  teams.limits.mode = 'strict'
  for (let i = 0; i < 12; i++) await tocsin.api('/commands', { method: 'POST', body: { text: `INC-1 update number ${i} of twelve` } })
  await until('all updates', () => inThread(at, teams).filter((m) => /number \d+ of twelve/.test(textOf(m))).length >= 12, 60_000)
  assert.deepEqual(teams.limits.refused, [])
})

const strangers = { 'people of other organisations': { tenant: '99999999-0000-0000-0000-000000000000' }, guests: { guest: true } }
for (const [who, options] of Object.entries(strangers))
  test(`${who} cannot give commands, and read nothing`, async (t) => {
    const { teams, tocsin, ana, team } = await together(t)
    await incident(teams, ana)
    const eve = new TeamsPerson(teams, { name: 'Eve', email: 'ana@example.com', ...options }) // with an address that is somebody else's
    team.members.add(eve.id)
    await eve.say('General', 'declare I should not').answer
    await eve.say('@tocsin', 'list').answer
    await ana.say('@tocsin', 'whoami').answer
    await sees(teams, teams.tenant.talk(ana.id), /You are/)
    assert.equal((await tocsin.incidents()).length, 1)
    assert.ok(!teams.messages(teams.tenant.talk(eve.id)).some((m) => m.from.id === teams.tenant.bot.id && /checkout/.test(textOf(m))))
  })
