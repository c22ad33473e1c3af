// `tocsin top` in a real terminal: what it shows follows what happens, its keys run commands, and nothing that strangers wrote reaches the terminal.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Terminal, inTerminal } from './terminal.mjs'
import { Person, Tocsin, build, run, until } from './support.mjs'

async function begin(t, { policy = '', ...options } = {}) {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  if (policy) await writeFile(join(tocsin.directory, 'policy', 'top.lua'), policy)
  await tocsin.start()
  const top = () => new Terminal(t, [join(build, 'tocsin'), '--config', tocsin.config, 'top'], { columns: 120, rows: 30, ...options })
  return { tocsin, top }
}

const command = (tocsin, text) => tocsin.api('/commands', { method: 'POST', body: { text } })
const declare = async (tocsin, title, more) => (await tocsin.api('/incidents', { method: 'POST', body: { title, ...more } })).name
const status = async (tocsin, name) => (await tocsin.incident(name)).status

test('what happens is shown at once, and keys run the common commands', inTerminal, async (t) => {
  const { tocsin, top } = await begin(t)
  const bo = await new Person(tocsin, 'Bo').enter()
  t.after(() => bo.leave())
  bo.say('!inc whoami')
  await bo.sees('who they are', (m, text) => /Bo/.test(text))
  const terminal = top()
  await terminal.shows('that nothing is open', /No incident is open[^]*Connectors running: console/)
  const one = await declare(tocsin, 'checkout is slow', { severity: 'major' })
  const two = await declare(tocsin, 'card refused')
  await terminal.shows('both', new RegExp(`${two} [^]*${one} .*major|${one} .*major[^]*${two} `))
  await terminal.shows('how many', /2 open/)
  await command(tocsin, `${one} lead me`)
  const { name } = await tocsin.api(`/people/${(await tocsin.api('/me')).person}`)
  await terminal.shows('who has it, by name', new RegExp(`${one} .*${name} .*checkout is slow`))
  await command(tocsin, `${two} page Bo`)
  await terminal.shows('whom the page calls', new RegExp(`Page of ${two} for [^]*Bo by console \\(\\w+\\)`))
  await terminal.shows('how many pages', /1 page /)

  terminal.type('/')
  terminal.type('slow')
  terminal.key('Enter')
  await terminal.shows('what fits', /1 with slow/)
  terminal.type('u')
  await terminal.shows('what to type', new RegExp(`update ${one} \\(where things stand\\):`))
  terminal.type('rolling bäck 結帳x')
  terminal.key('BSpace')
  terminal.key('Enter')
  await until('the update', async () => (await tocsin.timeline(one)).some(({ data }) => data?.text === 'rolling bäck 結帳'))
  terminal.type('p')
  terminal.type('for a while')
  terminal.key('Enter')
  await terminal.shows('why it is refused', /until when/i)
  terminal.type('p')
  terminal.type('waiting for the bank until tomorrow 9:00')
  terminal.key('Enter')
  await until('the pause', async () => (await status(tocsin, one)) === 'paused')
  await terminal.shows('when it resumes', new RegExp(`${one} .*paused .*resumes in`))

  terminal.type('r')
  terminal.type('the bank is back')
  terminal.key('Enter')
  await terminal.shows('a question', new RegExp(`y runs .resolve the bank is back. in ${one}, checkout is slow`))
  terminal.type('n')
  await terminal.shows('that nothing was done', /Nothing was done/)
  assert.equal(await status(tocsin, one), 'paused')
  terminal.type('r')
  terminal.key('Enter')
  await terminal.shows('a question again', /y runs .resolve. /)
  terminal.type('y')
  await until('the end', async () => (await status(tocsin, one)) === 'resolved')
  await terminal.shows('that none is left that fits', /No open incident has these words/)

  terminal.key('Escape')
  await terminal.shows('the other', /card refused/)
  terminal.type('k')
  await terminal.shows('that none is chosen', /No incident is chosen/)
  terminal.key('Down')
  terminal.type('k')
  await terminal.shows('that the page is acknowledged', /0 pages/)
  terminal.type(':')
  terminal.type('sev critical')
  terminal.key('Enter')
  await terminal.shows('the severity', /critical/)
  terminal.type('q')
  await until('it to end', () => !terminal.isOpen())
})

test('an incident is opened with its timeline, and goes on while it is read', inTerminal, async (t) => {
  const { tocsin, top } = await begin(t)
  const one = await declare(tocsin, 'checkout is slow')
  const terminal = top()
  await terminal.shows('it', new RegExp(one))
  terminal.key('Enter')
  await terminal.shows('its timeline', /checkout is slow[^]*Timeline[^]*declared/)
  await command(tocsin, `${one} note it began with the deploy`)
  await terminal.shows('what was noted', /noted: it began with the deploy/)
  for (let i = 0; i < 60; i++) await command(tocsin, `${one} note number ${i}`)
  terminal.key('End')
  await terminal.shows('the last', /number 59/)
  terminal.key('Home')
  await terminal.shows('the first', /declared/)
  assert.doesNotMatch(terminal.screen(), /number 59/)
  terminal.key('Escape')
  await terminal.shows('the list', /INCIDENT +STATUS/)
  terminal.type('?')
  await terminal.shows('the keys', /acknowledge its page: nobody else is called/)
  terminal.type('q')
  terminal.type(':')
  terminal.type('help')
  terminal.key('Enter')
  await terminal.shows('a long answer', /declare checkout is slow/)
})

test('what strangers wrote is literal, and has its columns', inTerminal, async (t) => {
  const { tocsin, top } = await begin(t)
  const titles = ['\u001b[2J\u001b]0;owned\u0007pwned', '\u202egnp.exe\u2066', '結帳很慢'.repeat(20), 'e\u0301'.repeat(40) + ' Zoë', '👩\u200d🚒\ufe0f fire', '%s%n%p `x` **b**']
  for (const title of titles) await declare(tocsin, title)
  const terminal = top()
  await terminal.shows('the last', /%s%n%p .x. \*\*b\*\*/)
  const lines = terminal.screen().split('\n')
  assert.match(lines[0], /^ 6 open/)
  assert.equal(lines.filter((line) => /^INC-\d+ +\w+/.test(line)).length, 6)
  const at = lines[1].indexOf('TITLE')
  for (const line of lines.filter((line) => line.startsWith('INC-'))) assert.equal(line[at - 1], ' ', line)
  assert.doesNotMatch(terminal.screen('-e'), /[\u202e\u2066\u200d\ufe0f\u0007]|\u001b\]/)
  assert.equal(terminal.tmux('display-message', '-p', '#{pane_title}').includes('owned'), false)
  terminal.key('End')
  terminal.key('Enter')
  await terminal.shows('one of them', /Timeline/)
  assert.doesNotMatch(terminal.screen('-e'), /[\u202e\u2066\u0007]|\u001b\]/)
})

test('a daemon that restarts is waited for', inTerminal, async (t) => {
  const { tocsin, top } = await begin(t)
  const one = await declare(tocsin, 'checkout is slow')
  const terminal = top()
  await terminal.shows('it', new RegExp(one))
  await tocsin.kill()
  await terminal.shows('since when', /not connected since \d\d:\d\d:\d\d: no answer from http/)
  assert.match(terminal.screen(), new RegExp(one))
  terminal.type('a')
  await terminal.shows('why nothing was run', /no answer from .*commands[^]*is tocsind running/)
  await tocsin.start()
  await terminal.shows('that it is back', /^ 1 open/)
  const two = await declare(tocsin, 'card refused')
  await terminal.shows('what happened since', new RegExp(two))
})

test('any size will do', inTerminal, async (t) => {
  const { tocsin, top } = await begin(t, { columns: 60, rows: 24 })
  for (let i = 0; i < 30; i++) await declare(tocsin, `incident number ${i}`)
  const terminal = top()
  await terminal.shows('what is due first', /INC-1 .*number 0/)
  assert.ok(terminal.screen().split('\n').every((line) => line.length <= 60))
  assert.doesNotMatch(terminal.screen(), /SEVERITY/)
  terminal.key('End')
  await terminal.shows('the last', /INC-30 .*number 29/)
  for (const [columns, rows] of [[200, 50], [100, 6], [30, 4], [12, 2], [1, 1], [90, 24]]) {
    terminal.resize(columns, rows)
    if (columns >= 90) await terminal.shows(`it at ${columns} by ${rows}`, rows > 20 ? /SEVERITY[^]*number 29[^]*q quit/ : /INC-30 .*number 29/)
  }
  terminal.type('q')
  await until('it to end', () => !terminal.isOpen())
})

test('without colour everything is still said', inTerminal, async (t) => {
  const { tocsin } = await begin(t)
  await declare(tocsin, 'checkout is slow')
  const args = [join(build, 'tocsin'), '--config', tocsin.config, 'top']
  for (const [env, coloured] of [[{}, true], [{ NO_COLOR: '1' }, false]]) {
    const terminal = new Terminal(t, args, { columns: 100, rows: 20, env })
    await terminal.shows('it', /checkout is slow[^]*console/)
    assert.equal(/\u001b\[[\d;]*3[0-7]m/.test(terminal.screen('-e')), coloured)
    terminal.end()
  }
  const old = new Terminal(t, ['env', 'TERM=vt100', ...args], { columns: 80, rows: 24 })
  await old.shows('it', /checkout is slow[^]*console/)
  assert.doesNotMatch(old.screen('-e'), /\u001b\[[\d;]*3[0-7]m/)
})

test('what it cannot begin with is said', async (t) => {
  const { tocsin } = await begin(t)
  const piped = await tocsin.tocsin('top')
  assert.deepEqual([piped.code, piped.out], [1, ''])
  assert.match(piped.err, /top needs a terminal; `tocsin list`/)
  if (inTerminal.skip) return
  await tocsin.stop()
  const script = await run('script', ['-qec', `${join(build, 'tocsin')} --config ${tocsin.config} top`, '/dev/null'])
  assert.equal(script.code, 3)
  assert.match(script.out, /no answer from .*`tocsin run` starts it/)
})
