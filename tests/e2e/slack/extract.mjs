// Makes methods.json, which the fake Slack checks requests against, from Slack's published description of its Web API.
//
//   node tests/e2e/slack/extract.mjs slack_web_openapi_v2.json > tests/e2e/slack/methods.json
//
// It keeps names, types, required arguments and error codes: facts, and none of the prose.
import { readFileSync } from 'node:fs'

const wanted = `auth.test chat.postMessage chat.postEphemeral chat.update chat.delete chat.getPermalink
  conversations.create conversations.archive conversations.unarchive conversations.rename conversations.invite
  conversations.join conversations.kick conversations.leave conversations.info conversations.list conversations.members
  conversations.history conversations.replies conversations.open conversations.setTopic conversations.setPurpose
  pins.add pins.list pins.remove reactions.add reactions.get reactions.remove users.info users.list users.lookupByEmail files.info
  usergroups.create usergroups.enable usergroups.list usergroups.users.list usergroups.users.update views.open views.push views.update
  views.publish team.info`.split(/\s+/)

// Newer than that description; from the types of @slack/web-api.
const newer = {
  'apps.connections.open': { args: {}, required: [], errors: ['invalid_auth', 'not_allowed_token_type'] },
  'bookmarks.add': { args: { channel_id: 'string', title: 'string', type: 'string', link: 'string', emoji: 'string' },
    required: ['channel_id', 'title', 'type'], errors: ['channel_not_found', 'invalid_link', 'too_many_bookmarks'] },
  'bookmarks.edit': { args: { channel_id: 'string', bookmark_id: 'string', title: 'string', link: 'string', emoji: 'string' },
    required: ['channel_id', 'bookmark_id'], errors: ['channel_not_found', 'not_found', 'invalid_link'] },
  'bookmarks.list': { args: { channel_id: 'string' }, required: ['channel_id'], errors: ['channel_not_found'] },
  'files.completeUploadExternal': { args: { files: 'string', channel_id: 'string', channels: 'string', thread_ts: 'string', initial_comment: 'string', blocks: 'string' },
    required: ['files'], errors: ['file_not_found', 'channel_not_found', 'not_in_channel'] },
  'files.getUploadURLExternal': { args: { filename: 'string', length: 'integer', alt_text: 'string', snippet_type: 'string' }, required: ['filename', 'length'],
    errors: ['file_upload_size_restricted'] },
  'bookmarks.remove': { args: { channel_id: 'string', bookmark_id: 'string' }, required: ['channel_id', 'bookmark_id'],
    errors: ['channel_not_found', 'not_found'] },
}
const newerArguments = {
  'chat.postMessage': { metadata: 'string', markdown_text: 'string' }, 'chat.update': { markdown_text: 'string', metadata: 'string', reply_broadcast: 'boolean' },
  'conversations.history': { include_all_metadata: 'boolean' }, 'conversations.replies': { include_all_metadata: 'boolean' },
  'conversations.create': { team_id: 'string' }, 'conversations.invite': { force: 'boolean' }, 'conversations.list': { team_id: 'string' },
  'users.list': { team_id: 'string' }, 'team.info': { domain: 'string' },
}

const paths = JSON.parse(readFileSync(process.argv[2], 'utf8')).paths
const methods = { ...newer }
for (const name of wanted) {
  const operation = Object.values(paths[`/${name}`])[0]
  const json = operation.consumes.includes('application/json')
  const parameters = operation.parameters.filter((p) => p.name !== 'token')
  methods[name] = {
    args: { ...Object.fromEntries(parameters.map((p) => [p.name, p.type ?? 'string'])), ...newerArguments[name] },
    ...(json ? {} : { json }),
    required: parameters.filter((p) => p.required).map((p) => p.name),
    errors: operation.responses.default?.schema?.properties?.error?.enum ?? [],
  }
}
const sorted = Object.fromEntries(Object.keys(methods).sort().map((name) => [name, methods[name]]))
console.log('{\n' + Object.entries(sorted).map(([name, m]) => `${JSON.stringify(name)}: ${JSON.stringify(m)}`).join(',\n') + '\n}')
