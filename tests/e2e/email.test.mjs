// E-mail through real servers: OpenSMTPD and Dovecot, read by mailparser, written by nodemailer.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MailRig, Proxy, withMail } from './mail_rig.mjs'
import { Person, Tocsin, build, needs, run, textOf, until } from './support.mjs'

const SECRET = 'a secret of the end-to-end tests'
const VOUCHED = { 'Authentication-Results': 'mx.example.com; dkim=pass header.d=acme.example' } // our server would add it
const PIPE = 'another one, for the pipe'

const settings = (rig, more = '') => `
    email = {
      address = "incidents@example.com", name = "Example Support", secret = "${SECRET}",
      smtp = "127.0.0.1:${rig.ports.submission}", imap = "127.0.0.1:${rig.ports.imaps}",
      user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem",
      customers = { acme = "ops@acme.example", gone = "nobody@gone.example" }, channels = { incidents = "oncall@lists.example.com" },
      domains = { "example.com" }, authserv = "mx.example.com", pipe_key = "${PIPE}",
      attachments = "data/attachments",
      public_url = "https://tocsin.example.com/connector/email",${more}
    },`

// A Tocsin with the console and e-mail, and Ana in the console.
async function setUp(t, more, given) {
  const rig = given ?? (await MailRig.start(t))
  const tocsin = await Tocsin.create({ change: (text) => text.replace('connectors = {', 'connectors = {' + settings(rig, more?.(rig))) })
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  await until(`the connector\n${tocsin.log}`, async () => (await tocsin.api('/connectors')).connectors?.some((c) => c.name === 'email' && c.state === "running"))
  if (!/imap = ""/.test(more?.(rig) ?? '')) await until('the mailbox to be open', () => /reads the mailbox from now on/.test(tocsin.log), 60_000)
  return { rig, tocsin, ana }
}

// The connector sends through a proxy that can hold back what passes.
async function setUpBehindProxy(t) {
  const rig = await MailRig.start(t)
  const proxy = await Proxy.start(t, rig.ports.smtp)
  const world = await setUp(t, () => ` smtp = "127.0.0.1:${proxy.port}", smtp_tls = "none", user = "", password = "", imap = "",`, rig)
  return { ...world, proxy }
}

// Declares an incident that affects Acme, and tells them something.
async function tell(ana, tocsin, text) {
  const number = (await tocsin.incidents()).length + 1
  ana.say('/inc declare checkout is slow --customer acme')
  const room = await until('its room', async () =>
    (await tocsin.incident(`INC-${number}`))?.channels?.find((c) => c.connector === 'console')?.channel)
  ana.join(room)
  await say(ana, number, text)
  return number
}

async function say(ana, number, text, customer = 'acme') {
  const before = ana.messages.length
  ana.say(`/inc INC-${number} tell ${customer} ${text}`)
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
  await rig.send({ headers: VOUCHED, from: 'Hank <ops@acme.example>', to: mail.replyTo.value[0].address, subject: `Re: ${mail.subject}`,
    inReplyTo: mail.messageId, references: [...[mail.references].flat(), mail.messageId],
    text: 'Still slow for us.\n\nOn Mon, Nov 3, 2025 at 9:12 AM Example Support <incidents@example.com> wrote:\n> We see it',
    attachments: [{ filename: 'trace.log', content: 'x'.repeat(5000) }] })
  const sent = Date.now()
  await ana.sees('the answer', (m, text) => /^Hank of acme replied\n/.test(text) && text.includes('Still slow for us. — trace.log (5 kB)'))
  assert.ok(Date.now() - sent < 2000, `it took ${Date.now() - sent} ms from delivery, ${Date.now() - from} ms in all`)
  assert.ok(!ana.find((m, text) => text.includes('> We see it')))
  const kept = / in (\/\S+\/data\/attachments\/\S+)/.exec((await tocsin.timeline(`INC-${number}`)).map((e) => e.text).join('\n'))?.[1]
  assert.ok(kept, 'where the attachment is kept')
  assert.equal((await readFile(kept, 'utf8')).trim(), 'x'.repeat(5000))
  assert.equal((await stat(kept)).mode & 0o777, 0o600)

  await say(ana, number, 'It is fixed.')
  const [, second] = await rig.receives('ops', 2)
  assert.equal(second.subject.replace(/^Re: /, ''), mail.subject.replace(/^Re: /, ''))
  assert.ok([second.references].flat().some((id) => [mail.references].flat().includes(id)), 'one thread')
  assert.notEqual(second.messageId, mail.messageId)
})

// An incident that affects these customers, and a message to all of them that waits; `routes` as in a CSV file.
async function affectMany({ rig, tocsin, ana }, keys, routes) {
  const csv = join(rig.directory, 'customers.csv')
  await writeFile(csv, 'key,name,routes\n' + keys.map((key) => `${key},Customer ${key},${routes(key)}`).join('\n') + '\n')
  const imported = await tocsin.tocsin('customers', 'import', csv)
  assert.equal(imported.code, 0, imported.err)
  ana.say('/inc declare checkout is slow')
  const room = await until('its room', async () => (await tocsin.incident('INC-1'))?.channels?.find((c) => c.connector === 'console')?.channel)
  ana.join(room)
  ana.say(`/inc INC-1 customers add ${keys.join(', ')}`)
  await ana.sees('those affected', (m, text) => text.includes(`${keys.length} customers`) || text.includes(keys.at(-1)))
  ana.say('/inc INC-1 draft all We see it, {{customer}}.')
  await ana.sees('the draft', (m, text) => /approve 1` sends it/.test(text))
  return async () => (await tocsin.incident('INC-1'))?.drafts?.[0]?.reach
}

test('a message to many is counted; a bounce goes by the next route; who unsubscribes is written to no more', withMail, async (t) => {
  const world = await setUp(t)
  const { rig, tocsin, ana } = world
  const keys = Array.from({ length: 30 }, (_, i) => `c${i}`)
  const reach = await affectMany(world, keys, (key) => key === 'c7' ? 'email nobody@gone.example; email second@globex.example'
    : key === 'c8' ? 'email nobody2@gone.example' : `email ${key}@globex.example`)
  ana.say('/inc INC-1 approve 1')
  await until('all of them to be known', async () => { const r = await reach(); return r && r.told === 29 && r.bounced === 1 && r }, 60_000)
  const [mail] = await rig.receives('second', 1)
  assert.match(mail.text, /We see it, Customer c7\./)
  await ana.sees('what it reached', (m, text) => /Message 1 reached \d+ of 30 customers/.test(text))
  await ana.sees('the next route', (m, text) => /Customer c7.*could not be delivered[^]*Trying second@globex\.example on email/.test(text))
  ana.say('/inc INC-1 recipients 1 bounced')
  await ana.sees('who was not told', (m, text) => /Customer c8.*nobody2@gone\.example on email.*bounced/.test(text))
  assert.ok(!(await tocsin.timeline('INC-1')).some((e) => /was told via/.test(e.text)), 'thirty are one line')

  await rig.receives('c3', 1)
  const head = rig.files('c3')[0].toString('latin1').split('\r\n\r\n')[0].replace(/\r?\n[ \t]+/g, ' ')
  assert.match(head, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m)
  const url = /^List-Unsubscribe: .*<(https:[^>]+)>/m.exec(head)[1]
  const clicked = await fetch(url.replace('https://tocsin.example.com', tocsin.url), { method: 'POST', body: 'List-Unsubscribe=One-Click',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
  assert.equal(clicked.status, 200)
  await ana.sees('that they unsubscribed', (m, text) => /Customer c3 unsubscribed from our messages/.test(text))
  ana.say('/inc customer c3')
  await ana.sees('their wish', (m, text) => /no contact|no-contact/.test(text) && /Customer c3/.test(text))
})

test('kill -9 of the daemon in the middle of a message to many: each gets it once', withMail, async (t) => {
  const world = await setUp(t)
  const { rig, tocsin, ana } = world
  const keys = Array.from({ length: 80 }, (_, i) => `d${i}`)
  const reach = await affectMany(world, keys, (key) => `email ${key}@globex.example`)
  ana.say('/inc INC-1 approve 1')
  const arrived = () => keys.filter((key) => rig.files(key).length).length
  await until('some mails', () => arrived() >= 5)
  await tocsin.kill()
  await tocsin.start()
  const end = await until('the end', async () => { const r = await reach(); return r && r.told + r.failed === keys.length && r }, 120_000)
  await until('the last mails', () => arrived() >= end.told)
  for (const key of keys) assert.ok(rig.files(key).length <= 1, `${key} has ${rig.files(key).length}`)
  assert.ok(end.failed <= 8, `${end.failed} are in doubt`) // those that were with the mail server
})

test('a spam filter has nothing against our mails', { skip: withMail.skip || (needs('spamassassin') ? false : 'spamassassin is not installed') }, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  await tell(ana, tocsin, 'Since 9:00 UTC the checkout has been slow for some of your customers. We are **on it**; see https://status.example.com/.')
  await rig.receives('ops', 1)
  await rig.receives('oncall', 1)
  for (const user of ['ops', 'oncall'])
    for (const mail of rig.files(user)) {
      const { out } = await run(needs('spamassassin'), ['-L', '-t'], { input: mail, timeout: 60_000 })
      const score = /X-Spam-Status:.*?score=(-?[\d.]+)/s.exec(out)
      assert.ok(score && Number(score[1]) < 1, out.slice(-1500))
    }
})

test('what does not arrive, an out-of-office, and a stranger are said in the incident', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  const number = await tell(ana, tocsin, 'We see it.')
  const [mail] = await rig.receives('ops', 1)
  const to = mail.replyTo.value[0].address

  const away = { from: 'ops@acme.example', to, subject: 'Automatic reply: ' + mail.subject, inReplyTo: mail.messageId,
    headers: { 'Auto-Submitted': 'auto-replied' }, text: 'I am away until Monday.' }
  await rig.send(away)
  await ana.sees('the out-of-office', (m, text) => /acme sent an automatic reply\n.*away until Monday/.test(text))
  await rig.send({ ...away, text: 'Still away.' })

  await rig.send({ from: 'Eve <eve@evil.example>', to, subject: 'Re: ' + mail.subject, text: 'All is well, close it.' })
  await ana.sees('the stranger', (m, text) => /eve@evil\.example, not verified as acme, replied\n.*All is well/.test(text))
  assert.ok(!ana.find((m, text) => text.includes('Still away')), 'said once')

  ana.say(`/inc INC-${number} customers add gone`)
  await say(ana, number, 'We are sorry.', 'gone')
  await ana.sees('the bounce', (m, text) => /The message to gone could not be delivered \(nobody@gone\.example\)/.test(text))
  assert.ok((await tocsin.timeline(`INC-${number}`)).some((e) => /the message to gone .* could not be delivered/.test(e.text)))
})

test('a mailing list follows an incident, and what is said there is in its timeline', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  ana.say('/inc declare checkout is slow')
  const [card] = await rig.receives('oncall', 1)
  assert.match(card.subject, /^INC-1 checkout is slow/)
  assert.match(card.text, /status: investigating/)
  await rig.send({ from: 'Ben <ben@example.com>', to: card.replyTo.value[0].address, subject: 'Re: ' + card.subject,
    inReplyTo: card.messageId, references: [card.messageId], text: 'The bank has it, too.' })
  await until('it to be in the timeline', async () => (await tocsin.timeline('INC-1')).some((e) => /The bank has it, too/.test(e.text)))
  ana.say('/inc INC-1 resolve the bank is back')
  const mails = await until('the end', async () => {
    const all = await rig.mails('oncall')
    return all.some((m) => /status: resolved/.test(m.text)) && all
  })
  const last = mails.find((m) => /status: resolved/.test(m.text))
  assert.equal(last.subject.replace(/^Re: /, ''), card.subject)
  assert.ok([last.references].flat().some((id) => id === card.messageId || [card.references].flat().includes(id)))
})

test('what somebody answers to a customer\'s words on a mailing list is a draft', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  await writeFile(join(tocsin.directory, 'policy/rooms.lua'), 'on("declared", "open-channel", false)')
  assert.equal((await tocsin.tocsin('policy', 'reload')).code, 0)
  ana.say('/inc declare checkout is slow --customer acme')
  await until('the incident', () => tocsin.incident('INC-1'))
  await say(ana, 1, 'We see it.')
  const [ours] = await rig.receives('ops', 1)
  await rig.send({ headers: VOUCHED, from: 'Hank <ops@acme.example>', to: ours.replyTo.value[0].address, subject: 'Re: ' + ours.subject,
    inReplyTo: ours.messageId, text: 'Still slow for us.' })
  const theirs = await until('their words on the list', async () => (await rig.mails('oncall')).find((m) => /Still slow for us/.test(m.text)))
  assert.match(theirs.text, /Answer with INC-1 tell acme …, which makes a draft/)

  const answer = { headers: { 'Authentication-Results': 'mx.example.com; dkim=pass header.d=example.com' }, from: 'Ben <ben@example.com>', to: theirs.replyTo.value[0].address, subject: 'Re: ' + theirs.subject, inReplyTo: theirs.messageId,
    references: [...[theirs.references ?? []].flat(), theirs.messageId], text: 'The bank is nearly back.\n\nOn Mon, Nov 3, 2025 at 9:12 AM Example Support <incidents@example.com> wrote:\n> Still slow for us.' }
  await rig.send(answer)
  await ana.sees('a draft', (m, text) => /^Message 2 to acme\n/.test(text) && text.endsWith('The bank is nearly back.'))
  await until('the list to be told', async () => (await rig.mails('oncall')).some((m) => /Nothing was sent to acme: this is a draft/.test(m.text)))
  assert.equal((await rig.mails('ops')).length, 1)
})

test('one of us commands by mail where our server vouches for the domain, and is answered', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t)
  ana.say('/inc declare checkout is slow')
  await until('the incident', () => tocsin.incident('INC-1'))
  const command = (from, results, text) => rig.send({ envelope: { from, to: 'incidents@example.com' }, raw:
    `${results}From: ${from}\r\nTo: incidents@example.com\r\nSubject: x\r\nMessage-ID: <${Math.random()}@example.com>\r\n\r\n${text}\r\n` })
  await command('eve@example.com', '', 'INC-1 sev critical')
  await command('ben@example.com', 'Authentication-Results: mx.example.com; dkim=pass header.d=example.com\r\n', 'INC-1 fix')
  await until('the command', async () => (await tocsin.incident('INC-1')).status === 'fixing')
  assert.equal((await tocsin.incident('INC-1')).severity, 'minor')
  await rig.receives('ben', 1)
})

test('a mail server hands mails in through tocsin mail', withMail, async (t) => {
  const { rig, tocsin, ana } = await setUp(t, () => ' imap = "",')
  await tell(ana, tocsin, 'We see it.')
  const [mail] = await rig.receives('ops', 1)
  const hand = (text, ...args) => run(join(build, 'tocsin'), ['--config', tocsin.config, 'mail', ...args], { input: text })
  const from = `Authentication-Results: ${VOUCHED['Authentication-Results']}\nFrom: ops@acme.example\nTo: ${mail.replyTo.value[0].address}\nSubject: Re\n`
  assert.deepEqual(await hand(`${from}\nIt works.\n`), { code: 0, out: '', err: '' })
  await ana.sees('the answer', (m, text) => /^acme replied\nIt works/.test(text))

  const big = Buffer.alloc(3_000_000, 7).toString('base64').replace(/.{76}/g, '$&\n')
  const large = `${from}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the dump.\n--b\nContent-Type: application/zip; name=dump.zip\nContent-Transfer-Encoding: base64\n\n${big}\n--b\nContent-Type: image/png; name=last.png\nContent-Transfer-Encoding: base64\n\neHh4\n--b--\n`
  assert.equal((await hand(large)).code, 0)
  await ana.sees('the large one', (m, text) => /See the dump\. — dump\.zip, last\.png/.test(text))

  const empty = await hand('')
  assert.equal(empty.code, 1)
  assert.match(empty.err, /no mail on standard input/)
  const wrong = await hand(`${from}\nx\n`, '--connector', 'other')
  assert.equal(wrong.code, 75)
  assert.match(wrong.err, /no `pipe_key` for the connector 'other'/)
  await tocsin.stop()
  assert.equal((await hand(`${from}\nx\n`)).code, 75, 'the mail server tries again')
})

test('kill -9 of the runner in the middle of a mail: it is sent once, or a person is asked', withMail, async (t) => {
  const { rig, tocsin, ana, proxy } = await setUpBehindProxy(t)
  const killRunner = async () => {
    for (const pid of tocsin.runners())
      if ((await readFile(`/proc/${pid}/maps`, 'utf8')).includes('plugins/email.so')) process.kill(pid, 'SIGKILL')
    const restarted = await tocsin.tocsin('connector', 'restart', 'email')
    assert.equal(restarted.code, 0, restarted.err)
  }
  proxy.hold = 'before'
  const number = await tell(ana, tocsin, 'Held before the end.')
  await until('the mail to be held', () => proxy.held)
  proxy.release()
  await killRunner()
  await rig.receives('ops', 1)
  await ana.sees('that they were told', (m, text) => /acme was told via email/.test(text))

  proxy.hold = 'after'
  await say(ana, number, 'Held after the end.')
  await rig.receives('ops', 2)
  await until('the answer to be held', () => proxy.held)
  proxy.release()
  await killRunner()
  const asked = await ana.sees('the question', (m, text) => /may have been sent/.test(text))
  assert.equal(rig.files('ops').length, 2)
  ana.say(`/inc ${/(actions again \d+)/.exec(textOf(asked))[1]}`)
  const mails = await rig.receives('ops', 3)
  assert.equal(mails[1].messageId, mails[2].messageId, 'a mailbox can tell that it is the same')
})

test('only new mail of a large mailbox is read, also after it was numbered anew', withMail, async (t) => {
  const rig = await MailRig.start(t)
  rig.fill('incidents', 50_000)
  const { tocsin, ana } = await setUp(t, undefined, rig)
  const from = Date.now()
  await rig.send({ from: 'it@globex.example', to: 'incidents@example.com', subject: 'first', text: 'one' })
  await ana.sees('the first', (m, text) => /first/.test(text) && /one/.test(text), 60_000)
  assert.ok(!ana.find((m, text) => /old mail/.test(text)), `after ${Date.now() - from} ms`)

  await tocsin.stop()
  await rig.renumber('incidents')
  await rig.send({ from: 'it@globex.example', to: 'incidents@example.com', subject: 'second', text: 'two' })
  await tocsin.start()
  await ana.enterAgain()
  await ana.sees('the second', (m, text) => /second/.test(text) && /two/.test(text), 60_000)
  assert.equal(ana.messages.filter((m) => /\bone\b/.test(textOf(m)) && m.room === 'incidents').length, 1, 'none twice')
  assert.ok(!ana.find((m, text) => /old mail/.test(text)))
})

test('what is wrong with a server is said in words', withMail, async (t) => {
  const { rig, tocsin } = await setUp(t)
  const says = async (from, to, expected) => {
    const text = await readFile(tocsin.config, 'utf8')
    await writeFile(tocsin.config, text.replace(from, to))
    await tocsin.tocsin('reload')
    let said
    await until(`${expected}`, async () => expected.test((said = (await tocsin.tocsin('connector', 'check', 'email')).err)))
    await writeFile(tocsin.config, text)
    assert.ok(!said.includes('"secret"'))
  }
  await says('password = "secret"', 'password = "wrong"', /refuses the login; check `user`, `password` or `token`/)
  await says(/, ca_file = "[^"]*"/, '', /its certificate is not valid for this name, or signed by nobody known here/)
  await says(`smtp = "127.0.0.1:${rig.ports.submission}"`, `smtp = "127.0.0.1:${rig.ports.smtp}"`, /does not offer STARTTLS/)
  await says(`imap = "127.0.0.1:${rig.ports.imaps}"`, 'imap = "127.0.0.1:1"', /IMAP, 127\.0\.0\.1:1: nothing answers there; check `imap`/)
})
