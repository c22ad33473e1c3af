// The same incident in Slack, Teams, IRC and the console at once: five hundred messages, edits, deletions and presses from people in all
// four, through kill -9 of each connector, stand in each room once and in the same order.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { IrcPerson, IrcServer, withIrc } from './irc_rig.mjs'
import { textOf as slackText, together } from './slack/joined.mjs'
import { settingsOf, textOf as teamsText } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { startTeams } from './teams/server.mjs'
import { Person, textOf as consoleText, until, withSlack } from './support.mjs'

const ROOM = 'inc-1-checkout-is-slow'
const rates = 'limits = { ["*"] = "none", post = "none", edit = "none", delete = "none", pin = "none", ["channel.open"] = "none", ["channel.topic"] = "none", ["channel.invite"] = "none" }'
const needsAll = { skip: withSlack.skip || withIrc.skip }

// Each chat: say(text) -> its message, edit, delete, and the texts that stand in the room now, in order.
async function fourChats(t) {
  const server = await IrcServer.start(t)
  const teams = await startTeams()
  teams.hearsAll = true
  t.after(() => teams.stop())
  const tea = new TeamsPerson(teams, { name: 'Tea', email: 'tea@example.com' })
  const team = teams.tenant.addTeam('Operations', { members: [tea.id] })
  teams.tenant.addChannel(team, 'incidents')
  const more = `teams = { ${rates}, ${settingsOf(teams, `team = "${team.id}"`)} },
    irc = { server = "127.0.0.1:${server.port}", tls = "none", pace = 0, ${rates}, identity = "nick" },`
  const { slack, tocsin, ana } = await together(t, 'sockets', { change: (text) => text.replace('connectors = {', `connectors = {\n    ${more}`), limits: { delete: 'none' } })
  teams.inbound.url = `${tocsin.url}/connector/teams/messages`
  await until('all to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/running/g)?.length === 4)
  await tea.install(team.channels.get(team.id))
  const cy = await new Person(tocsin, 'Cy').enter()
  t.after(() => cy.leave())
  const ira = await IrcPerson.enter(t, server.port, 'ira')

  await ana.slash('general', 'checkout is slow')
  const channels = await until('four rooms', async () => {
    const { channels } = await tocsin.incident('INC-1')
    return new Set(channels.map((c) => c.connector)).size === 4 && Object.fromEntries(channels.map((c) => [c.connector, c.channel]))
  })
  const channel = slack.channel(ROOM)
  cy.join(ROOM)
  await cy.sees('the card', (m, text) => m.room === ROOM && /checkout is slow/.test(text))
  await ira.join(channels.irc)
  const [base, root] = channels.teams.split(';messageid=')
  const place = teams.tenant.places.get(base)
  const said = []
  const chats = {
    slack: {
      say: async (text) => { const { message, acked } = ana.say(channel, text); await acked; return message },
      edit: (message, text) => ana.edit(channel, message, text),
      delete: (message) => ana.delete(channel, message),
      texts: () => slack.messages(channel.id).filter((m) => !m.deleted && !m.ephemeral).map(slackText),
    },
    teams: {
      say: async (text) => { const { message, answer } = tea.say(place, text, { thread: root, mention: false }); await answer; return message },
      edit: (message, text) => tea.edit(message, text),
      delete: (message) => tea.delete(message),
      texts: () => teams.messages(place).filter((m) => m.root === root && !m.deleted).map(teamsText),
    },
    console: {
      say: async (text) => { cy.say(text, ROOM); await until(`${text} on the console`, () => cy.find((m, x) => m.room === ROOM && x === text)) },
      texts: () => cy.messages.filter((m) => m.room === ROOM).map(consoleText),
    },
    irc: {
      say: async (text) => { said.push(text); ira.say(text, channels.irc) },
      texts: () => [...said, ...ira.messages.filter((m) => m.to === channels.irc).map((m) => m.text.replace(/[\x02\x11\x1d\x1e]/g, ''))],
    },
  }
  return { tocsin, slack, teams, ana, cy, ira, chats, place, root }
}

const runnerOf = (tocsin, name) =>
  until(`a runner of ${name}`, () => tocsin.runners().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').some((word) => word.endsWith(`${name}.so`) || word === name)))
const wordOf = (text) => /(?:^|[ :\n])((?:word|new) \d+)$/.exec(text)?.[1]
const allSaid = async (tocsin) => {
  const events = []
  for (let before = 0; ; before = events[0].version) {
    const page = await tocsin.api(`/incidents/INC-1/timeline?limit=500${before ? `&before=${before}` : ''}`)
    events.unshift(...page.events.reverse())
    if (page.events.length < 500) return events.filter((e) => e.type === 'said')
  }
}

test('five hundred messages from four chats stand in each room once and in order', needsAll, async (t) => {
  const { tocsin, cy, ira, chats } = await fourChats(t)
  const names = Object.keys(chats)
  const now = new Map() // what each message says in the end; undefined: deleted
  const messages = new Map()
  const killed = {}
  for (let i = 0; i < 500; i++) {
    const name = names[i % 4]
    messages.set(i, await chats[name].say(`word ${i}`))
    now.set(i, `word ${i}`)
    const old = i - 8
    if (old >= 0 && i % 4 < 2 && i % 20 < 4) {
      now.set(old, `new ${old}`)
      await chats[name].edit(messages.get(old), `new ${old}`)
    }
    if (old >= 0 && i % 4 < 2 && i % 28 >= 24) {
      now.set(old, undefined)
      await chats[name].delete(messages.get(old))
    }
    if (i % 25 === 20) {
      await chats[names[Math.floor(i / 25) % 4]].say(`!inc update mark ${i}`)
      await until("the update", async () => (await tocsin.timeline("INC-1")).some((e) => e.text.includes(`mark ${i}`)))
    }
    if (i % 60 === 30) {
      const victim = names[Math.floor(i / 60) % 4]
      // IRC keeps nothing for who is away.
      if (victim === 'irc') await until('what was said on IRC', async () => (await allSaid(tocsin)).some((e) => e.text.endsWith(`word ${i - (i % 4) - 1}`)))
      const joins = () => ira.lines.filter((line) => / JOIN :?#inc-1/.test(line)).length
      const before = joins()
      process.kill(await runnerOf(tocsin, victim), 'SIGKILL')
      killed[victim] = (killed[victim] ?? 0) + 1
      if (victim === 'console') await until('the console to be gone', () => cy.gone).then(() => cy.enterAgain())
      if (victim === 'irc') await until('irc to be back', () => joins() > before)
    }
  }
  // What was said on IRC is heard some time later, and until then nothing waits.
  await until('the last word', async () => (await allSaid(tocsin)).some((e) => e.text.endsWith('word 499')))
  await until('everything to be sent', async () => /Everything has been sent/.test((await tocsin.tocsin('inc', 'actions')).out), 60_000).catch(async (error) => {
    throw new Error(`${error.message}\n${(await tocsin.tocsin('inc', 'actions')).out}\n${tocsin.log.slice(-3000)}`)
  })
  const marked = [...Array(20).keys()].map((k) => `mark ${k * 25 + 20}`)
  for (const name of names) {
    const marks = chats[name].texts().filter((text) => !/^!inc|status:/.test(text)).map((text) => /mark \d+/.exec(text)?.[0]).filter(Boolean)
    assert.deepEqual(marks.toSorted(), marked.toSorted(), `${name} is told once of each update, wherever it was given`)
  }
  const said = (await allSaid(tocsin)).map((e) => wordOf(e.text)).filter(Boolean)
  const wanted = [...now.values()].filter(Boolean)
  assert.deepEqual(said.toSorted(), wanted.toSorted(), 'the timeline')
  for (const name of ['slack', 'teams', 'console']) {
    const all = chats[name].texts().map(wordOf).filter(Boolean)
    // Teams and IRC cannot tell what arrived, so what was on its way when their connector was killed may come twice.
    const there = name === 'teams' ? [...new Set(all)] : all
    assert.ok(all.length - there.length <= (killed.teams ?? 0), `teams has ${all.length - there.length} twice, with ${killed.teams} kills`)
    assert.deepEqual(there.toSorted(), wanted.toSorted(), `${name} has each once`)
    const foreign = (list) => list.filter((word) => names[Number(word.split(' ')[1]) % 4] !== name)
    assert.deepEqual(foreign(there), foreign(said), `${name} has the others' in order`)
  }
  const words = chats.irc.texts().filter((text) => !/corrected:/.test(text)).map((text) => /word \d+$/.exec(text)?.[0]).filter(Boolean)
  assert.deepEqual(new Set(words), new Set([...now.keys()].map((i) => `word ${i}`)), 'irc was told of each')
  assert.ok(words.length - 500 <= killed.irc, `irc was told ${words.length} times, with ${killed.irc} kills`)
})
