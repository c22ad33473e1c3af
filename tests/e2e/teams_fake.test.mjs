// Microsoft's own, unmodified libraries work against the fake Teams as they do against Teams.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'
import { cardOf } from './teams/cards.mjs'
import { isChannelName } from './teams/graph.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { Playground, team as playgroundTeam, withPlayground } from './teams/playground.mjs'
import { startTeams } from './teams/server.mjs'
import { freePort, modules, until, withTeams } from './support.mjs'

const require = createRequire(join(modules, 'package.json'))
const silent = { debug() {}, info() {}, warn() {}, error() {}, log() {}, child: () => silent }

async function fakeTeams(t) {
  const { Client } = require('@microsoft/teams.api')
  const teams = await startTeams()
  t.after(() => teams.stop())
  const ana = new TeamsPerson(teams, { name: 'Ana María', email: 'ana@example.com' })
  const ben = new TeamsPerson(teams, { name: 'Ben', email: 'ben@example.com' })
  const team = teams.tenant.addTeam('Operations', { members: [ana.id, ben.id] })
  const token = async (scope = 'https://api.botframework.com/.default', authority = 'botframework.com') =>
    (await ask(teams, authority, { scope })).access_token
  const api = new Client(teams.serviceUrl.replace(/\/$/, ''), { token: () => token() })
  return { teams, ana, ben, team, token, api }
}

async function ask(teams, authority, more = {}) {
  const answer = await fetch(`${teams.url}/${authority}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials',
    client_id: teams.tenant.app, client_secret: teams.secret, scope: 'https://api.botframework.com/.default', ...more }),
    headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  return answer.json()
}

const refused = (status, code) => (error) => error.response?.status === status && (error.response.data.error?.code ?? JSON.parse(error.response.data.message).subCode) === code
const adaptive = (content) => ({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.5', ...content } }] })

test('the client of @microsoft/teams.api posts, edits, deletes, and finds people and channels', withTeams, async (t) => {
  const { teams, ana, team, api } = await fakeTeams(t)
  const created = await api.conversations.create({ isGroup: true, bot: { id: teams.tenant.bot.id, name: 'Tocsin', role: 'bot' }, tenantId: teams.tenant.id,
    channelData: { channel: { id: team.id }, tenant: { id: teams.tenant.id } }, activity: { type: 'message', text: 'It **burns** ä' } })
  assert.equal(created.id, `${team.id};messageid=${created.activityId}`)
  const reply = await api.conversations.createActivity(created.id, { type: 'message', text: 'a reply' })
  const other = await api.conversations.replyToActivity(created.id, reply.id, { type: 'message', text: 'another' })
  await api.conversations.updateActivity(created.id, reply.id, { type: 'message', text: 'an edited reply' })
  await api.conversations.deleteActivity(created.id, other.id)
  assert.deepEqual(teams.messages(team.id).map((m) => [m.text, m.root]), [['It **burns** ä', created.activityId], ['an edited reply', created.activityId]])

  const members = await api.conversations.getPagedMembers(team.id, 50)
  assert.deepEqual(members.members.map((m) => m.aadObjectId), [...team.members].map((id) => teams.tenant.users.get(id).aadObjectId))
  assert.equal((await api.conversations.getMemberById(team.id, ana.user.email)).id, ana.id)
  assert.equal((await api.conversations.getMembers(team.id)).length, 2)
  assert.equal((await api.teams.getById(team.id)).aadGroupId, team.aadGroupId)
  assert.deepEqual(await api.teams.getConversations(team.id), [{ id: team.id, type: 'standard' }])

  const talk = { isGroup: false, bot: { id: teams.tenant.bot.id }, members: [{ id: ana.id }], tenantId: teams.tenant.id, channelData: { tenant: { id: teams.tenant.id } } }
  const one = await api.conversations.create(talk)
  assert.equal((await api.conversations.create(talk)).id, one.id)
  await api.conversations.createActivity(one.id, adaptive({ body: [{ type: 'TextBlock', text: 'You are paged', wrap: true }] }))
  assert.equal(cardOf(teams.messages(one.id)[0]).body[0].text, 'You are paged')
  assert.deepEqual(teams.violations, [])
})

test('what is wrong is refused as Teams refuses it', withTeams, async (t) => {
  const { teams, ana, ben, team, api, token } = await fakeTeams(t)
  const c = api.conversations
  const text = { type: 'message', text: 'x' }
  const { message } = ana.say(team.id, 'mine')
  await assert.rejects(c.createActivity('19:none@thread.tacv2', text), refused(404, 'ConversationNotFound'))
  await assert.rejects(c.createActivity(`${team.id};messageid=1`, text), refused(404, 'ConversationNotFound'))
  await assert.rejects(c.createActivity(team.id, { type: 'message' }), refused(400, 'BadSyntax'))
  await assert.rejects(c.createActivity(team.id, { type: 'message', text: 'x'.repeat(60_000) }), refused(413, 'MessageSizeTooBig'))
  await assert.rejects(c.updateActivity(team.id, message.id, text), refused(403, 'Forbidden'))
  await assert.rejects(c.deleteActivity(team.id, '1'), refused(404, 'ActivityNotFoundInConversation'))
  await assert.rejects(c.getMemberById(team.id, 'carl@example.com'), refused(404, 'MemberNotFoundInConversation'))
  await assert.rejects(api.teams.getById('19:none'), refused(404, 'TeamNotFound'))
  await assert.rejects(c.create({ isGroup: true, tenantId: teams.tenant.id, channelData: { channel: { id: team.id } } }), refused(400, 'BadSyntax'))
  ben.user.installed = false
  await assert.rejects(c.create({ isGroup: false, members: [{ id: ben.id }], tenantId: teams.tenant.id }), refused(403, 'BotNotInConversationRoster'))
  await assert.rejects(c.createActivity(teams.tenant.talk(ben.id).id, text), refused(403, 'MessageWritesBlocked'))
  team.installed = false
  await assert.rejects(c.createActivity(team.id, text), refused(403, 'BotNotInConversationRoster'))
  team.installed = true
  assert.deepEqual(teams.violations, [])

  const { Client } = require('@microsoft/teams.api')
  const strange = new Client(teams.serviceUrl.replace(/\/$/, ''), { token: 'nonsense' })
  await assert.rejects(strange.conversations.createActivity(team.id, text), (error) => error.response.status === 401)
  const graph = await token(`${teams.url}/.default`, teams.tenant.id)
  await assert.rejects(new Client(teams.serviceUrl.replace(/\/$/, ''), { token: graph }).teams.getById(team.id), (error) => error.response.status === 401)
  assert.deepEqual([(await ask(teams, 'botframework.com', { client_secret: 'x' })).error_codes, (await ask(teams, 'nobody')).error_codes,
    (await ask(teams, 'botframework.com', { client_id: 'x' })).error_codes], [[7000215], [90002], [700016]])
})

test('what Teams would show badly is noticed', withTeams, async (t) => {
  const { teams, team, api } = await fakeTeams(t)
  const say = (activity) => api.conversations.createActivity(team.id, activity)
  await say({ ...adaptive({ body: [{ type: 'TextBlock', text: 'x' }] }), text: 'both' })
  await say(adaptive({ body: [{ type: 'Marquee' }], actions: [{ type: 'Action.OpenUrl', title: 'x', url: 'javascript:1' }] }))
  await say({ type: 'message', text: 'hello Ana', entities: [{ type: 'mention', mentioned: { id: '29:x' }, text: '<at>Ana</at>' }] })
  await say({ type: 'message', text: 'y'.repeat(30_000) })
  assert.deepEqual(teams.violations, ['text and an attachment in one message: Teams makes two of it', 'card.body[0]: unknown element Marquee',
    'card.actions[0]: javascript:1 is no link', 'the mention <at>Ana</at> is not in the text', '30028 bytes in one message'])
})

test('it misbehaves on demand, and keeps its rate limits', withTeams, async (t) => {
  const { teams, team, api } = await fakeTeams(t)
  const say = (text) => api.conversations.createActivity(team.id, { type: 'message', text })
  const there = (text) => teams.messages(team.id).some((m) => m.text === text)
  teams.fail('send', { status: 429, retryAfter: 3 })
  await assert.rejects(say('one'), (error) => error.response.status === 429 && error.response.headers['retry-after'] === '3')
  for (const status of [412, 502, 504]) {
    teams.fail('send', status)
    await assert.rejects(say(`not ${status}`), (error) => error.response.status === status)
    assert.equal(there(`not ${status}`), false)
  }
  teams.fail('send', { after: 504 })
  await assert.rejects(say('after all'), (error) => error.response.status === 504)
  assert.equal(there('after all'), true)
  teams.fail('send', 'cut before')
  await assert.rejects(say('never'), (error) => !error.response)
  teams.fail('send', 'cut after')
  await assert.rejects(say('cut'), (error) => !error.response)
  assert.deepEqual([there('never'), there('cut')], [false, true])
  teams.fail('send', { slow: 300 })
  const begin = Date.now()
  await say('slow')
  assert.ok(Date.now() - begin >= 300)

  teams.limits.mode = 'strict'
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => say(`burst ${i}`)))
  assert.equal(results.filter((r) => r.status === 'fulfilled').length, 7)
  assert.equal(teams.limits.refused.length, 3)
})

test("Graph's own client makes channels, within the rights that were given", withTeams, async (t) => {
  const { teams, ana, ben, team, token } = await fakeTeams(t)
  const { Client, GraphError } = require('@microsoft/teams.graph')
  const client = async () => new Client({ token: await token(`${teams.url}/.default`, teams.tenant.id) }, { baseUrlRoot: teams.url })
  const at = (method, path, body) => async () => (await client()).call(() => ({ method, path, body }))
  const says = (status, code) => (error) => error instanceof GraphError && error.statusCode === status && error.code === code
  const path = `/teams/${team.aadGroupId}/channels`
  const person = (user, roles = []) => ({ '@odata.type': '#microsoft.graph.aadUserConversationMember', roles, 'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${user.aadObjectId}')` })

  const made = await at('post', path, { displayName: 'inc-42', membershipType: 'standard' })()
  assert.match(made.id, /^19:.*@thread\.tacv2$/)
  await assert.rejects(at('post', path, { displayName: 'INC-42' }), says(400, 'NameAlreadyExists'))
  await assert.rejects(at('post', path, { displayName: 'a/b' }), says(400, 'InvalidChannelName'))
  await assert.rejects(at('post', path, { displayName: 'secret', membershipType: 'private' }), says(400, 'BadRequest'))
  const secret = await at('post', path, { displayName: 'secret', membershipType: 'private', members: [person(ana.user, ['owner'])] })()
  const member = await at('post', `${path}/${secret.id}/members`, person(ben.user))()
  assert.equal((await at('get', `${path}/${secret.id}/members`)()).value.length, 2)
  await at('delete', `${path}/${secret.id}/members/${member.id}`)()
  assert.deepEqual([...teams.tenant.channel('secret').members], [ana.id])
  await at('patch', `${path}/${made.id}`, { displayName: 'inc-42-slow', description: 'checkout' })()
  assert.deepEqual((await at('get', `${path}?$filter=displayName eq 'inc-42-slow'`)()).value.map((c) => c.description), ['checkout'])
  await at('delete', `${path}/${made.id}`)()
  await assert.rejects(at('post', path, { displayName: 'inc-42-slow' }), says(400, 'NameAlreadyExists')) // for 30 days
  assert.equal((await at('get', `/users/${ana.user.email}`)()).id, ana.user.aadObjectId)
  teams.roles.delete('Channel.Create')
  await assert.rejects(at('post', path, { displayName: 'more' }), says(403, 'Forbidden'))
  assert.deepEqual(teams.violations, [])
  assert.deepEqual(['inc-1', '_a', 'a.', 'CON', 'a..b', 'x'.repeat(51), ''].map(isChannelName), [true, false, false, false, false, false, false])
})

test("Graph's own client changes tags, and one without members ends", withTeams, async (t) => {
  const { teams, ana, ben, team, token } = await fakeTeams(t)
  const { Client, GraphError } = require('@microsoft/teams.graph')
  const client = async () => new Client({ token: await token(`${teams.url}/.default`, teams.tenant.id) }, { baseUrlRoot: teams.url })
  const at = (method, path, body) => async () => (await client()).call(() => ({ method, path: `/teams/${team.aadGroupId}/tags${path}`, body }))
  const says = (status) => (error) => error instanceof GraphError && error.statusCode === status
  const member = (person) => ({ userId: person.user.aadObjectId })

  await assert.rejects(at('post', '', { displayName: 'oncall', members: [] }), says(400))
  await assert.rejects(at('post', '', { displayName: 'x'.repeat(41), members: [member(ana)] }), says(400))
  const tag = await at('post', '', { displayName: 'oncall', members: [member(ana)] })()
  await assert.rejects(at('post', '', { displayName: 'ONCALL', members: [member(ana)] }), says(409))
  const added = await at('post', `/${tag.id}/members`, member(ben))()
  await assert.rejects(at('post', `/${tag.id}/members`, member(ben)), says(400))
  await assert.rejects(at('post', `/${tag.id}/members`, { userId: 'nobody' }), says(404))
  await assert.rejects(at('delete', `/${tag.id}/members/${ben.user.aadObjectId}`), says(404)) // not the user's id
  await at('delete', `/${tag.id}/members/${added.id}`)()
  teams.tagsOnPage = 1
  teams.tenant.addTag(team, 'shifts', [ben.user], { type: 'scheduled' })
  const page = await at('get', '')()
  assert.deepEqual([page.value.map((t) => t.displayName), new URL(page['@odata.nextLink']).searchParams.get('$skiptoken')], [['oncall'], '1'])
  const left = (await at('get', `/${tag.id}/members`)()).value
  assert.deepEqual(left.map((m) => m.userId), [ana.user.aadObjectId])
  await at('delete', `/${tag.id}/members/${left[0].id}`)()
  await assert.rejects(at('get', `/${tag.id}/members`), says(404))
  teams.roles.delete('TeamworkTag.ReadWrite.All')
  await assert.rejects(at('get', ''), says(403))
  assert.deepEqual(teams.violations, [])
})

// A bot of Microsoft's own SDK that keeps what it heard.
async function bot(t, teams) {
  const { App } = require('@microsoft/teams.apps')
  const { PUBLIC, withOverrides } = require('@microsoft/teams.api')
  const port = await freePort()
  const seen = []
  const app = new App({ clientId: teams.tenant.app, logger: silent, cloud: withOverrides(PUBLIC, { openIdMetadataUrl: teams.metadataUrl }),
    token: async () => (await ask(teams, 'botframework.com')).access_token, activity: { mentions: { stripText: true } } })
  const saw = (what) => until(`the bot to see ${what}`, () => seen.find(([kind]) => kind === what)?.[1])
  app.on('message', async ({ activity, send, reply }) => {
    seen.push(['message', activity.text], ['value', activity.value])
    if (activity.value) return
    const card = adaptive({ body: [{ type: 'Input.Text', id: 'why', label: 'Why', isRequired: true, errorMessage: 'say why' }],
      actions: [{ type: 'Action.Execute', title: 'Pause', verb: 'pause', data: { a: 1 } }, { type: 'Action.Submit', title: 'Send', data: { b: 2 } },
        { type: 'Action.Submit', title: 'Form', data: { msteams: { type: 'task/fetch' }, form: 'f' } }] })
    await send(card)
    await reply('heard')
  })
  app.on('card.action', ({ activity }) => {
    seen.push(['press', activity.value.action])
    return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'paused' }] } }
  })
  app.on('dialog.open', () => ({ task: { type: 'continue', value: { title: 'Form', card: { contentType: 'application/vnd.microsoft.card.adaptive',
    content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'Input.Text', id: 'text' }], actions: [{ type: 'Action.Submit', title: 'OK', data: { f: 1 } }] } } } } }))
  app.on('dialog.submit', ({ activity }) => (seen.push(['submit', activity.value.data]), { task: { type: 'message', value: 'thanks' } }))
  for (const kind of ['editMessage', 'softDeleteMessage', 'install.add', 'install.remove', 'channelRenamed', 'channelDeleted', 'teamMemberAdded', 'messageReaction'])
    app.on(kind, ({ activity }) => void seen.push([kind, activity]))
  await app.start(port)
  t.after(() => app.stop())
  teams.inbound.url = `http://127.0.0.1:${port}/api/messages`
  return { app, seen, saw }
}

test('a bot of @microsoft/teams.apps takes what the fake Teams sends, and answers', withTeams, async (t) => {
  const { teams, ana, ben, team } = await fakeTeams(t)
  const { seen, saw } = await bot(t, teams)
  await ana.install(team.channels.get(team.id))
  assert.equal((await saw('install.add')).channelData.team.aadGroupId, team.aadGroupId)

  const { message, answer } = ana.say('General', 'hello there')
  assert.deepEqual(await answer, {})
  assert.equal(await saw('message'), 'hello there')
  assert.equal(await ben.say('General', 'not for the bot', { mention: false }).answer, undefined)
  const [card, heard] = teams.messages('General').filter((m) => m.from.id === teams.tenant.bot.id)
  assert.deepEqual([card.root, heard.root, heard.text.endsWith('heard')], [message.root, message.root, true])

  await assert.rejects(ana.press(card, 'Pause'), /why is required/)
  assert.equal((await ana.press(card, 'Pause', { why: 'the bank' })).type, 'application/vnd.microsoft.card.adaptive')
  assert.deepEqual(await saw('press'), { type: 'Action.Execute', verb: 'pause', data: { a: 1, why: 'the bank' } })
  assert.equal(ana.card(card).body[0].text, 'paused')
  assert.equal(ben.card(card).body[0].id, 'why') // the others see the card of before
  await ben.press(card, 'Send', { why: 'x' })
  await until('the value', () => seen.some(([kind, value]) => kind === 'value' && value?.b === 2 && value.why === 'x'))
  await ben.press(card, 'Form', { why: 'x' })
  assert.equal((await ben.submit({ text: 'typed' })).task.value, 'thanks')
  assert.deepEqual(await saw('submit'), { f: 1, text: 'typed' })

  await ana.edit(message, 'hello again')
  assert.equal((await saw('editMessage')).id, message.id)
  await ana.react(heard, 'like')
  assert.equal((await saw('messageReaction')).replyToId, heard.id)
  await ana.delete(message)
  await saw('softDeleteMessage')
  const channel = teams.tenant.addChannel(team, 'inc-1')
  await ana.rename(channel, 'inc-1-slow')
  assert.equal((await saw('channelRenamed')).channelData.channel.name, 'inc-1-slow')
  await ana.deleteChannel(channel)
  await saw('channelDeleted')
  const carl = new TeamsPerson(teams, { name: 'Carl', email: 'carl@example.com' })
  await carl.join(team)
  assert.equal((await saw('teamMemberAdded')).membersAdded[0].id, carl.id)
  await ana.say('@tocsin', 'in private').answer
  assert.equal(teams.messages(teams.tenant.talk(ana.id)).length, 3)
  await ana.install(team.channels.get(team.id), 'remove')
  await saw('install.remove')
  assert.deepEqual([teams.violations, teams.inbound.lost], [[], []])
})

test("Microsoft's own check takes its tokens, and none that are forged", withTeams, async (t) => {
  const { teams, ana } = await fakeTeams(t)
  const { seen } = await bot(t, teams)
  const forged = { app: (c) => [{ ...c, aud: 'x' }], issuer: (c) => [{ ...c, iss: 'x' }], address: (c) => [{ ...c, serviceurl: 'https://x.example' }],
    late: (c) => [{ ...c, exp: Math.floor(Date.now() / 1000) - 400 }], early: (c) => [{ ...c, nbf: Math.floor(Date.now() / 1000) + 400 }], key: (c) => [c, { kid: 'x' }], none: (c) => [c, { alg: 'none' }] }
  for (const [what, forge] of Object.entries(forged)) {
    teams.inbound.forge = (_, claims) => [...forge(claims), {}]
    assert.equal(await ana.say('@tocsin', what).answer, undefined)
    assert.equal(teams.inbound.answered.at(-1).status, 401)
  }
  assert.deepEqual(seen, [])
  teams.inbound.forge = (_, claims) => [claims, {}]
  teams.inbound.duplicates = 1
  await ana.say('@tocsin', 'twice').answer
  assert.equal(seen.filter(([kind]) => kind === 'message').length, 2)
})

// The names of what a call answers, and of what is in it.
const shape = (value) => (Array.isArray(value) ? value.slice(0, 1).map(shape) : value && typeof value === 'object' ? Object.fromEntries(Object.keys(value).sort().map((k) => [k, shape(value[k])])) : typeof value)

// The same calls on both; a refusal is its status.
async function answers(api, { tenant, bot, team, person }) {
  const c = api.conversations
  const tried = (promise) => promise.then(shape, (error) => error.response.status)
  const thread = { isGroup: true, bot: { id: bot }, tenantId: tenant, channelData: { channel: { id: team }, tenant: { id: tenant } }, activity: { type: 'message', text: 'one' } }
  const talk = { isGroup: false, bot: { id: bot }, members: [{ id: person }], tenantId: tenant, channelData: { tenant: { id: tenant } } }
  const { id, activityId } = await c.create(thread)
  const sent = await c.createActivity(id, { type: 'message', text: 'two' })
  return {
    create: await tried(c.create(thread)), talk: await tried(c.create(talk)), send: shape(sent), reply: await tried(c.replyToActivity(id, activityId, { type: 'message', text: 'three' })),
    edit: await tried(c.updateActivity(id, sent.id, { type: 'message', text: 'four' })), card: await tried(c.createActivity(id, adaptive({ body: [{ type: 'TextBlock', text: 'x' }] }))),
    members: await tried(c.getPagedMembers(team, 50)), member: await tried(c.getMemberById(team, person)), team: await tried(api.teams.getById(team)), channels: await tried(api.teams.getConversations(team)),
    empty: await tried(c.createActivity(id, { type: 'message' })), nowhere: await tried(c.createActivity('19:nowhere@thread.tacv2', { type: 'message', text: 'x' })),
    nobody: await tried(c.getMemberById(team, '29:nobody')), 'no activity': await tried(c.create({ ...thread, activity: undefined, channelData: {} })), 'no member': await tried(c.create({ ...talk, members: [] })),
  }
}

test("the fake Teams answers as Microsoft's Agents Playground does", withPlayground, async (t) => {
  const { teams, ana, team, api } = await fakeTeams(t)
  const tenant = '11111111-2222-3333-4444-555555555555'
  const playground = await Playground.start(t, { app: teams.tenant.app, tenant })
  const { Client } = require('@microsoft/teams.api')
  const theirs = await answers(new Client(playground.serviceUrl, { token: teams.signer.token({}) }), { tenant, bot: teams.tenant.bot.id, team: playgroundTeam, person: '29:1ben' })
  const ours = await answers(api, { tenant: teams.tenant.id, bot: teams.tenant.bot.id, team: team.id, person: ana.id })
  // where the Playground is not like the types and the code of @microsoft/teams.api, those count
  theirs.create.serviceUrl = theirs.member.objectId = theirs.members.members[0].objectId = 'string'
  theirs.channels = [{ id: 'string', type: 'string' }]
  delete theirs.members.totalCount
  assert.deepEqual([theirs['no activity'], theirs['no member']], [500, 500])
  theirs['no activity'] = theirs['no member'] = 400
  assert.deepEqual(ours, theirs)
})
