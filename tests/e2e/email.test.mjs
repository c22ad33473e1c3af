// E-mail through real servers: OpenSMTPD and Dovecot, read by mailparser, written by nodemailer.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MailRig, Proxy, withMail } from './mail_rig.mjs'
import { Person, Tocsin, build, run, textOf, until } from './support.mjs'

const SECRET = 'a secret of the end-to-end tests'
const PIPE = 'another one, for the pipe'

const settings = (rig, more = '') => `
    email = {
      address = "incidents@example.com", name = "Example Support", secret = "${SECRET}",
      smtp = "127.0.0.1:${rig.ports.submission}", imap = "127.0.0.1:${rig.ports.imaps}",
      user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem",
      customers = { acme = "ops@acme.example" }, channels = { incidents = "oncall@lists.example.com" },
      domains = { "example.com" }, authserv = "mx.example.com", pipe_key = "${PIPE}",
      public_url = "https://tocsin.example.com/connector/email",${more}
    },`

// A Tocsin with the console and e-mail, and Ana in the console.
async function setUp(t, more) {
  const rig = await MailRig.start(t)
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', 'connectors = {' + settings(rig, more?.(rig))) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await until(`the connector\n${tocsin.log}`, async () => (await tocsin.api('/connectors')).connectors?.some((c) => c.name === 'email' && c.state === "running"))
  return { rig, tocsin, ana }
}

// Declares an incident that affects Acme, and tells them something.
async function tell(ana, tocsin, text) {
  const number = (await tocsin.incidents()).length + 1
  ana.say('/inc declare checkout is slow --customer acme')
  await until('the incident', () => tocsin.incident(`INC-${number}`))
  ana.join(`inc-${number}-checkout-is-slow`)
  await say(ana, number, text)
  return number
}

async function say(ana, number, text) {
  const before = ana.messages.length
  ana.say(`/inc INC-${number} tell acme ${text}`)
  const draft = await ana.sees('the draft', (m, t) => ana.messages.indexOf(m) >= before && /approve \d+` sends it/.test(t))
  ana.say(`/inc INC-${number} ${/(approve \d+)` sends it/.exec(textOf(draft))[1]}`)
}

test('a customer is told by mail, and their answer is in the incident within two seconds', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  const check = await tocsin.tocsin('connector', 'check', 'email')
  assert.equal(check.code, 0, check.err)
  const number = await tell(ana, tocsin, 'We see it, and we are **on it**.')
  const [mail] = await rig.receives('ops', 1)
  assert.equal(mail.from.value[0].address, 'incidents@example.com')
  assert.equal(mail.from.value[0].name, 'Example Support')
  assert.equal(mail.to.value[0].address, 'ops@acme.example')
  assert.match(mail.text, /^We see it, and we are on it\.\n$/)
  assert.match(mail.html, /we are <strong>on it<\/strong>/)
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
  await ana.sees('that they were told', (m, text) => /acme was told via email/.test(text))

  const from = Date.now()
  await rig.send({ from: 'Hank <ops@acme.example>', to: mail.replyTo.value[0].address, subject: `Re: ${mail.subject}`,
    inReplyTo: mail.messageId, references: [...[mail.references].flat(), mail.messageId],
    text: 'Still slow for us.\n\nOn Mon, Nov 3, 2025 at 9:12 AM Example Support <incidents@example.com> wrote:\n> We see it',
    attachments: [{ filename: 'trace.log', content: 'x'.repeat(5000) }] })
  const sent = Date.now()
  await ana.sees('the answer', (m, text) => /acme.*replied/.test(text) && text.includes('Still slow for us. — trace.log (5 kB)'))
  assert.ok(Date.now() - sent < 2000, `it took ${Date.now() - sent} ms from delivery, ${Date.now() - from} ms in all`)
  assert.ok(!ana.find((m, text) => text.includes('> We see it')))

  await say(ana, number, 'It is fixed.')
  const [, second] = await rig.receives('ops', 2)
  assert.equal(second.subject.replace(/^Re: /, ''), mail.subject.replace(/^Re: /, ''))
  assert.ok([second.references].flat().some((id) => [mail.references].flat().includes(id)), 'one thread')
  assert.notEqual(second.messageId, mail.messageId)
})
