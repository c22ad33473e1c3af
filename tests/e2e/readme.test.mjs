// README.md is true: its picture is what the chat shows, and its rule loads and passes the tests of a new directory.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, run, Tocsin, until } from './support.mjs'

const top = join(import.meta.dirname, '../..')
const readme = await readFile(join(top, 'README.md'), 'utf8')
const block = (language) => new RegExp('^```' + language + '\\n(.*?)^```$', 'ms').exec(readme)[1]
const environment = (tocsin) => ({ cwd: tocsin.directory, env: { ...process.env, PATH: `${build}:${process.env.PATH}` } })

// Times and line numbers of the policy differ from run to run.
const steady = (text) => text
  .replace(/\b\d\d:\d\d\b/g, 'HH:MM')
  .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d? [A-Z][a-z][a-z] HH:MM [A-Z]+/g, 'DATE')
  .replace(/policy\.lua:\d+/g, 'policy.lua:N')
  .replace(/ +$/gm, '')

// The picture as steps: a line for the shell, a line for the chat, or a message that the chat shows.
function stepsOf(picture) {
  const steps = []
  for (const line of picture.trimEnd().split('\n')) {
    const typed = /^([$>]) (.*)/.exec(line)
    if (typed) steps.push({ [typed[1] === '$' ? 'shell' : 'chat']: typed[2] })
    else if (line.startsWith('  ')) steps.at(-1).message += '\n' + line
    else steps.push({ message: line })
  }
  return steps
}

test('the chat shows the picture of README.md', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await tocsin.start()
  const chat = spawn('tocsin', ['chat', '--plain', '--user', 'ana', '--name', 'Ana'], environment(tocsin))
  t.after(() => chat.kill())
  let shown = ''
  chat.stdout.on('data', (bytes) => (shown += bytes))
  await until('the chat', () => shown.includes('-- #incidents'))
  let seen = 0 // where the search for the next message begins
  const act = {
    shell: async (line) => {
      const { code, err } = await run('bash', ['-c', line], environment(tocsin))
      assert.equal(code, 0, `${line}: ${err}`)
    },
    chat: async (line) => {
      await until('nothing to be waiting', async () => !/waiting|sending/.test((await tocsin.tocsin('inc', 'actions')).out))
      if (line.startsWith('/join')) await until('the invitation', () => shown.includes('you are invited'))
      chat.stdin.write(line + '\n')
    },
    message: async (text) => {
      const wanted = steady(text) + '\n'
      const at = () => steady(shown).indexOf(wanted, seen)
      await until(`README.md's message\n${wanted}`, () => at() >= 0).catch((error) => {
        throw new Error(`${error.message}\nthe chat showed\n${steady(shown).slice(seen)}`)
      })
      seen = at() + wanted.length
    },
  }
  for (const step of stepsOf(block(''))) for (const [kind, text] of Object.entries(step)) await act[kind](text)
})

test('the rule of README.md loads, and passes the tests of a new directory', async (t) => {
  const tocsin = await Tocsin.create()
  t.after(() => tocsin.remove())
  await writeFile(join(tocsin.directory, 'policy/team.lua'), block('lua'))
  const tested = await run('tocsin', ['policy', 'test'], environment(tocsin))
  assert.equal(tested.code, 0, tested.out + tested.err)
  assert.match(tested.out, /^ok /)
})

test('the links of README.md lead to files', async () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path)
  assert.ok(links.length > 10)
  for (const path of links) await access(join(top, path))
})
