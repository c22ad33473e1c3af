// Keeps a page up to date while it is open: when something happens to what it shows, the page is read again, and the parts that are
// marked as live (by an id) are replaced. Clocks run in between. Every page works without this.
'use strict'

const RETRY_MS = 3000, TICK_MS = 10_000, SETTLE_MS = 150, SPREAD = 20
const spreadOf = ({ body }) => Number(body.dataset.spread ?? 0) // ms within which those who look now should read, as the server says
let spread = spreadOf(document)
const about = document.body.dataset.live // an incident's name, or "all"; undefined: the page does not change
const say = (text) => { document.querySelector('#connection').textContent = text }

function span(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60_000), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24)
  if (days) return `${days}d ${hours % 24}h`
  if (hours) return `${hours}h ${minutes % 60}m`
  return minutes ? `${minutes}m` : `${Math.floor(Math.abs(ms) / 1000)}s`
}

function tick() {
  for (const time of document.querySelectorAll('time[data-clock]')) time.textContent = span(Date.now() - Date.parse(time.dateTime))
}

// What the reader opened stays open, and what they type in is not touched: forms are not live.
function replace(fresh) {
  spread = spreadOf(fresh)
  for (const part of document.querySelectorAll('[data-part]')) {
    const next = fresh.getElementById(part.id)
    if (!next || next.innerHTML === part.innerHTML) continue
    const open = new Set([...part.querySelectorAll('details[open][id]')].map(({ id }) => id))
    for (const details of next.querySelectorAll('details[id]')) details.open ||= open.has(details.id)
    part.replaceChildren(...next.childNodes)
  }
}

let reading = false, again = false, took = 0

async function read() {
  again = reading
  if (reading) return
  reading = true
  const from = performance.now()
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (response.redirected && new URL(response.url).pathname === '/app/signin' && !unsaved()) location.reload()
    if (response.ok) replace(new DOMParser().parseFromString(await response.text(), 'text/html'))
    say(response.ok ? '' : 'This page could not be read again; it shows how things stood before.')
  } catch {
    say('Tocsin cannot be reached; this page shows how things stood before.')
  }
  took = performance.now() - from
  reading = false
  tick()
  if (again) read()
}

let due

// Where many look at once, or reading takes long, they do not all read at once.
function readSoon() {
  clearTimeout(due)
  due = setTimeout(read, SETTLE_MS + Math.random() * Math.max(spread, SPREAD * took))
}

function changed({ data }) {
  const { incident } = JSON.parse(data)
  if (about === 'all' || about === incident) readSoon()
}

// Opens a connection that ends again, and reads what was missed.
function follow(missed) {
  const address = new URL('/api/v1/stream', location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  const socket = new WebSocket(address)
  socket.onopen = () => missed && readSoon()
  socket.onmessage = changed
  socket.onclose = () => setTimeout(follow, RETRY_MS + Math.random() * spread, true)
}

// Words that were written and are not saved are not left unasked, and stay where they are if they cannot be sent.
const unsaved = () => [...document.querySelectorAll('form[data-words]')].some((form) =>
  form.dataset.words === 'unsaved' || [...form.querySelectorAll('textarea')].some(({ value, defaultValue }) => value !== defaultValue))
let leaving = false
addEventListener('beforeunload', (event) => !leaving && unsaved() && event.preventDefault())

function answered(answer, fresh) {
  const main = document.querySelector('main')
  if (answer.redirected) {
    leaving = true
    location.assign(answer.url)
  } else if (fresh && [200, 409].includes(answer.status)) {
    main.replaceChildren(...fresh.querySelector('main').childNodes)
    main.tabIndex = -1
    main.focus()
    say('')
  } else {
    say(`Nothing was kept, and your words are still here. ${fresh?.querySelector('.said')?.textContent ?? `Tocsin answered ${answer.status}.`}`)
  }
}

async function send(form, button) {
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, button)) })
    const html = answer.headers.get('content-type')?.startsWith('text/html')
    answered(answer, html && new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    say('Tocsin cannot be reached, so nothing was kept. Your words are still here: save again in a moment.')
  }
}

document.addEventListener('submit', (event) => {
  if (!event.target.matches('form[data-words]')) return
  event.preventDefault()
  send(event.target, event.submitter)
})

if (about) {
  follow(false)
  setInterval(tick, TICK_MS)
}

// What makes no event is looked at now and then, while somebody looks.
const every = Number(document.body.dataset.every)
if (every) setInterval(() => document.hidden || read(), every * 1000)

// The command box offers how its line may go on: the browser shows the list, and keys choose from it.
const box = document.querySelector('#command')

async function complete() {
  const asked = box.value, query = new URLSearchParams({ line: asked, incident: box.dataset.incident ?? '' })
  const response = await fetch(`/app/complete?${query}`).catch(() => undefined)
  const lines = response?.ok ? await response.json() : []
  if (box.value !== asked) return
  box.list.replaceChildren(...lines.map(({ line, hint }) => Object.assign(document.createElement('option'), { value: line, textContent: hint ?? '' })))
}

let completing
box?.addEventListener('input', () => {
  clearTimeout(completing)
  completing = setTimeout(complete, SETTLE_MS)
})

// "/" goes to the command box, Ctrl+Enter sends a form.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select')
  if (event.key === '/' && !typing) {
    event.preventDefault()
    box?.focus()
  }
  if (event.key === 'Enter' && event.ctrlKey && typing?.form) typing.form.requestSubmit()
})
