// One incident and its timeline, the newest first, kept up to date while the page is open. All that it shows comes from the API, in the
// name of the reader's token, and goes into the page as text. The stream only tells that something happened: what, is read anew, since
// what stands here already may read otherwise by now.
'use strict'

const name = decodeURIComponent(location.pathname.split('/').pop())
const api = new URL('../api/v1/', location.href)
const at = (selector) => document.querySelector(selector)
const KEPT = 'tocsin token'
const PAGE = 100
const AGAIN_MS = 3000

const time = (text) => new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

function say(trouble) {
  at('#trouble').textContent = trouble
}

function askForToken(why = '') {
  localStorage.removeItem(KEPT)
  socket?.close()
  at('#incident').hidden = true
  at('#ask').hidden = false
  say(why)
}

async function get(path) {
  const answer = await fetch(new URL(path, api), { headers: { authorization: `Bearer ${localStorage.getItem(KEPT)}` } })
  const body = await answer.json()
  if (answer.ok) return body
  throw Object.assign(new Error(body.detail ?? body.title), { status: answer.status })
}

// ---- what is shown ----

function fact(term, value) {
  if (!value) return []
  const dt = document.createElement('dt'), dd = document.createElement('dd'), both = document.createElement('div')
  dt.textContent = term
  dd.textContent = value
  both.append(dt, dd)
  return [both]
}

function showIncident({ state }) {
  document.title = `${name} ${state.title}`
  at('h1').textContent = document.title
  const people = Object.entries(state.roles ?? {}).flatMap(([role, person]) => fact(role, person))
  at('dl').replaceChildren(...fact('status', state.status), ...fact('severity', state.severity), ...fact('service', state.service),
    ...fact('team', state.team), ...people)
  at('#summary').textContent = state.summary ?? ''
}

function line(event) {
  const li = document.createElement('li'), when = document.createElement('time'), text = document.createElement('p')
  when.dateTime = event.at
  when.textContent = time(event.at)
  text.textContent = event.text
  li.append(when, text)
  return li
}

// ---- what is read ----

let pages = 1 // that are shown

async function readTimeline() {
  const events = []
  let before
  for (let i = 0; i < pages && (i === 0 || before); i++) {
    const page = await get(`incidents/${name}/timeline?limit=${PAGE}${before ? `&before=${before}` : ''}`)
    events.push(...page.events)
    before = page.next_before
  }
  at('ol').replaceChildren(...events.map(line))
  at('#earlier').hidden = !before
}

let reading = false, again = false

async function read() {
  again = reading
  if (reading) return
  if (!localStorage.getItem(KEPT)) return askForToken()
  reading = true
  try {
    showIncident(await get(`incidents/${name}`))
    await readTimeline()
    at('#ask').hidden = true
    at('#incident').hidden = false
    say('')
    follow()
  } catch (error) {
    if (error.status === 401 || error.status === 403) askForToken(error.message)
    else say(error.message)
    if (!error.status || error.status >= 500) setTimeout(read, AGAIN_MS) // Tocsin is away
  }
  reading = false
  if (again) read()
}

// A connection that ends is opened again, and what was missed is read.
let socket

function follow() {
  if (socket) return
  const address = new URL(`stream?token=${encodeURIComponent(localStorage.getItem(KEPT))}`, api)
  address.protocol = address.protocol.replace('http', 'ws')
  socket = new WebSocket(address)
  socket.onopen = read // what happened between the reading and the stream
  socket.onmessage = ({ data }) => JSON.parse(data).incident === name && read()
  socket.onclose = () => {
    socket = undefined
    setTimeout(read, AGAIN_MS)
  }
}

at('#ask').addEventListener('submit', (event) => {
  event.preventDefault()
  localStorage.setItem(KEPT, at('#token').value.trim())
  at('#token').value = ''
  read()
})
at('#forget').addEventListener('click', () => askForToken())
at('#earlier').addEventListener('click', () => {
  pages++
  read()
})

read()
