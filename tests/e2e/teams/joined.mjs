// What the tests against the fake Teams share: a tenant with a Tocsin of its own, and what people see there.
import { cardOf, partsOf, textOfCard } from './cards.mjs'
import { TeamsPerson } from './person.mjs'
import { startTeams } from './server.mjs'
import { Tocsin, until } from '../support.mjs'

export const settingsOf = (teams, more = '', multi = false) => `app_id = "${teams.tenant.app}", secret = "${teams.secret}", ${multi ? `tenants = { "${teams.tenant.id}" }` : `tenant = "${teams.tenant.id}"`},
      service_url = "${teams.serviceUrl}", login_url = "${teams.url}", graph_url = "${teams.graphUrl}", metadata_url = "${teams.metadataUrl}",
      trusted_hosts = { "${teams.url}" }, ${more}`

// A tenant with people and a team, and a Tocsin whose Teams connector serves it.
export async function together(t, { connector = '', change = (text) => text, limits = 'none', team: name, multi = false } = {}) {
  const teams = await startTeams()
  const ana = new TeamsPerson(teams, { name: 'Ana María', email: 'ana@example.com', zone: 'Europe/Madrid' })
  const ben = new TeamsPerson(teams, { name: 'Ben', email: 'ben@example.com' })
  const team = teams.tenant.addTeam('Operations', { members: [ana.id, ben.id] })
  teams.tenant.addChannel(team, 'incidents')
  const kinds = ['post', 'page', 'edit', 'channel.open', 'channel.topic', 'channel.invite', 'channel.archive', 'group.members']
  const rates = limits === 'shipped' ? '' : `limits = { ${kinds.map((k) => `["${k}"] = "none"`).join(', ')} },`
  const settings = `teams = { ${rates} ${settingsOf(teams, `team = "${name ?? team.id}", ${connector}`, multi)} },`
  const tocsin = await Tocsin.create({ change: (text) => change(text.replace('connectors = {', `connectors = {\n    ${settings}`)) })
  t.after(async () => {
    await tocsin.remove()
    await teams.stop()
  })
  await tocsin.start()
  teams.inbound.url = `${tocsin.url}/connector/teams/messages`
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/teams +running/)).catch((error) => {
    throw new Error(`${error.message}\n${tocsin.log}`)
  })
  await ana.install(team.channels.get(team.id))
  return { teams, tocsin, ana, ben, team }
}

export const textOf = (m) => [m.text, cardOf(m) && textOfCard(cardOf(m))].filter(Boolean).join('\n')
export const labels = (m) => (cardOf(m) ? [...partsOf(cardOf(m))].filter((p) => p.type?.startsWith('Action.')).map((a) => a.title) : [])
export const sees = (teams, place, what, more = () => true, patience = undefined) =>
  until(`${what} in ${place.name ?? place}`, () => teams.messages(place).find((m) => textOf(m).match(what) && more(m)), patience).catch((error) => {
    throw new Error(`${error.message}\nseen:\n${teams.messages(place).map(textOf).join('\n--\n')}\ncalls:\n${teams.log.slice(-30).map((l) => `${l.name} ${l.status} ${l.path}`).join('\n')}\n${teams.violations.join('\n')}`)
  })
