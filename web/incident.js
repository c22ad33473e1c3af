// One incident and its timeline, newest first, kept up to date while the page is open. Everything shown comes from the API, read with
// the reader's token, and goes into the page as text. The stream only signals that something happened; the page then reads everything
// again, since earlier entries may have changed too.
'use strict'

const name = decodeURIComponent(location.pathname.split('/').pop())
const api = new URL('../api/v1/', location.href)
const find = (selector) => document.querySelector(selector)
const TOKEN = 'tocsin token' // its key in localStorage
const PAGE = 100
const RETRY_MS = 3000

const time = (text) => new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

function showProblem(text) {
  find('#problem').textContent = text
}

function signOut(reason = '') {
  localStorage.removeItem(TOKEN)
  socket?.close()
  find('#incident').hidden = true
  find('#sign-in').hidden = false
  showProblem(reason)
}

async function get(path) {
  const response = await fetch(new URL(path, api), { headers: { authorization: `Bearer ${localStorage.getItem(TOKEN)}` } })
  const body = await response.json()
  if (response.ok) return body
  throw Object.assign(new Error(body.detail ?? body.title), { status: response.status })
}

// ---- showing ----

function element(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

function fact(term, value) {
  if (!value) return []
  const both = document.createElement('div')
  both.append(element('dt', term), element('dd', value))
  return [both]
}

// Only an address of the web leads anywhere; anything else that was kept as a link is shown as text.
function link({ url, label }) {
  if (!/^https?:\/\//i.test(url)) return element('span', label ?? url)
  const a = element('a', label ?? url)
  a.href = url
  a.rel = 'noreferrer noopener'
  return a
}

const place = ({ function: name = 'anonymous', file, line }) => `${name}${file ? ` in ${file}` : ''}${line ? `:${line}` : ''}`
const said = ({ type, value }) => [type, value].filter(Boolean).join(': ')

// One alert group: what it says, how often, and on demand where in the code. Those that the reader opened stay open.
function problem(error) {
  const details = document.createElement('details'), lines = (error.frames ?? []).map(place)
  details.id = `error-${error.fingerprint}`
  details.open = document.getElementById(details.id)?.open ?? false
  for (const cause of error.causes ?? []) lines.push(`caused by ${said(cause)}${cause.frame ? `, ${place(cause.frame)}` : ''}`)
  details.append(element('summary', `${said(error) || error.title || 'untitled'} · ${error.count}×${error.resolved ? ' · resolved' : ''}`))
  const facts = document.createElement('dl')
  facts.replaceChildren(...fact('message', error.message), ...fact('service', error.service), ...fact('environment', error.environment),
    ...fact('release', error.release), ...fact('customer', error.customer?.name ?? error.customer?.key))
  details.append(facts, element('pre', lines.join('\n')))
  return details
}

// What an escape, a character reference or an address in CommonMark stands for; the rest stays as it was written.
function shown(commonmark) {
  return commonmark.replace(/\\([!-/:-@[-`{-~])|&#(\d{1,7});|<(https?:\/\/[^\s<>]+)>/g,
    (_, mark, code, address) => mark ?? address ?? String.fromCodePoint(Math.min(code, 0x10ffff)))
}

// What the catalogue says of the service, before the links that people and alerts added.
function linksOf({ runbook, dashboards = [] }, links = []) {
  const own = [...(runbook ? [{ url: runbook, label: 'Runbook' }] : []), ...dashboards.map((url) => ({ url, label: 'Dashboard' }))]
  return [...own, ...links].map(link)
}

function showIncident({ state, errors = [] }) {
  const { catalogue = {} } = state
  document.title = `${name} ${state.title}`
  find('h1').textContent = document.title
  const people = Object.entries(state.roles ?? {}).flatMap(([role, person]) => fact(role, person))
  find('dl').replaceChildren(...fact('status', state.status), ...fact('severity', state.severity), ...fact('kind', state.kind), ...fact('service', state.service),
    ...fact('team', state.team), ...fact('owner', catalogue.owner), ...fact('needed by', (catalogue.needed_by ?? []).join(', ')), ...people)
  find('#summary').textContent = shown(state.summary ?? '')
  find('#links').replaceChildren(...linksOf(catalogue, state.links))
  find('#errors').replaceChildren(...errors.map(problem))
}

function line(event) {
  const li = document.createElement('li'), when = element('time', time(event.at))
  when.dateTime = event.at
  li.append(when, element('p', shown(event.text)))
  return li
}

// ---- reading ----

let pages = 1 // of the timeline that are shown

async function readTimeline() {
  const events = []
  let before
  for (let i = 0; i < pages && (i === 0 || before); i++) {
    const page = await get(`incidents/${name}/timeline?limit=${PAGE}${before ? `&before=${before}` : ''}`)
    events.push(...page.events)
    before = page.next_before
  }
  find('ol').replaceChildren(...events.map(line))
  find('#earlier').hidden = !before
}

let reading = false, readAgain = false

async function read() {
  readAgain = reading
  if (reading) return
  if (!localStorage.getItem(TOKEN)) return signOut()
  reading = true
  try {
    showIncident(await get(`incidents/${name}`))
    await readTimeline()
    find('#sign-in').hidden = true
    find('#incident').hidden = false
    showProblem('')
    follow()
  } catch (error) {
    if (error.status === 401 || error.status === 403) signOut(error.message)
    else showProblem(error.message)
    if (!error.status || error.status >= 500) setTimeout(read, RETRY_MS) // Tocsin is not available
  }
  reading = false
  if (readAgain) read()
}

// Opens a connection that ends again, and reads what was missed.
let socket

function follow() {
  if (socket) return
  const address = new URL(`stream?token=${encodeURIComponent(localStorage.getItem(TOKEN))}`, api)
  address.protocol = address.protocol.replace('http', 'ws')
  socket = new WebSocket(address)
  socket.onopen = read // reads what happened since the last read
  socket.onmessage = ({ data }) => JSON.parse(data).incident === name && read()
  socket.onclose = () => {
    socket = undefined
    setTimeout(read, RETRY_MS)
  }
}

find('#sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  localStorage.setItem(TOKEN, find('#token').value.trim())
  find('#token').value = ''
  read()
})
find('#sign-out').addEventListener('click', () => signOut())
find('#earlier').addEventListener('click', () => {
  pages++
  read()
})

read()
