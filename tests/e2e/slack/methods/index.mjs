// The Web API's methods: name -> [the scope it needs, what it does]. { ok: true } is added to each answer.
import { chat } from './chat.mjs'
import { conversations } from './conversations.mjs'
import { files } from './files.mjs'
import { marks } from './marks.mjs'
import { people } from './people.mjs'
import { views } from './views.mjs'

const app = {
  'auth.test': [null, (slack) => ({ url: `https://${slack.workspace.domain}.slack.com/`, team: 'Tocsin', team_id: slack.workspace.team, user: 'tocsin',
    user_id: slack.workspace.bot.id, bot_id: slack.workspace.botId, is_enterprise_install: false })],
  'apps.connections.open': ['connections:write', (slack) => ({ url: slack.inbound.ticket() })],
}

export const methods = { ...app, ...chat, ...conversations, ...files, ...marks, ...people, ...views }
