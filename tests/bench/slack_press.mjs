// The time from a button pressed in Slack to the changed card there, through socket, connector, core, disk and back, minus the fake
// Slack's own time: node tests/bench/slack_press.mjs COUNT. Prints the median and the 99th percentile in microseconds.
import { setImmediate as breathe } from 'node:timers/promises'
import { press, sees, together } from '../e2e/slack/joined.mjs'
import { until } from '../e2e/support.mjs'

const LABELS = ['Fixing', 'Monitoring', 'Resolve', 'Reopen'] // each changes the card, and shows the next
const count = Number(process.argv[2] ?? 300)
const ends = []
const { slack, ana, ben } = await together({ after: (end) => ends.unshift(end) })
// The presses take turns on many cards, because one card is edited at most once a second.
const incidents = []
for (let i = 1; i <= 100; i++) {
  await ana.slash('general', `checkout ${i} is slow`)
  const channel = await until('a channel', () => slack.channel(`inc-${i}-checkout-${i}-is-slow`))
  const card = await sees(slack, `inc-${i}-`, new RegExp(`INC-${i} checkout`), (m) => m.blocks)
  incidents.push({ channel, card, at: 0 })
}
const took = []
for (let i = 0; i < count + 10; i++) {
  const it = incidents[i % incidents.length]
  await until('its second to be over', () => performance.now() - it.at > 1100)
  const calls = slack.log.length
  const before = it.card.revisions.length
  const from = performance.now()
  await press(i % 2 ? ana : ben, it.channel, it.card, LABELS[Math.floor(i / incidents.length) % LABELS.length])
  while (it.card.revisions.length === before) await breathe()
  it.at = performance.now()
  const own = slack.log.slice(calls).reduce((sum, call) => sum + (call.ms ?? 0), 0)
  if (i >= 10) took.push((it.at - from - own) * 1000)
  await until('the rest to be done', () => slack.log.at(-1).ms !== undefined)
}
took.sort((a, b) => a - b)
const at = (percent) => Math.round(took[Math.floor(((took.length - 1) * percent) / 100)])
console.log(at(50), at(99))
for (const end of ends) await end()
process.exit(0)
