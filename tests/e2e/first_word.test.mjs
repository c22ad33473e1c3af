// From an error to the customer's mailbox and back, through real servers, while tocsind and the connectors are killed: each step
// happens once. FIRST_WORD_KILLS says how often; `make check-long` takes 200.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { killDaemon, killRunner } from './kills.mjs'
import { MailRig, withMail } from './mail_rig.mjs'
import { Person, Tocsin, sleep, textOf, throwError, until, withSdk } from './support.mjs'

const KILLS = Number(process.env.FIRST_WORD_KILLS ?? 12)
const TRY_AGAIN = 8_000 // a person who sees nothing happen for so long does it again
const EARLY = 'we are looking into it now'
const VOUCHED = { 'Authentication-Results': 'mx.example.com; dkim=pass header.d=acme.example' }

const settings = (rig) => `
    email = {
      address = "incidents@example.com", name = "Example Support", secret = "a secret of the end-to-end tests",
      smtp = "127.0.0.1:${rig.ports.submission}", imap = "127.0.0.1:${rig.ports.imaps}",
      user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem",
      domains = { "example.com" }, authserv = "mx.example.com",
    },`

async function setUp(t) {
  const rig = await MailRig.start(t)
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', 'connectors = {' + settings(rig)) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => new Person(tocsin, name).enter()))
  t.after(() => (ana.leave(), ben.leave()))
  for (const fact of ['name Acme GmbH', 'tier gold', 'route email ops@acme.example']) ana.say(`/inc customer Acme ${fact}`)
  await until('the directory', async () => (await tocsin.api('/customers/acme')).routes?.length === 1)
  await until('the mailbox to be open', () => /reads the mailbox from now on/.test(tocsin.log), 60_000)
  return { rig, tocsin, ana, ben, kills: 0, again: new Map() } // again: actions that a person had sent once more, and when
}

// ---- kills ----

const victims = [killDaemon, (w) => killRunner(w, 'email'), killDaemon, (w) => killRunner(w, 'console')]

// At another moment each time: from at once to when all is done.
async function kill(world) {
  if (world.kills >= KILLS) return
  await sleep((world.kills * 37) % 240)
  await victims[world.kills % victims.length](world)
  world.kills++
}

// ---- steps ----

async function told({ tocsin, ana, ben }, error) {
  const last = (await tocsin.incidents())[0]?.name
  const events = last ? await tocsin.timeline(last) : []
  return [error.message, ...[ana, ben].map((p) => `${p.name}: gone ${p.gone}, errors ${p.errors}`),
    ...ana.messages.slice(-20).map((m) => `${m.room} ${m.id} ${textOf(m)}`), ...events.map((e) => JSON.stringify(e)),
    (await tocsin.tocsin('inc', 'actions')).out, tocsin.log.slice(-4000)].join('\n')
}

// A person acts, something is killed, and what was to happen has happened, perhaps because they did it again.
async function step(world, what, act, holds) {
  await act()
  await kill(world)
  for (let tries = 0; ; tries++) {
    try {
      return await until(what, holds, tries < 3 ? TRY_AGAIN : 30_000)
    } catch (error) {
      if (tries === 3) throw new Error(await told(world, error))
      await act()
    }
  }
}

const mailWith = async ({ rig }, text, name = '') =>
  (await rig.mails('ops')).find((m) => m.text.includes(text) && m.subject.includes(name))

const numberIn = (said) => /actions again (\d+)/.exec(said)?.[1]

// It is in the customer's mailbox, by itself or because a person was asked whether to send it again.
async function arrives(world, text, name) {
  const mail = await mailWith(world, text, name)
  if (mail) return mail
  if (!(await world.rig.isIdle())) return // it may be on its way
  if (await mailWith(world, text, name)) return
  const due = (number) => number && !(Date.now() - world.again.get(number) < TRY_AGAIN)
  const asked = world.ana.find((m, said) => /may have been sent/.test(said) && due(numberIn(said)))
  if (!asked) return
  const number = numberIn(textOf(asked))
  world.again.set(number, Date.now())
  world.ana.say(`/inc actions again ${number}`)
}

const draftWith = async ({ tocsin }, name, text) => (await tocsin.incident(name)).drafts?.find((d) => d.text.includes(text))

// One message, written by the one and approved by the other.
async function write(world, name, from, by, text) {
  const draft = await step(world, 'a draft', () => from.say(`/inc ${name} tell Acme ${text}`), () => draftWith(world, name, text))
  return step(world, `the mail '${text}'`, () => by.say(`/inc ${name} approve ${draft.number}`), () => arrives(world, text))
}

async function flow(world, n) {
  const { rig, tocsin, ana, ben } = world
  const name = `INC-${n}`
  await step(world, 'the incident', () => throwError(tocsin.dsn, { type: `Refused${'abcdefghijklmnopqrstuvwxyz'[n]}` }),
    async () => (await tocsin.incidents()).find((i) => i.name === name))
  const card = await ana.sees('its card', (m, text) => m.room === 'incidents' && m.card && text.startsWith(`${name} `))
  const room = await until('its room', async () => (await tocsin.incident(name)).channels?.find((c) => c.connector === 'console')?.channel)
  for (const person of [ana, ben]) person.join(room)

  const early = await step(world, 'the early word', () => ana.press(card, "Tell customers we're on it"),
    () => arrives(world, EARLY, `${name}]`))
  assert.match(early.text, /^Hello Acme GmbH,\n/)

  await step(world, 'it to be major', () => ana.say(`/inc ${name} sev major`), async () => (await tocsin.incident(name)).severity === 'major')
  const draft = await step(world, 'a draft', () => ana.say(`/inc ${name} tell Acme Pay by invoice, case ${n}.`),
    () => draftWith(world, name, `Pay by invoice, case ${n}.`))
  const first = await ana.sees('the draft', (m, text) => m.room === room && m.card && text.includes(`Pay by invoice, case ${n}.`))
  await step(world, 'the second version', () => ben.say(`/inc ${name} redraft ${draft.number} Pay by card again, case ${n}.`),
    async () => (await draftWith(world, name, `Pay by card again, case ${n}.`))?.version === 2)
  ana.press(first, 'Approve')
  await ana.sees('the refusal', (m, text) => /has changed since|changed|version/.test(text) && text.includes('Pay by card again') && m.from === 'tocsin')
  const second = await step(world, 'the mail', () => ana.say(`/inc ${name} approve ${draft.number} 2`), () => arrives(world, `Pay by card again, case ${n}.`))

  const sent = await rig.send({ headers: VOUCHED, from: 'Hank <ops@acme.example>', to: second.replyTo.value[0].address,
    subject: `Re: ${second.subject}`, inReplyTo: second.messageId, references: [...[second.references].flat(), second.messageId],
    text: `It works again in case ${n}.` })
  assert.ok(sent)
  const from = Date.now()
  const quiet = world.kills >= KILLS
  await step(world, 'their answer', () => {}, async () =>
    (await tocsin.timeline(name)).find((e) => e.type === 'replied' && e.text.includes(`It works again in case ${n}.`)))
  if (quiet) assert.ok(Date.now() - from < 2_000, `their answer took ${Date.now() - from} ms`)

  const third = await write(world, name, ben, ana, `Thank you for telling us, case ${n}.`)
  assert.ok([third.references].flat().some((id) => [second.references].flat().includes(id)), 'one thread')
  await write(world, name, ana, ben, `It is over, case ${n}.`)
  await step(world, 'it to be accepted', () => ana.say(`/inc ${name} accept`), async () => (await tocsin.incident(name)).status !== 'triage')
  await step(world, 'it to be resolved', () => ana.say(`/inc ${name} resolve the bank is back`),
    async () => (await tocsin.incident(name)).status === 'resolved')
}

const skip = withMail.skip || withSdk.skip

test(`from an error to the customer's mailbox and back, with ${KILLS} kills`, { skip }, async (t) => {
  const world = await setUp(t)
  let n = 0
  while (world.kills < KILLS || n === 0) await flow(world, ++n)
  await flow(world, ++n) // nothing is killed any more: an answer by mail takes less than two seconds

  const mails = await world.rig.mails('ops')
  const counts = mails.map((m) => `${m.messageId} ${m.text}`).filter((m, i, all) => all.indexOf(m) !== i)
  assert.equal(mails.length, 4 * n, `twice: ${counts}; sent once more: ${[...world.again.keys()]}`)
  assert.equal(new Set(mails.map((m) => m.messageId)).size, mails.length, 'none twice')
  assert.ok(!mails.some((m) => m.text.includes('Pay by invoice')), 'what nobody approved')
  for (let i = 1; i <= n; i++) {
    const events = await world.tocsin.timeline(`INC-${i}`)
    assert.equal(events.filter((e) => e.type === 'replied').length, 1)
    assert.equal(events.filter((e) => e.type === 'approved').length, 4)
  }
  await world.tocsin.stop()
  const verified = await world.tocsin.tocsin('verify')
  assert.equal(verified.code, 0, verified.err)
})
