// The chat as people type it: in a real terminal of 60 columns, without a locale.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Terminal, inTerminal } from './terminal.mjs'
import { build, freePort, run, Person, Tocsin, until, textOf } from './support.mjs'

async function begin(t) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const ana = await new Person(tocsin, 'Ana').enter()
  t.after(() => ana.leave())
  const terminal = new Terminal(t, [join(build, 'tocsin'), '--config', tocsin.config, 'chat', '--user', 'bo'])
  await terminal.shows('the room', /-- #incidents/)
  return { tocsin, ana, terminal }
}

test('each character that is typed arrives, also where no locale is set', inTerminal, async (t) => {
  const { ana, terminal } = await begin(t)
  for (const text of ['Zoë är trött: naïve café', 'сервис упал', '結帳很慢', 'done 🎉🔥 ok']) {
    terminal.type(text)
    await terminal.shows('what is typed', new RegExp(`> ${text}`))
    terminal.key('Enter')
    await ana.sees(text, (m) => m.text === text)
  }
  terminal.type('Zoë')
  terminal.key('BSpace')
  terminal.type('é!')
  terminal.key('Enter')
  await ana.sees('a letter that was taken back', (m) => m.text === 'Zoé!')
})

test('a paste of several lines arrives whole and in order', inTerminal, async (t) => {
  const { ana, terminal } = await begin(t)
  const lines = ['première ligne', 'second: ' + 'ö'.repeat(1500), 'third 🎉', 'and the fourth']
  terminal.paste(lines.join('\n') + '\n')
  await ana.sees('the last line', (m) => m.text === 'and the fourth')
  assert.deepEqual(ana.messages.filter((m) => m.from === 'bo').map((m) => m.text), lines)
})

test('long messages are broken between words', inTerminal, async (t) => {
  const { ana, terminal } = await begin(t)
  const words = Array.from({ length: 60 }, (_, i) => `wörd${i}`)
  ana.say(words.join(' '))
  await terminal.shows('the last word', /wörd59/)
  const screen = terminal.screen()
  for (const word of words) assert.match(screen, new RegExp(`(^|\\s)${word}(\\s|$)`, 'm'))
})

test('a message that comes while a long line is typed leaves the line whole', inTerminal, async (t) => {
  const { ana, terminal } = await begin(t)
  const typed = Array.from({ length: 25 }, (_, i) => `täg${i}`).join(' ')
  terminal.type(typed)
  await terminal.shows('what is typed', /täg24/)
  ana.say('hello in between')
  await terminal.shows('the message', /hello in between/)
  await until('the line once, below the message', () => {
    const screen = terminal.screen()
    return screen.split('täg0 ').length === 2 && screen.indexOf('hello') < screen.indexOf('täg0')
  })
  terminal.key('Enter')
  await ana.sees('the line', (m) => m.text === typed)
})

test('the chat goes on when the daemon comes back', inTerminal, async (t) => {
  const { tocsin, ana, terminal } = await begin(t)
  ana.say('before it went')
  await terminal.shows('what Ana says', /before it went/)
  ana.say('/inc list')
  await ana.sees('an answer, so what was said before it is stored', (m) => /No open incidents/.test(textOf(m)))
  await tocsin.kill()
  await terminal.shows('that it is gone', /Waiting for it to come back/)
  terminal.type('too early')
  terminal.key('Enter')
  await terminal.shows('that it was not sent', /was not sent/)
  await tocsin.start()
  await terminal.shows('that it is back', /connected again/)
  await ana.enterAgain()
  terminal.type('here I am')
  terminal.key('Enter')
  await ana.sees('the message', (m) => m.text === 'here I am')
  await terminal.shows('what was typed', /here I am/)
  assert.equal(terminal.screen().split('before it went').length, 2, 'the history is shown once')
  terminal.type('/join incidents')
  terminal.key('Enter')
  await until('the history again', () => terminal.screen().split('before it went').length === 3)
})

test('Ctrl-C asks before it ends a daemon while text is typed', inTerminal, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-run-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const port = String(await freePort())
  const terminal = new Terminal(t, [join(build, 'tocsin'), 'run', join(folder, 'one'), '--port', port])
  await terminal.shows('the room', /-- #incidents/)
  terminal.type('half a sent')
  await terminal.shows('what is typed', /> half a sent/)
  terminal.key('C-c')
  await terminal.shows('the question', /Press it again/)
  terminal.type('ence')
  await terminal.shows('what is typed', /> half a sentence/)
  assert.ok((await run('curl', ['-sf', `http://127.0.0.1:${port}/readyz`])).code === 0)
  terminal.key('C-c')
  await until('the question again', () => terminal.screen().split('Press it again').length === 3)
  terminal.key('C-c')
  await until('the end', () => !terminal.isOpen())
})
