// What the tests against the fake Slack share: a workspace with a Tocsin of its own, and what people see there.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSlack } from './server.mjs'
import { SlackPerson } from './person.mjs'
import { Tocsin, until } from '../support.mjs'

// A workspace with people, and a Tocsin whose Slack connector is connected to it. `before`: what is done before it starts.
export async function together(t, way = 'sockets', { connector = '', change = (text) => text, limits = {}, policy, before, announce = true } = {}) {
  const slack = await startSlack()
  const w = slack.workspace
  const ana = new SlackPerson(slack, { name: 'Ana María', email: 'ana@example.com', tz: 'Europe/Madrid' })
  const ben = new SlackPerson(slack, { name: 'Ben', email: 'ben@example.com' })
  if (announce) w.addChannel('incidents', { creator: ana.id, members: [ana.id, ben.id, w.bot.id] })
  w.addChannel('general', { creator: ana.id, members: [ana.id, ben.id] })
  const secret = way === 'sockets' ? `app_token = "${slack.appToken}"` : `signing_secret = "${slack.signingSecret}"`
  // The connector has no rate limits of its own, unless a test names some or wants the shipped ones.
  const kinds = ['post', 'page', 'edit', 'pin', 'channel.open', 'channel.topic', 'channel.invite', 'channel.bookmark']
  const kept = kinds.map((k) => `["${k}"] = "${limits[k] ?? 'none'}"`).join(', ')
  const rates = limits === 'shipped' ? '' : `limits = { ${kept} },`
  const settings = `slack = { ${rates} token = "${slack.botToken}", ${secret}, api_url = "${slack.apiUrl}", ${connector} },`
  const tocsin = await Tocsin.create({ change: (text) => change(text.replace('connectors = {', `connectors = {\n    ${settings}`)) })
  if (policy) await writeFile(join(tocsin.directory, 'policy', 'pages.lua'), policy({ ana, ben }))
  t.after(async () => {
    await tocsin.remove()
    await slack.stop()
  })
  await before?.(tocsin, w)
  await tocsin.start()
  if (way === 'sockets') await until('sockets to be open', () => slack.inbound.sockets.length >= 2)
  else slack.inbound.requestUrl = `${tocsin.url}/connector/slack`
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/slack +running/))
  return { slack, tocsin, ana, ben, w }
}

export const textOf = (m) => [m.text, ...(m.blocks ?? []).flatMap((b) => [b.text?.text, ...(b.fields ?? []).map((f) => f.text), ...(b.elements ?? []).map((e) => e.text?.text ?? e.text)])].filter(Boolean).join('\n')
export const labels = (m) => (m.blocks ?? []).flatMap((b) => b.elements ?? []).map((e) => e.text?.text)
// Presses a button of a message once it is there.
export const press = async (person, channel, message, label) => {
  await until(`a button ${label}`, () => labels(message).includes(label))
  return person.press(channel, message, label)
}
export const sees = (slack, channel, what, more = () => true, patience = undefined) =>
  until(`${what} in ${channel}`, () => slack.messages(slack.channel(channel)?.id).find((m) => textOf(m).match(what) && more(m)), patience).catch((error) => {
    throw new Error(`${error.message}\nseen:\n${slack.messages(slack.channel(channel)?.id).map(textOf).join('\n--\n')}\ncalls:\n${slack.log.slice(-30).map((l) => `${l.method} ${JSON.stringify(l.answer)?.slice(0, 100)}`).join('\n')}\n${slack.violations}`)
  })
