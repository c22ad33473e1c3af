// A fake Zendesk for the bench: node tests/bench/desk.mjs CALLS, that many a second. Prints its address. On a line of input it prints how
// many requesters got a mail, how many got more than one, and how often a call was refused for coming too soon.
import { createInterface } from 'node:readline'
import { Zendesk } from '../e2e/zendesk/server.mjs'

const zendesk = await new Zendesk().start()
zendesk.limited = true
zendesk.limits = { account: [Number(process.argv[2]), 1] }
console.log(zendesk.url)
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') break
  const mails = new Map()
  for (const { to } of zendesk.desk.mails) mails.set(to, (mails.get(to) ?? 0) + 1)
  console.log(mails.size, [...mails.values()].filter((n) => n > 1).length, zendesk.log.filter((call) => call.status === 429).length)
}
process.exit(0)
