// A month that the simulator played into the journal of a real daemon: each team's digest comes to its channel in Slack and Teams and to its list by mail, with
// a picture; and the same figures are in the digest, in its picture, in the CSV, in the API, and in what Python computes from the export.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { MailRig, withMail } from './mail_rig.mjs'
import { pngOf } from './png.mjs'
import { textOf as slackText, together } from './slack/joined.mjs'
import { bytesOf, cardOf } from './teams/cards.mjs'
import { settingsOf, textOf as teamsText } from './teams/joined.mjs'
import { TeamsPerson } from './teams/person.mjs'
import { startTeams } from './teams/server.mjs'
import { build, until, withSlack } from './support.mjs'

const TEAMS = ['payments', 'checkout', 'search']
const HOUR = 3600_000
const skip = withSlack.skip || withMail.skip

// The digest of the first days of a month is that of the month that ended.
function monthOf(now) {
  const at = new Date(now)
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - (at.getUTCDate() <= 7 ? 1 : 0), 1)).toISOString().slice(0, 7)
}
const monthBefore = (month, n) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 - n, 1)).toISOString().slice(0, 7)

// ---- the world ----

const add = (text, ...rows) => text.replace('connectors = {', `connectors = {\n    ${rows.join('\n    ')}`)
const channels = TEAMS.map((name) => `${name} = "${name}@lists.example.com"`).join(', ')
const mailOf = (rig) => `email = { address = "incidents@example.com", secret = "a secret of the end-to-end tests", smtp = "127.0.0.1:${rig.ports.submission}",
      imap = "127.0.0.1:${rig.ports.imaps}", user = "incidents", password = "secret", ca_file = "${rig.directory}/cert.pem", channels = { ${channels} } },`

async function world(t) {
  const rig = await MailRig.start(t)
  const teams = await startTeams()
  t.after(() => teams.stop())
  const tea = new TeamsPerson(teams, { name: 'Tea', email: 'tea@example.com' })
  const team = teams.tenant.addTeam('Operations', { members: [tea.id] })
  for (const name of ['incidents', ...TEAMS]) teams.tenant.addChannel(team, name)
  const now = Date.now()
  const { slack, tocsin } = await together(t, 'sockets', {
    change: (text) => add(text, mailOf(rig), `teams = { limits = { post = "none", edit = "none" }, ${settingsOf(teams, `team = "${team.id}"`)} },`),
    policy: ({ ana }) => `people { ana = { slack = "${ana.id}" } }
${TEAMS.map((name) => `team { name = "${name}", people = { "ana" }, channel = "${name}" }`).join('\n')}`,
    before: (made, w) => {
      for (const name of TEAMS) w.addChannel(name, { members: [w.bot.id] })
      execFileSync(join(build, 'simulate'), ['month', join(made.directory, 'data/journal.db'), String(now)])
    },
  })
  return { rig, teams, slack, tocsin, month: monthOf(now) }
}

// ---- figures ----

const COUNTS = ['incidents', 'declined', 'merged', 'drills', 'active_seconds', 'work_seconds', 'calls_all', 'calls_nights', 'calls_weekends', 'calls_declined_all',
  'calls_declined_nights', 'calls_declined_weekends', 'repeats']
const TIMES = ['accept', 'contact', 'silence', 'fix', 'resolve']
const VALUES = ['count', 'p50_seconds', 'p90_seconds']
const FIGURES = [...COUNTS, ...TIMES.flatMap((time) => VALUES.map((value) => `${time}_${value}`))]

// Half of them, and nine of ten, are within; in whole seconds.
function quantiles(time, values) {
  const within = (percent) => Math.floor(values[Math.ceil((values.length * percent) / 100) - 1] / 1000)
  return [[`${time}_count`, values.length], ...(values.length ? [[`${time}_p50_seconds`, within(50)], [`${time}_p90_seconds`, within(90)]] : [])]
}

// month|kind|name -> { incidents, …, accept_p50_seconds, …, work: in milliseconds }, as Python has them.
async function computed(tocsin) {
  const path = join(tocsin.directory, 'export.jsonl')
  assert.equal((await tocsin.tocsin('export', path)).code, 0)
  const out = execFileSync('python3', [join(import.meta.dirname, 'insights/sums.py'), path, 'nobody'], { encoding: 'utf8' })
  return new Map(out.trim().split('\n').map((line) => {
    const [month, kind, name, ...rest] = line.split('|')
    const counts = COUNTS.map((count, i) => [count, Math.floor(Number(rest[i]) / (count.endsWith('_seconds') ? 1000 : 1))])
    const times = TIMES.flatMap((time, i) => quantiles(time, rest[COUNTS.length + i].split(',').filter(Boolean).map(Number)))
    return [`${month}|${kind}|${name}`, { ...Object.fromEntries([...counts, ...times]), work: Number(rest[5]) }]
  }))
}

const same = (given, wanted, what) => {
  for (const name of FIGURES) assert.equal(given[name], wanted[name], `${what}: ${name}`)
}

function figuresOfCsv(text) {
  const [head, ...lines] = text.trim().split('\n').map((line) => line.split(','))
  return new Map(lines.map((cells) => {
    const row = Object.fromEntries(head.map((name, i) => [name, cells[i]]))
    return [`${row.month}|${row.by}|${row.key}`, Object.fromEntries(FIGURES.filter((name) => row[name] !== '').map((name) => [name, Number(row[name])]))]
  }))
}

const flat = (object, names) => names.flatMap((name) => Object.entries(object[name]).map(([part, n]) => [`${name}_${part}`, n]))
const figuresOfApi = (sum) => ({ ...sum, ...Object.fromEntries([...flat(sum, ['calls', 'calls_declined']), ...flat(sum.times, TIMES)]) })

// "1h 30m", from ten hours on "12 h"
function hours(ms) {
  if (ms >= 10 * HOUR) return `${Math.floor((ms + HOUR / 2) / HOUR)} h`
  const parts = [[HOUR, 'h'], [60_000, 'm'], [1000, 's']].flatMap(([length, name]) => {
    const n = Math.floor(ms / length)
    ms %= length
    return n ? [`${n}${name}`] : []
  })
  return parts.slice(0, 2).join(' ') || '0s'
}
const times = (n, one, many) => `${n} ${n === 1 ? one : many}`

// What a digest must say of the month.
function sentences(sum, before) {
  return [
    times(sum.incidents, 'incident ended', 'incidents ended'),
    `the month before ${before.incidents}`,
    ...(sum.declined + sum.merged + sum.drills ? [`left out: ${sum.declined} declined, ${sum.merged} merged, ${times(sum.drills, 'drill', 'drills')}`] : []),
    `${hours(sum.work)} of people's time; the month before ${hours(before.work)}`,
    ...(sum.calls_all + sum.calls_declined_all
      ? [`people were called ${times(sum.calls_all, 'time', 'times')}, ${sum.calls_nights} by night, ${sum.calls_weekends} at weekends`] : []),
    ...(sum.calls_declined_all ? [`${sum.calls_declined_all} more for what was declined, ${sum.calls_declined_nights} by night`] : []),
  ]
}

function shows(where, text, wanted) {
  for (const sentence of wanted) assert.ok(text.includes(sentence), `${where} lacks "${sentence}":\n${text}`)
}

// ---- pictures ----

function looksRight(where, bytes, alt, { figures, month, name }) {
  const { width, height, colours } = pngOf(bytes)
  assert.ok(bytes.length <= 256 << 10 && width >= 300 && width <= 1024 && height >= 100 && height <= 1024, `${where}: ${width} x ${height}, ${bytes.length} bytes`)
  assert.ok(colours > 4, `${where}: a picture of ${colours} colours`)
  for (let n = 0; n < 4; n++) {
    const sum = figures.get(`${monthBefore(month, n)}|team|${name}`)
    if (sum?.work) assert.ok(alt.includes(hours(sum.work)), `${where}: the picture lacks ${hours(sum.work)} of ${monthBefore(month, n)}: ${alt}`)
  }
}

async function slackDigest(slack, name, title) {
  const message = await until(`the digest of ${name} in Slack\n${slack.violations}`, () => slack.messages(name).find((m) => slackText(m).includes(title)))
  const block = message.blocks.find((b) => b.type === 'image')
  return { text: slackText(message), bytes: slack.uploads.get(block?.slack_file.id)?.bytes, alt: block?.alt_text }
}

async function teamsDigest(teams, name, title) {
  const message = await until(`the digest of ${name} in Teams\n${teams.violations}`, () => teams.messages(name).find((m) => teamsText(m).includes(title)))
  const image = cardOf(message).body.find((e) => e.type === 'Image')
  return { text: teamsText(message), bytes: image && bytesOf(image.url), alt: image?.altText }
}

async function mailDigest(rig, name, title) {
  const mail = await until(`the digest of ${name} by mail\n${rig.log}`, async () => (await rig.mails(name)).find((m) => m.subject === title))
  const [picture] = mail.attachments
  assert.equal(picture?.contentType, 'image/png')
  assert.ok(picture.related && picture.contentDisposition === 'inline')
  const alt = /<img [^>]*alt="([^"]+)"/.exec(mail.html)?.[1].replaceAll('&#39;', "'").replaceAll('&#x27;', "'")
  assert.ok(mail.text.includes(alt), 'the text part says what the picture says')
  return { text: mail.text, bytes: picture.content, alt }
}

test('a month: digest with picture in Slack, Teams and by mail, CSV, API: the same figures', { skip, timeout: 120_000 }, async (t) => {
  const { rig, teams, slack, tocsin, month } = await world(t)
  const api = await until('all incidents to be read', async () => {
    const answer = await tocsin.api(`/insights?month=${month}&months=1`)
    return answer.waiting === 0 && answer
  })
  const figures = await computed(tocsin)
  const over = monthBefore(monthOf(Date.now()), 0) !== new Date().toISOString().slice(0, 7)

  const csv = figuresOfCsv((await tocsin.tocsin('insights', 'export', '--month', month)).out)
  same(csv.get(`${month}|all|`), figures.get(`${month}|all|`), 'CSV, all')
  same(figuresOfApi(api.all), figures.get(`${month}|all|`), 'API, all')

  for (const name of TEAMS) {
    const sum = figures.get(`${month}|team|${name}`)
    const before = figures.get(`${monthBefore(month, 1)}|team|${name}`) ?? { incidents: 0, work: 0 }
    const title = `${name} in ${month}${over ? '' : ' so far'}`
    same(csv.get(`${month}|team|${name}`), sum, `CSV, ${name}`)
    same(figuresOfApi(api.by.team.find((row) => row.key === name)), sum, `API, ${name}`)
    for (const [where, digest] of [['Slack', await slackDigest(slack, name, title)], ['Teams', await teamsDigest(teams, name, title)], ['mail', await mailDigest(rig, name, title)]]) {
      shows(`${where}, ${name}`, digest.text.replaceAll('\n', ' ').replaceAll('’', "'"), sentences(sum, before))
      looksRight(`${where}, ${name}`, digest.bytes, digest.alt, { figures, month, name })
    }
  }
  assert.deepEqual([slack.violations, teams.violations], [[], []])
})
