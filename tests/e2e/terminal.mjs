// One program in a terminal of its own, for tests: tmux is the terminal, with a server for each.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './support.mjs'

function lacksTmux() {
  try {
    execFileSync('tmux', ['-V'])
    return false
  } catch {
    return 'tmux is not installed'
  }
}

export const inTerminal = { skip: lacksTmux() }

export class Terminal {
  constructor(t, args, { columns = 60, rows = 40, env = {} } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'tocsin-tmux-'))
    this.socket = join(this.folder, 'tmux')
    this.options = { env: { PATH: process.env.PATH, HOME: this.folder, TERM: 'xterm-256color', ...env }, encoding: 'utf8' }
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), '-s', 'one', ...args)
    t.after(() => this.end())
  }

  tmux(...args) {
    return execFileSync('tmux', ['-u', '-S', this.socket, ...args], this.options)
  }

  end() {
    if (this.isOpen()) this.tmux('kill-server')
    rmSync(this.folder, { recursive: true, force: true })
  }

  isOpen() {
    try {
      this.tmux('has-session')
      return true
    } catch {
      return false
    }
  }

  // What is on the screen, and above it. `more`: options of capture-pane, such as -e, which keeps colours.
  screen(...more) {
    return this.tmux('capture-pane', '-p', '-S', '-500', '-t', 'one', ...more)
  }

  shows(what, pattern) {
    return until(what, () => pattern.test(this.screen())).catch((error) => {
      error.message += '\n' + this.screen()
      throw error
    })
  }

  type(text) {
    this.tmux('send-keys', '-t', 'one', '-l', text)
  }

  key(...names) {
    this.tmux('send-keys', '-t', 'one', ...names)
  }

  paste(text) {
    execFileSync('tmux', ['-u', '-S', this.socket, 'load-buffer', '-'], { ...this.options, input: text })
    this.tmux('paste-buffer', '-p', '-t', 'one')
  }

  resize(columns, rows) {
    this.tmux('resize-window', '-t', 'one', '-x', String(columns), '-y', String(rows))
  }
}
