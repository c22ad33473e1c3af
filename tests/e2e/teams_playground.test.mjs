// Tocsin at Microsoft's own client: a person types and presses in a browser. Pictures of what they see are kept in build/shots.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { Playground, team, withPlayground } from './teams/playground.mjs'
import { Tocsin, until } from './support.mjs'

async function together(t) {
  const [app, tenant] = [randomUUID(), randomUUID()]
  const playground = await Playground.start(t, { app, tenant })
  const { proxy } = playground
  const settings = `teams = { app_id = "${app}", secret = "the secret of a test", tenant = "${tenant}", team = "${team}", service_url = "${playground.serviceUrl}",
    login_url = "${proxy.url}", graph_url = "${proxy.url}/v1.0", metadata_url = "${proxy.metadataUrl}", trusted_hosts = { "${playground.url}" } },`
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', `connectors = {\n    ${settings}`) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  proxy.botUrl = `${tocsin.url}/connector/teams/messages`
  await until('the connector to run', async () => (await tocsin.tocsin('connector', 'list')).out.match(/teams +running/))
  const page = await playground.open()
  return { playground, tocsin, page }
}

test('a person declares, leads, pauses by a form, resumes and resolves in the Agents Playground', withPlayground, async (t) => {
  const { playground, tocsin, page } = await together(t)
  const press = (name) => page.getByRole('button', { name, exact: true }).first().click()
  const status = async () => (await tocsin.incident('INC-1')).status

  await playground.say('declare checkout is slow')
  await page.getByText('INC-1 is open: checkout is slow').waitFor()
  await playground.shot('teams_1_declared')

  await page.getByText('General', { exact: true }).click()
  await page.getByText('INC-1 checkout is slow').waitFor()
  await playground.shot('teams_2_thread')
  await press('I lead')
  await page.getByText('Ana is lead of INC-1').waitFor()
  assert.equal((await tocsin.incident('INC-1')).roles.lead, 'ana')
  await page.getByRole('button', { name: 'I lead', exact: true }).waitFor({ state: 'detached' }) // the card is a new one
  await playground.shot('teams_3_led')

  await press('Pause…')
  await page.getByLabel('Why it has to wait').waitFor()
  await playground.shot('teams_4_form')
  await press('Pause') // the client asks for what is missing
  assert.equal(await status(), 'investigating')
  await page.getByLabel('Why it has to wait').fill('waiting for the bank')
  await page.getByLabel('Until when').fill('for 2h')
  await press('Pause')
  await page.getByText('Ana paused INC-1').waitFor()
  await page.getByText(/paused until .*: waiting for the bank/).waitFor()
  await playground.shot('teams_5_paused')

  await press('Resume')
  await page.getByRole('button', { name: 'Update…' }).waitFor()
  await press('Resolve')
  await until('the end', async () => (await status()) === 'resolved')
  await page.getByRole('button', { name: 'Update…' }).waitFor({ state: 'detached' }) // the card is a last one
  await playground.shot('teams_6_resolved')

  await page.getByText('incidents', { exact: true }).click()
  await page.getByText('INC-1 checkout is slow').first().waitFor() // the announcement
  await page.getByRole('button', { name: 'Update…' }).waitFor({ state: 'detached' })
  await playground.shot('teams_7_announced')
  const failed = playground.proxy.log.filter(({ status }) => status >= 300).map(({ activity, status, body }) => `${activity.type} ${activity.name ?? ''}: ${status} ${body}`)
  assert.deepEqual(failed, [])
})

test('a person mentions Tocsin in a channel, and works in the thread of the incident', withPlayground, async (t) => {
  const { playground, tocsin, page } = await together(t)
  await page.getByText('incidents', { exact: true }).click()
  await page.getByText('Start a new post').waitFor()
  await playground.say('declare checkout is slow', { mention: true })
  await page.getByText('INC-1 is open: checkout is slow').waitFor()
  await playground.shot('teams_8_mentioned')
  await page.getByText('General', { exact: true }).click()
  await page.getByText('INC-1 checkout is slow').waitFor()
  await playground.say('update rolling back to 1.4', { box: 1, mention: true })
  await page.getByText('rolling back to 1.4').nth(1).waitFor() // as they typed it, and as the update
  await until('the update', async () => JSON.stringify(await tocsin.timeline('INC-1')).includes('rolling back to 1.4'))
  await playground.shot('teams_9_updated')
})
