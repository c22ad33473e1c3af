// Outages of Slack: what cannot be announced, who is told instead, and what `connector list`, `connector check` and `check` say.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sees, textOf, together } from './slack/joined.mjs'
import { Person, until, withSlack } from './support.mjs'

const alert = (tocsin, title = 'CardDeclined') => tocsin.tocsin('alert', '--service', 'checkout', title)
const slackRow = async (tocsin) => (await tocsin.tocsin('connector', 'list')).out.split('\n').find((l) => l.startsWith('slack'))

async function observer(t, tocsin) {
  const zoe = await new Person(tocsin, 'Zoe').enter()
  t.after(() => zoe.leave())
  return zoe
}

test('a missing announcement channel is found by check, connector check and the log, and told elsewhere', withSlack, async (t) => {
  const { slack, tocsin, ana, ben, w } = await together(t, 'sockets', { announce: false })
  const zoe = await observer(t, tocsin)
  await until('the log to say so', () => /announcements cannot be posted in 'incidents': .*channel_not_found/.test(tocsin.log))
  await zoe.sees('it on the console', (m, text) => /Slack cannot post announcements in incidents/.test(text))
  assert.match(await slackRow(tocsin), /announcements cannot be posted in 'incidents'/)
  const sockets = slack.inbound.sockets.length
  const check = await tocsin.tocsin('check')
  assert.equal(check.code, 1)
  assert.match(check.out, /FAIL +connector slack: announcements cannot be posted in 'incidents': .*channel_not_found/)
  assert.equal(slack.inbound.sockets.length, sockets, 'check opens no connection that takes events')
  const asked = await tocsin.tocsin('connector', 'check', 'slack')
  assert.equal(asked.code, 1)
  assert.match(asked.err, /announcements cannot be posted in 'incidents'/)
  await alert(tocsin)
  await sees(slack, 'inc-1', /Slack could not announce this in 'incidents'/)
  await zoe.sees('the announcement on the console', (m, text) => m.room === 'incidents' && /INC-1 CardDeclined/.test(text))
  w.addChannel('incidents', { creator: ana.id, members: [ana.id, ben.id, w.bot.id] })
  assert.equal((await tocsin.tocsin('connector', 'check', 'slack')).code, 0)
  assert.match((await tocsin.tocsin('check')).out, /ok +connector slack/)
})

test('an archived channel and a private one that the app is not in are found too', withSlack, async (t) => {
  const { tocsin, slack, ana, w } = await together(t)
  await ana.archive('incidents')
  assert.match((await tocsin.tocsin('check')).out, /FAIL +connector slack: .*archived/)
  slack.channel('incidents').is_archived = false
  assert.match((await tocsin.tocsin('check')).out, /ok +connector slack/)
  slack.channel('incidents').is_private = true
  slack.channel('incidents').members.delete(w.bot.id)
  assert.match((await tocsin.tocsin('check')).out, /FAIL +connector slack: .*(channel_not_found|not in it)/)
})

test('a revoked token: incidents are told on the console at once, and status says held', withSlack, async (t) => {
  const { slack, tocsin, ana } = await together(t, 'sockets', {
    policy: ({ ana }) => `people { ana = { slack = "${ana.id}" }, bo = { console = "bo" } }
      team { name = "product-responder", people = { "ana", "bo" } }`,
  })
  const zoe = await observer(t, tocsin)
  const bo = await new Person(tocsin, 'Bo').enter()
  t.after(() => bo.leave())
  slack.tokenError = 'token_revoked'
  await alert(tocsin)
  await zoe.sees('the announcement', (m, text) => m.room === 'incidents' && /INC-1 CardDeclined/.test(text))
  await bo.sees('the page', (m, text) => m.room === '@bo' && /INC-1 CardDeclined/.test(text))
  await zoe.sees('who was not paged', (m, text) => /ana was not paged: .*revoked.*Paging bo instead/i.test(text))
  assert.match(await slackRow(tocsin), /held .*token_revoked/)
  assert.match((await tocsin.tocsin('check')).out, /FAIL +connector slack: .*token_revoked/)
  const began = Date.now()
  await alert(tocsin, 'StockGone')
  await bo.sees('the second page', (m, text) => m.room === '@bo' && /INC-2 StockGone/.test(text))
  assert.ok(Date.now() - began < 5000)
})

test('a token that was revoked before the start: incidents are told, and sent to Slack once it works', withSlack, async (t) => {
  const { slack, tocsin } = await together(t, 'sockets')
  await tocsin.stop()
  slack.tokenError = 'token_revoked'
  await tocsin.start()
  const zoe = await observer(t, tocsin)
  await alert(tocsin)
  await zoe.sees('the announcement', (m, text) => m.room === 'incidents' && /INC-1 CardDeclined/.test(text))
  zoe.join('inc-1-carddeclined')
  await zoe.sees('the trouble', (m, text) => /The connection to slack has trouble: .*token_revoked/.test(text))
  slack.tokenError = ''
  await tocsin.tocsin('connector', 'restart', 'slack')
  await sees(slack, 'incidents', /INC-1 CardDeclined/)
})

for (const [how, fault] of [['answers 500', 500], ['cuts connections', 'cut before'], ['answers nothing of use', 'malformed']])
  test(`a platform that ${how} is unreachable, not running`, withSlack, async (t) => {
    const { slack, tocsin } = await together(t, 'sockets')
    const zoe = await observer(t, tocsin)
    slack.fail('*', fault, 1e6)
    await alert(tocsin)
    await zoe.sees('the announcement', (m, text) => m.room === 'incidents' && /INC-1 CardDeclined/.test(text))
    await until('the state', async () => /slack +unreachable .*unreachable since 2/.test(await slackRow(tocsin)), 40000)
    zoe.join('inc-1-carddeclined')
    await zoe.sees('the trouble', (m, text) => /The connection to slack has trouble/.test(text))
    assert.match(tocsin.log, /connector=slack +the platform does not answer/)
    slack.faults.length = 0
    await sees(slack, 'incidents', /INC-1 CardDeclined/, undefined, 60_000) // the next attempt may be half a minute away
    await until('the state', async () => /slack +running/.test(await slackRow(tocsin)), 40000)
  })

test('without any connection for Socket Mode, Slack is unreachable though nothing is sent', withSlack, async (t) => {
  const { slack, tocsin } = await together(t, 'sockets')
  slack.fail('apps.connections.open', 500, 1e6)
  slack.inbound.cut()
  await until('the state', async () => /slack +unreachable .*Socket Mode/.test(await slackRow(tocsin)), 40000)
  slack.faults.length = 0
  await until('the state', async () => /slack +running/.test(await slackRow(tocsin)), 60000)
})
