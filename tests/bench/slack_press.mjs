// From a button pressed in Slack to its card changed there, through socket, connector, core, disk and back, net of what the stand-in itself
// takes: node tests/bench/slack_press.mjs COUNT. Prints the median and the 99th percentile in microseconds.
import { setImmediate as breathe } from 'node:timers/promises'
import { press, sees, together } from '../e2e/slack/joined.mjs'
import { until } from '../e2e/support.mjs'

const count = Number(process.argv[2] ?? 300)
const ends = []
const { slack, ana, ben } = await together({ after: (end) => ends.unshift(end) })
await ana.slash('general', 'checkout is slow')
const channel = await until('a channel', () => slack.channel('inc-1-checkout-is-slow'))
const card = await sees(slack, 'inc-1', /INC-1 checkout is slow/, (m) => m.blocks)
const took = []
for (let i = 0; i < count + 10; i++) {
  const calls = slack.log.length
  const before = card.revisions.length
  const from = performance.now()
  await press(i % 2 ? ana : ben, channel, card, 'I lead') // each takes it from the other, so the card changes
  while (card.revisions.length === before) await breathe()
  const whole = performance.now() - from
  const own = slack.log.slice(calls).reduce((sum, call) => sum + (call.ms ?? 0), 0)
  if (i >= 10) took.push((whole - own) * 1000)
  await until('the rest to be done', () => slack.log.at(-1).ms !== undefined)
}
took.sort((a, b) => a - b)
const at = (percent) => Math.round(took[Math.floor(((took.length - 1) * percent) / 100)])
console.log(at(50), at(99))
for (const end of ends) await end()
process.exit(0)
