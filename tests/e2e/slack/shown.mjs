// What somebody in Slack reads of a message: emoji in place of their names, dates in their own zone, entities as characters. From
// Slack's "Formatting text for app surfaces" and the composition objects of @slack/types.
const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }
const EMOJI = /:([a-z0-9_+'-]+|[+-]1):/g

// Digits alone name two emoji.
const withEmoji = (text) => text.replace(EMOJI, (all, name) => (/^\d+$/.test(name) && !['100', '1234'].includes(name) ? all : `‹${name}›`))

// The formats of <!date^SECONDS^FORMAT|FALLBACK>.
function dateOf(seconds, format, zone) {
  const at = new Date(seconds * 1000)
  const part = (options) => new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(at)
  const day = (d) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(d)
  const near = { [day(new Date())]: 'Today', [day(new Date(Date.now() + 864e5))]: 'Tomorrow', [day(new Date(Date.now() - 864e5))]: 'Yesterday' }[day(at)]
  const forms = {
    date_num: day(at),
    date_short: part({ month: 'short', day: 'numeric', year: 'numeric' }),
    date_short_pretty: near ?? part({ month: 'short', day: 'numeric', year: 'numeric' }),
    time: part({ hour: 'numeric', minute: '2-digit' }),
    time_secs: part({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  }
  return format.replace(/\{(\w+)\}/g, (all, name) => forms[name] ?? all)
}

// mrkdwn: emphasis stays as its marks; code has no emoji.
export function mrkdwnShown(text, zone = 'UTC') {
  return text.split(/(```[\s\S]*?```|`[^`\n]+`)/).map((piece, i) => (i % 2 ? piece : withEmoji(piece)
    .replace(/<!date\^(\d+)\^([^|>^]+)(?:\^[^|>]*)?\|([^>]*)>/g, (all, seconds, format) => dateOf(Number(seconds), format, zone))))
    .join('').replace(/&amp;|&lt;|&gt;/g, (e) => ENTITIES[e])
}

const textShown = (t, zone) => (t?.type === 'mrkdwn' ? mrkdwnShown(t.text, zone) : t?.emoji === false ? t.text : withEmoji(t?.text ?? ''))

// The whole message, a line for each text; without blocks its text.
export function shown(message, zone = 'UTC') {
  if (!message.blocks?.length) return mrkdwnShown(message.text, zone)
  return message.blocks.flatMap((b) => [b.text && textShown(b.text, zone), ...(b.fields ?? []).map((f) => textShown(f, zone)),
    ...(b.elements ?? []).map((e) => textShown(e.text && typeof e.text === 'object' ? e.text : e, zone))]).filter(Boolean).join('\n')
}
