// Pages to people in Slack: whom they reach, what they say, and what happens where they reach nobody.
import assert from 'node:assert/strict'
import test from 'node:test'
import { labels, press, sees, textOf, together } from './slack/joined.mjs'
import { Person, until, withSlack } from './support.mjs'

// The page's rules: an error in the checkout pages product-responder.
const team = ({ ana, ben }) => `
people { ana = { email = "ana@example.com", slack = "${ana.id}" }, ben = { slack = "${ben.id}" } }
team { name = "product-responder", people = { "ana", "ben" } }`
const alert = (tocsin, title = 'CardDeclined') => tocsin.tocsin('alert', '--service', 'checkout', title)
const pagesOf = (slack, person) => slack.messages(slack.workspace.talk(person.id).id).filter((m) => /INC-\d/.test(textOf(m)))
const paged = (slack, person, more = () => true) => until(`a page for ${person.user.name}`, () => pagesOf(slack, person).find(more))

async function observer(t, tocsin) {
  const zoe = await new Person(tocsin, 'Zoe').enter()
  t.after(() => zoe.leave())
  return zoe
}

test('a page says what happened, links to the channel, and shows who accepted', withSlack, async (t) => {
  const { slack, tocsin, ana, ben } = await together(t, 'sockets', { policy: team })
  await alert(tocsin)
  const page = await paged(slack, ana, (m) => /<#C/.test(textOf(m)))
  assert.match(textOf(page), /INC-1 CardDeclined/)
  assert.match(textOf(page), /severity/)
  assert.match(textOf(page), /checkout/)
  assert.doesNotMatch(textOf(page), /new-error-important|policy\.lua/)
  assert.match(textOf(page), new RegExp(`<#${slack.channel('inc-1').id}>`))
  await press(ana, slack.workspace.talk(ana.id), page, 'Accept')
  await until('the page to say who accepted', () => /Accepted by Ana María/.test(textOf(pagesOf(slack, ana)[0])))
  assert.ok(!labels(pagesOf(slack, ana)[0]).includes('Accept'))
  assert.equal((await tocsin.incident('INC-1')).status, 'investigating')
  assert.equal(pagesOf(slack, ben).length, 0)
  assert.deepEqual(slack.violations, [])
})

test('a page goes to the team of the service, whose runbook is on the card', withSlack, async (t) => {
  const { slack, tocsin, ben } = await together(t, 'sockets', {
    policy: ({ ana, ben }) => `people { ana = { slack = "${ana.id}" }, ben = { slack = "${ben.id}" } }
      team { name = "product-responder", people = { "ana" } }
      team { name = "payments", people = { "ben" } }
      service { name = "Checkout", team = "payments", runbook = "https://wiki.example/a_b*c", tier = 1 }
      service { name = "<!channel> _api_", depends_on = { "checkout" } }`,
  })
  await alert(tocsin)
  await paged(slack, ben)
  await sees(slack, 'inc-1', /<https:\/\/wiki\.example\/a_b\*c\|Runbook>/)
  await sees(slack, 'inc-1', /1 service depends on Checkout: &lt;!channel&gt;/)
  assert.deepEqual(slack.violations, [])
})

test('a page that Slack refuses goes to the next person, and the channels say so', withSlack, async (t) => {
  const { slack, tocsin, ben } = await together(t, 'sockets', {
    policy: ({ ben }) => `people { ana = { slack = "U0NOBODY9" }, ben = { slack = "${ben.id}" } }
      team { name = "product-responder", people = { "ana", "ben" } }`,
  })
  const zoe = await observer(t, tocsin)
  await alert(tocsin)
  await paged(slack, ben)
  await sees(slack, 'incidents', /INC-1: ana was not paged: .*user_not_found.*Paging ben instead/)
  await sees(slack, 'inc-1', /ana was not paged: .*Paging ben instead/)
  await zoe.sees('the announcement', (m, text) => m.room === 'incidents' && /ana was not paged: .*Paging ben instead/.test(text))
})

test('when nobody is left, the channels say that', withSlack, async (t) => {
  const { slack, tocsin } = await together(t, 'sockets', {
    policy: () => `people { ana = { slack = "U0NOBODY9" }, ben = { email = "nobody@example.com" } }
      team { name = "product-responder", people = { "ana", "ben" } }`,
  })
  await alert(tocsin)
  await sees(slack, 'incidents', /INC-1: \*Nobody was paged\* for CardDeclined.*nobody is left to call for product-responder/)
  await sees(slack, 'inc-1', /Nobody was paged/)
  assert.match(JSON.stringify(await tocsin.timeline('INC-1')), /page_failed/)
})

test('a page to nobody is said in the announcements, in the channel and by check', withSlack, async (t) => {
  const { slack, tocsin } = await together(t, 'sockets')
  await alert(tocsin)
  await sees(slack, 'incidents', /product-responder names nobody: add team/)
  await sees(slack, 'inc-1', /product-responder names nobody: add team/)
  const check = await tocsin.tocsin('check')
  assert.match(check.out, /warn .*product-responder names nobody: add team/)
  assert.match((await tocsin.tocsin('policy', 'check')).out, /product-responder names nobody/)
  assert.match(tocsin.log, /product-responder names nobody/)
})

for (const [how, fault] of [['answers 500', 500], ['is slow', { slow: 400 }], ['cuts the connection', 'cut after']])
  test(`a page is delivered once though Slack ${how}`, withSlack, async (t) => {
    const { slack, tocsin, ana, ben } = await together(t, 'sockets', { policy: team })
    slack.fail('conversations.open', fault)
    slack.fail('chat.postMessage', fault, 2)
    await alert(tocsin)
    await paged(slack, ana)
    await until('everything to be sent', async () => (await tocsin.api('/actions')).actions.length === 0)
    assert.equal(pagesOf(slack, ana).length, 1)
    assert.equal(pagesOf(slack, ben).length, 0)
  })

test('kill -9 after a page has left: one page, to one person', withSlack, async (t) => {
  const { slack, tocsin, ana, ben } = await together(t, 'sockets', { policy: team })
  await alert(tocsin)
  await until('the page to be with Slack', () => slack.log.some((l) => l.method === 'conversations.open'))
  await paged(slack, ana)
  await tocsin.kill()
  await tocsin.start()
  await paged(slack, ana)
  await until('everything to be sent', async () => (await tocsin.api('/actions')).actions.length === 0)
  assert.equal(pagesOf(slack, ana).length, 1)
  assert.equal(pagesOf(slack, ben).length, 0)
})
