// kill -9 of tocsind, of its runners and of both, at random moments, MANY_KILLS times, while alerts, commands, words and pages go on: what was
// acknowledged is there, once, and what was not is there once or not at all. SEED chooses the moments.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Person, Tocsin, sleep, until } from './support.mjs'
import { killDaemon, killRunner } from './kills.mjs'

const GROUP = 2 // the number of that kind of document
const KILLS = Number(process.env.MANY_KILLS ?? 6)
let seed = Number(process.env.SEED ?? 7)
const random = (n) => (seed = (seed * 48271) % 2147483647) % n

// ---- what goes on: each kind has what was tried, and what was acknowledged ----

const post = (world, path, token, body) =>
  fetch(`${world.tocsin.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(10_000) })
    .then((answer) => answer.status < 300)
const command = (world, text) => post(world, '/api/v1/commands', world.tocsin.token, { text })

// Everybody sees at once what somebody says. It is acknowledged once it is in the history, which is looked at in the end.
async function says({ ana, room }, word) {
  if (!ana.gone) ana.say(word, room)
  return false
}

async function inHistory({ tocsin, room }) {
  const eve = await new Person(tocsin, 'Eve').enter()
  eve.join(room)
  eve.say('that is all', room)
  await eve.sees('the end of the history', (m) => m.text === 'that is all')
  eve.leave()
  return eve.messages.filter((m) => m.room === room && m.old && /^said-\d+$/.test(m.text)).map((m) => m.text)
}

// Each is a problem of its own, and numbers would not make it one. What one counts is written some seconds later.
const titleOf = (word) => `Broken: ${word.replace(/\d/g, (d) => 'abcdefghij'[d])}`

const kinds = {
  alert: { every: 120, act: (world, word) => post(world, '/intake/alerts', world.tocsin.key, { title: titleOf(word), service: 'checkout' }) },
  note: { every: 11, act: (world, word) => command(world, `INC-1 note ${word}`) },
  said: { every: 17, act: says },
  page: { every: 400, act: (world, word) => command(world, `INC-1 page @ben ${word}`) },
}

async function goesOn(world, name) {
  const { every, act } = kinds[name]
  for (let n = 0; !world.over; n++) {
    const word = `${name}-${n}`
    world.tried[name].push(word)
    if (await act(world, word).catch(() => false)) world.kept[name].push(word)
    await sleep(every)
  }
}

// ---- what must hold ----

async function everything(tocsin) {
  const file = join(tocsin.directory, 'all.jsonl')
  const { code, err } = await tocsin.tocsin('export', file)
  assert.equal(code, 0, err)
  return (await readFile(file, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line))
}

// How often each word is in events of that type.
function countWords(rows, type) {
  const counts = new Map()
  for (const row of rows.filter((r) => r.type === type)) {
    const word = /\b(note|said|page)-\d+\b/.exec(row.data.text ?? '')?.[0]
    if (word) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

function onceEach(world, rows, name, type) {
  const counts = countWords(rows, type)
  for (const word of world.kept[name]) assert.equal(counts.get(word), 1, `${word} was acknowledged, and is there ${counts.get(word) ?? 0} times`)
  for (const [word, n] of counts) assert.equal(n, 1, `${word} is there ${n} times`)
}

function groupOfEach(world, rows) {
  const titles = rows.filter((row) => row.kind === GROUP).map((row) => row.body.title)
  for (const word of world.kept.alert) assert.ok(titles.includes(titleOf(word)), `${word} was acknowledged, and there is no such problem`)
  assert.equal(new Set(titles).size, titles.length, 'a problem is there twice')
}

test(`${KILLS} kills of tocsind and its runners at random moments lose nothing`, async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const names = Object.keys(kinds)
  const empty = () => Object.fromEntries(names.map((name) => [name, []]))
  const world = { tocsin, tried: empty(), kept: empty(), ana: await new Person(tocsin, 'Ana').enter(), ben: await new Person(tocsin, 'Ben').enter() }
  t.after(() => (world.over = true))
  await until('the incident', () => command(world, 'declare checkout is slow'))
  const channel = await until('its channel', async () => (await tocsin.incident('INC-1'))?.channels?.[0])
  world.room = channel.channel
  for (const person of [world.ana, world.ben]) person.join(world.room)
  world.ben.say('I am here', world.room)
  await until('Ben to be somebody who can be paged', () => command(world, 'INC-1 page @ben are you there'))
  const work = names.map((name) => goesOn(world, name))
  const killed = { tocsind: 0, runner: 0 }
  for (let i = 0; i < KILLS; i++) {
    await sleep(random(150))
    const which = random(5)
    if (which >= 2) killed.runner++, await killRunner(world, 'console')
    if (which <= 2) killed.tocsind++, await killDaemon(world)
  }
  world.over = true
  await Promise.all(work)
  world.kept.said = await inHistory(world)
  const rows = await everything(tocsin)
  onceEach(world, rows, 'note', 'noted')
  onceEach(world, rows, 'said', 'said')
  onceEach(world, rows, 'page', 'paged')
  groupOfEach(world, rows)
  await world.ben.sees('a page', (m, text) => /are you there/.test(text))
  await tocsin.stop()
  const verified = await tocsin.tocsin('verify')
  assert.equal(verified.code, 0, verified.err)
  const told = names.map((name) => `${world.kept[name].length} of ${world.tried[name].length} ${name}s`).join(', ')
  t.diagnostic(`${killed.tocsind} kills of tocsind and ${killed.runner} of runners; acknowledged: ${told}`)
})
