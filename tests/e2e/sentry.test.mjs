// The main flow with Sentry's own SDK: an error becomes an incident, is worked on in chat, ends, and comes back.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Person, Tocsin, throwError, until, withSdk } from './support.mjs'

async function setUp(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  return { tocsin, ana }
}

test('a new error in an important service is worked on from triage to resolution, and regresses', withSdk, async (t) => {
  const { tocsin, ana } = await setUp(t)

  await t.test('it is announced with service, release, count and customer', async () => {
    await throwError(tocsin.dsn, { message: 'the card was refused', release: 'shop@1.4.2', customer: 'Acme' })
    const { card } = await ana.sees('the announcement', (m) => m.card?.title?.startsWith('INC-1 '))
    const text = JSON.stringify(card)
    for (const part of ['CardDeclined', 'checkout', 'shop@1.4.2', '1 in 1 group', 'Acme', 'triage'])
      assert.ok(text.includes(part), `${part} in ${text}`)
    assert.deepEqual(card.buttons.map((b) => b.label).slice(0, 2), ['Accept', 'Decline'])
  })

  await t.test('the card, the command line and the API name type, value, frame, release and tag', async () => {
    const { card } = ana.find((m) => m.card?.title?.startsWith('INC-1 '))
    for (const part of ['**CardDeclined**: the card was refused', '`charge` in ', 'shop.cjs:', 'release shop@1.4.2', 'environment production', 'customer=Acme'])
      assert.ok(card.text.includes(part), `${part} in ${card.text}`)
    const { code, out } = await tocsin.tocsin('inc', 'error', 'INC-1')
    assert.equal(code, 0)
    for (const part of ['CardDeclined', 'the card was refused', 'charge in ', 'shop.cjs:', 'main in ', 'shop@1.4.2', 'production', 'customer=Acme', 'user 17'])
      assert.ok(out.includes(part), `${part} in ${out}`)
    const [error] = (await tocsin.api('/incidents/INC-1')).errors
    assert.equal(error.type, 'CardDeclined')
    assert.equal(error.value, 'the card was refused')
    assert.equal(error.frames[0].function, 'charge')
    assert.match(error.frames[0].file, /shop\.cjs$/)
    assert.ok(error.frames[0].line > 0)
    assert.equal(error.release, 'shop@1.4.2')
    assert.equal(error.user.id, '17')
    assert.equal(error.tags.customer, 'Acme')
  })

  await t.test('one button accepts it, and it has its own channel', async () => {
    ana.press(ana.find((m) => m.card?.title?.startsWith('INC-1 ')), 'Accept')
    await until('investigating', async () => (await tocsin.incident('INC-1')).status === 'investigating')
    const state = await tocsin.incident('INC-1')
    assert.equal(state.roles.lead, 'ana')
    assert.equal(state.channels.length, 1)
    tocsin.room = state.channels[0].channel
    ana.join(tocsin.room)
    await ana.sees('its card in its channel', (m) => m.room === tocsin.room && m.card?.title?.startsWith('INC-1 '))
    await ana.sees('the announcement kept up to date', (m, text) => m.room === 'incidents' && /investigating/.test(text))
  })

  await t.test('a second error of the same kind joins the incident', async () => {
    await throwError(tocsin.dsn, { message: 'the card was refused', customer: 'Globex' })
    await until('the second one to be counted', async () =>
      (await tocsin.incident('INC-1')).customers?.some((c) => c.key === 'Globex'))
    assert.equal((await tocsin.incidents()).length, 1)
  })

  await t.test('a pause requires a reason and a time', async () => {
    ana.say('/inc pause', tocsin.room)
    await ana.sees('what to type', (m, text) => m.room === tocsin.room && /pause .*(until|for)/.test(text))
    assert.equal((await tocsin.incident('INC-1')).status, 'investigating')
  })

  await t.test('it is paused, and resumes when the time is over', async () => {
    ana.say('/inc pause waiting for the bank for 2s', tocsin.room)
    await until('paused', async () => (await tocsin.incident('INC-1')).status === 'paused')
    assert.equal((await tocsin.incident('INC-1')).pause_reason, 'waiting for the bank')
    await until('resumed by the clock', async () => (await tocsin.incident('INC-1')).status === 'investigating')
    const resumed = (await tocsin.timeline('INC-1')).filter((e) => e.type === 'status').at(-1)
    assert.equal(resumed.by, 'clock')
    await ana.sees('that it goes on', (m, text) => m.room === tocsin.room && /pause/i.test(text) && /over|resum|goes on/i.test(text))
  })

  await t.test('it is resolved with what fixed it', async () => {
    ana.say('/inc resolve rolled back to 1.4.1', tocsin.room)
    await until('resolved', async () => (await tocsin.incident('INC-1')).status === 'resolved')
  })

  await t.test('the same error afterwards is a regression', async () => {
    await throwError(tocsin.dsn, { message: 'the card was refused', release: 'shop@1.4.3' })
    await until('a second incident', async () => (await tocsin.incidents()).length === 2)
    const again = await tocsin.incident('INC-2')
    assert.equal(again.status, 'triage')
    assert.ok(again.related?.includes(1), JSON.stringify(again))
    await ana.sees('that it came back', (m) => m.card?.title?.startsWith('INC-2 '))
  })

  await t.test('why names the rule that declared it', async () => {
    ana.say('/inc why INC-1')
    const { text } = { text: await ana.sees('why', (m, answer) => /new-error-important/.test(answer)) }
    assert.ok(text)
  })

  await t.test('nothing was lost or changed', async () => {
    await tocsin.stop()
    const verified = await tocsin.tocsin('verify')
    assert.equal(verified.code, 0, verified.err)
  })
})

test('an error in another service is counted, and nobody is paged', async (t) => {
  const { tocsin } = await setUp(t)
  await tocsin.tocsin('alert', '--service', 'blog', 'NotFound: /robots.txt')
  await tocsin.tocsin('alert', '--service', 'checkout', 'CardDeclined')
  await until('one incident', async () => (await tocsin.incidents()).length === 1)
  assert.equal((await tocsin.incident('INC-1')).service, 'checkout')
})

test('an incident opens in the chat within a second', withSdk, async (t) => {
  const { tocsin, ana } = await setUp(t)
  await throwError(tocsin.dsn, { type: 'Warm', message: 'so that the next one measures Tocsin alone' })
  await ana.sees('the first', (m) => m.card?.title?.includes('Warm'))
  const from = performance.now()
  const sent = await fetch(`${tocsin.url}/api/1/store/?sentry_key=${tocsin.key}`, {
    method: 'POST',
    body: JSON.stringify({ exception: { values: [{ type: 'Quick', value: 'as it happens' }] } }),
  })
  assert.equal(sent.status, 200)
  await ana.sees('the second', (m) => m.card?.title?.includes('Quick'))
  const took = performance.now() - from
  assert.ok(took < 1000, `${took} ms`)
})
