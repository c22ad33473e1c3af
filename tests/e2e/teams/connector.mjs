// The Bot Connector's REST calls. Each row: method, path, and what it does; a part of the path in braces is one segment.
import { bytesOf, cardOf, faultsOfCard } from './cards.mjs'
import { blocked, Refusal } from './refusal.mjs'

const MOST = 100 << 10 // bytes in UTF-16: Teams refuses more
const WISE = 28 << 10 // bytes of JSON: what is known to work everywhere
const TRANSIENT = ['typing']

const gone = () => new Refusal(404, 'ConversationNotFound', 'Conversation not found.')

// ---- what may be sent ----

function checkMentions(teams, activity) {
  const texts = [activity.text ?? '', JSON.stringify(activity.attachments ?? [])].join('\n')
  const all = [...(activity.entities ?? []), ...(cardOf(activity)?.msteams?.entities ?? [])]
  for (const e of all.filter((each) => each.type === 'mention')) {
    if (!e.mentioned?.id || !e.text) throw new Refusal(400, 'BadArgument', 'a mention needs mentioned.id and text')
    if (!texts.includes(e.text)) teams.violations.push(`the mention ${e.text} is not in the text`)
  }
}

function checkMessage(teams, activity) {
  if (!activity.text && !activity.attachments?.length && !activity.summary) throw new Refusal(400, 'BadSyntax', 'Activity resulted into multiple skype activities or none')
  if (activity.text && activity.attachments?.length) teams.violations.push('text and an attachment in one message: Teams makes two of it')
  if (activity.attachments?.length > 1) teams.violations.push('several attachments: cannot be edited')
  if (activity.textFormat && !['plain', 'markdown', 'xml'].includes(activity.textFormat)) throw new Refusal(400, 'BadSyntax', 'textFormat')
  for (const a of activity.attachments ?? []) if (!a.contentType) throw new Refusal(400, 'BadSyntax', 'contentType')
  const card = cardOf(activity)
  if (card) for (const fault of faultsOfCard(card)) teams.violations.push(fault)
  checkMentions(teams, activity)
}

function checkActivity(teams, activity) {
  if (!activity || typeof activity !== 'object' || !activity.type) throw new Refusal(400, 'BadSyntax', 'The activity needs a type')
  const counted = JSON.stringify(activity, (name, value) => (name === 'url' && bytesOf(value) ? '' : value)) // Teams does not count pictures in base 64
  const size = Buffer.byteLength(counted)
  if (counted.length * 2 > MOST) throw new Refusal(413, 'MessageSizeTooBig', 'Message size too large.')
  if (size > WISE) teams.violations.push(`${size} bytes in one message`)
  if (activity.type === 'message') checkMessage(teams, activity)
  else if (!TRANSIENT.includes(activity.type)) throw new Refusal(400, 'BadSyntax', `Unknown activity type ${activity.type}`)
}

// Where the bot may write.
function checkPlace(teams, place) {
  if (place.blocked) throw blocked('MessageWritesBlocked', 209)
  if (place.kind === 'channel' && place.deleted) throw gone()
  if (place.kind === 'channel' && !place.team.installed) throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.')
  if (place.kind === 'groupChat' && !place.installed) throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.')
  if (place.kind === 'personal' && ![...place.members].every((id) => teams.tenant.users.get(id).installed)) throw blocked('MessageWritesBlocked', 209)
  if (place.notYet > 0) {
    place.notYet--
    throw gone()
  }
}

function find(teams, id) {
  const found = teams.tenant.conversation(id)
  if (!found) throw gone()
  checkPlace(teams, found.place)
  return found
}

const content = ({ text, textFormat, attachments, entities, summary, importance, channelData }) =>
  Object.fromEntries(Object.entries({ text, textFormat, attachments, entities, summary, importance, channelData }).filter(([, v]) => v !== undefined))

function send(teams, place, root, activity) {
  checkActivity(teams, activity)
  if (TRANSIENT.includes(activity.type)) return (teams.typed++, { id: teams.tenant.stampId() })
  return teams.tenant.addMessage(place, { from: teams.tenant.bot, ...(root ? { root } : {}), ...content(activity) })
}

function own(teams, { place, root }, id) {
  const message = place.messages.find((m) => m.id === id && !m.deleted)
  if (!message) throw new Refusal(404, 'ActivityNotFoundInConversation', 'The activity is not in the conversation')
  if (message.from.id !== teams.tenant.bot.id) throw new Refusal(403, 'Forbidden', 'Bots change their own messages alone')
  if (root && message.root !== root) teams.violations.push(`${id} is not in the thread ${root}`)
  return message
}

// ---- conversations ----

function createThread(teams, body) {
  const channel = teams.tenant.channel(body.channelData?.channel?.id ?? '')
  if (!body.channelData?.channel?.id) throw new Refusal(400, 'BadSyntax', 'channelData.channel.id')
  if (!channel || channel.kind !== 'channel') throw gone()
  if (!body.activity) throw new Refusal(400, 'BadSyntax', 'Activity is required to create a thread')
  checkPlace(teams, channel)
  const message = send(teams, channel, undefined, body.activity)
  return [201, { id: `${channel.id};messageid=${message.id}`, activityId: message.id, serviceUrl: teams.serviceUrl }]
}

function createTalk(teams, body) {
  if (body.members?.length !== 1) throw new Refusal(400, 'BadSyntax', 'Incorrect conversation creation parameters')
  const user = teams.tenant.users.get(body.members[0].id) ?? [...teams.tenant.users.values()].find((u) => u.aadObjectId === body.members[0].id)
  if (!user) throw new Refusal(404, 'UserNotFound', 'The user is not in the tenant')
  if (!user.installed) throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not installed in user\'s personal scope')
  const talk = teams.tenant.talk(user.id)
  if (body.activity) send(teams, talk, undefined, body.activity)
  return [201, { id: talk.id }]
}

function create(teams, _, body) {
  const tenant = body.tenantId ?? body.channelData?.tenant?.id
  if (tenant !== teams.tenant.id) throw new Refusal(403, 'Unauthorized', 'Tenant is required')
  if (body.bot?.id && body.bot.id !== teams.tenant.bot.id) throw new Refusal(403, 'Unauthorized', 'Another bot')
  return body.isGroup ? createThread(teams, body) : createTalk(teams, body)
}

function reply(teams, [conversation, activity], body) {
  const found = find(teams, conversation)
  if (activity && !found.place.messages.some((m) => m.id === activity)) throw new Refusal(404, 'ActivityNotFoundInConversation')
  const message = send(teams, found.place, found.root ?? (activity && found.place.kind === 'channel' ? activity : undefined), body)
  return [201, { id: message.id }]
}

function edit(teams, [conversation, id], body) {
  const message = own(teams, find(teams, conversation), id)
  checkActivity(teams, body)
  message.revisions.push({ text: message.text, attachments: message.attachments })
  for (const name of ['text', 'attachments', 'entities', 'summary']) delete message[name]
  Object.assign(message, content(body))
  message.shownTo.clear()
  return [200, { id }]
}

function remove(teams, [conversation, id]) {
  own(teams, find(teams, conversation), id).deleted = true
  return [200]
}

// ---- people, teams ----

// As Teams sends it: the Entra id is called objectId.
const account = ({ aadObjectId, ...user }) => ({ ...user, objectId: aadObjectId })
const membersOf = (teams, place) => [...place.members].map((id) => teams.tenant.users.get(id))

function member(teams, [conversation, id]) {
  const { place } = find(teams, conversation)
  const user = teams.tenant.findUser(id)
  if (!user || !place.members.has(user.id)) throw new Refusal(404, 'MemberNotFoundInConversation', 'Member not found in conversation.')
  return [200, account(user)]
}

function paged(teams, [conversation], _, query) {
  const all = membersOf(teams, find(teams, conversation).place)
  const size = Math.min(500, Math.max(50, Number(query.get('pageSize') ?? 200)))
  const from = Number(query.get('continuationToken') ?? 0)
  const more = from + size < all.length
  return [200, { members: all.slice(from, from + size).map(account), ...(more ? { continuationToken: String(from + size) } : {}) }]
}

function teamOf(teams, id) {
  const team = teams.tenant.teams.get(id)
  if (!team) throw new Refusal(404, 'TeamNotFound', 'Team not found')
  if (!team.installed) throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.')
  return team
}

function team(teams, [id]) {
  const { name, aadGroupId, tenantId, channels, members } = teamOf(teams, id)
  return [200, { id, name, aadGroupId, tenantId, type: 'standard', channelCount: channels.size, memberCount: members.size }]
}

function channels(teams, [id]) {
  const all = [...teamOf(teams, id).channels.values()].filter((c) => !c.deleted)
  return [200, { conversations: all.map((c) => ({ id: c.id, type: c.type, ...(c.id === id ? {} : { name: c.name }) })) }]
}

export const calls = {
  create: ['POST', '/v3/conversations', create],
  send: ['POST', '/v3/conversations/{}/activities', reply],
  reply: ['POST', '/v3/conversations/{}/activities/{}', reply],
  edit: ['PUT', '/v3/conversations/{}/activities/{}', edit],
  delete: ['DELETE', '/v3/conversations/{}/activities/{}', remove],
  members: ['GET', '/v3/conversations/{}/members', (teams, [id]) => [200, membersOf(teams, find(teams, id).place).map(account)]],
  member: ['GET', '/v3/conversations/{}/members/{}', member],
  paged: ['GET', '/v3/conversations/{}/pagedmembers', paged],
  team: ['GET', '/v3/teams/{}', team],
  channels: ['GET', '/v3/teams/{}/conversations', channels],
}
