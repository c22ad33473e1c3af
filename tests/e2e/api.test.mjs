// What programs rely on: a request that came again does nothing twice, whatever died in between.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Tocsin } from './support.mjs'

async function started(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  return tocsin
}

const post = (tocsin, path, body, headers) =>
  fetch(`${tocsin.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tocsin.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

test('a request is done once, though tocsind is killed at any moment', async (t) => {
  const tocsin = await started(t)
  for (let round = 0; round < 6; round++) {
    const headers = { 'idempotency-key': `"${randomUUID()}"` }
    const declaration = { title: `declared in round ${round}` }
    const first = post(tocsin, '/incidents', declaration, headers).then((answer) => answer.json(), () => undefined)
    await new Promise((done) => setTimeout(done, round * 2)) // before, while and after it is stored
    await tocsin.kill()
    const seen = await first
    await tocsin.start()
    const again = await post(tocsin, '/incidents', declaration, headers)
    assert.equal(again.status, 201, await again.clone().text())
    const answer = await again.json()
    if (seen?.name) {
      assert.deepEqual(answer, seen)
      assert.equal(again.headers.get('idempotency-replayed'), 'true')
    }
    const last = await post(tocsin, '/incidents', declaration, headers)
    assert.deepEqual(await last.json(), answer)
    assert.equal(last.headers.get('location'), `/api/v1/incidents/${answer.name}`)
    const made = (await tocsin.incidents()).filter(({ state }) => state.title === declaration.title)
    assert.equal(made.length, 1, JSON.stringify(made))
  }
})
