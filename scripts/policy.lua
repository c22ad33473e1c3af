-- The default policy: everything that Tocsin does by itself. A file in your own policy directory can replace a part of it by
-- name, or remove it:
--
--     rule { name = "volume", off = true }
--     obligation { name = "update", off = true }
--     on("customer", "first-customer", false)

severity { "minor", "major", "critical" } -- lowest first; new incidents start with the lowest
role { "lead", "comms" }
kind { "security" }

-- What a rule below declares has this severity by the worst level that the sender reported, unless the rule says another one.
-- Alertmanager's, Grafana's and PagerDuty's `critical` is level fatal, and so is Sentry's `fatal`.
levels { fatal = "critical" }

-- What is important: an incident of a service in a critical flow, or one that affects so many customers, or one whom we watch over, or
-- grows: `growth` times as many alerts within this time as in the same time before, and at least so many. `important` says which holds.
important { customers = 10, growth = 2, alerts = 20, within = "5m" }

-- When to declare ----------------------------------------------------------------------------------------------------
-- The first rule that matches decides: by priority, then your files before this one, then from top to bottom. An incident that
-- a rule declares begins in triage. `page = true` is the team of the service, where service{} names one, or else product-responder;
-- a rule that says nothing of it pages that team, or else nobody.

rule {
  name = "not-production",
  summary = "an error outside production",
  match = { environment = { "dev", "development", "local", "test", "testing", "ci", "staging" } },
  quiet = true,
}

rule {
  name = "many-customers",
  summary = "one error affects 10 customers",
  match = { customers = 10, level = "error" },
  declare = { severity = "major", page = true },
}

-- Name your important services: services { important = { "checkout", "pay*" } }, or all of them: { "*" }. Until you do, an error that no
-- other rule declares opens no incident; `incoming` lists it, says so, and opens one with `declare from <fingerprint>`.
rule {
  name = "new-error-important",
  summary = "an error never seen before, in an important service",
  match = { new = true, important = true, level = "error" },
  declare = { page = true },
}

-- `new` also matches a known problem that gets worse, or spreads to another environment or service.
rule {
  name = "got-worse",
  summary = "a known problem is fatal now",
  match = { worse = true, level = "fatal" },
  declare = true,
}

rule {
  name = "regression",
  summary = "an error came back after its incident ended",
  match = { regressed = true, incident = true, level = "error" },
  declare = true,
}

-- It was only a warning before, so it had no incident, ended, and came back as an error.
rule {
  name = "return-important",
  summary = "an error came back in an important service",
  match = { regressed = true, important = true, level = "error" },
  declare = { page = true },
}

rule {
  name = "volume",
  summary = "one error occurred 100 times within 5 minutes",
  match = { count = 100, within = "5m", level = "error" },
  declare = true,
}

-- Somebody set up the monitor on purpose, so a single alert is enough.
rule {
  name = "monitor-alert",
  summary = "an alert from a monitor, of level error or worse",
  match = { new = true, regressed = true, source = { "alertmanager", "grafana", "pagerduty" }, level = "error" },
  declare = true,
}

-- What heartbeat{} declares has not reported: a job that did not run, or the monitoring itself.
rule {
  name = "missed-heartbeat",
  summary = "something has not reported in time",
  match = { new = true, regressed = true, source = "heartbeat", level = "error" },
  declare = { page = "product-responder" },
}

-- None of their ways works, so no page would reach them: their rotation is paged, and goes on to the next one at once.
rule {
  name = "unreachable",
  summary = "no page would reach whoever is on call",
  match = { new = true, regressed = true, source = "tocsin" },
  declare = function(group)
    return { severity = "major", page = group.stream }
  end,
}

-- One cause may show up as many problems, and each would get its own incident. Beyond these limits, further problems are gathered in
-- one open incident, unless they are more severe or page somebody else. Nobody is paged twice for the same storm.
storm { name = "storm-of-service", by = "service", limit = 20, within = "5m" }
storm { name = "storm-of-rule", by = "rule", limit = 50, within = "5m" }

-- What happens then --------------------------------------------------------------------------------------------------

on("declared", "open-channel", function(incident)
  incident:open_channel()
end)

on("declared", "announce", function(incident)
  incident:announce(nil, incident.team or "product-responder")
end)

-- If a past incident was like this one, its room is told in one line what fixed it. To do without: on("declared", "lesson", false).
on("declared", "lesson", function(incident)
  if not incident.drill then
    incident:command("recall")
  end
end)

-- Whoever accepts an incident leads it, until somebody else takes over.
on("status", "accept-leads", function(incident, event)
  if event.name == "accept" and event.by_person and not incident.lead then
    incident:give("lead", event.by)
  end
end)

on("customer", "first-customer", function(incident, event)
  if #incident.customers == 1 then
    incident:say("First customer affected: **" .. literal(event.text or event.name) .. "**. Tell them before they have to ask.")
  end
end)

-- With many alerts, only the last one that resolves is announced, and the first one that fires again.
on("alert_state", "alert-state", function(incident, event)
  local firing = 0
  for _, alert in ipairs(incident.alerts) do
    firing = firing + (alert.resolved and 0 or 1)
  end
  if event.name == "resolved" and firing == 0 then
    local what = #incident.alerts > 1 and "All " .. #incident.alerts .. " alerts resolved; the last: " or "The alert resolved: "
    incident:say(what .. literal(event.text or "") .. ". If this is over: `resolve`, or `decline` if it was nothing.")
  elseif event.name == "regressed" and firing == 1 then
    incident:say("The alert is firing again: " .. literal(event.text or ""))
  end
end)

-- One alert can fire for several instances. The card names the first ones; what changes later is one line.
on("alert_instances", "alert-instances", function(incident, event)
  if event.flag then
    incident:say(literal(event.text .. (event.name and ": " .. event.name or "")))
  end
end)

-- An alert that comes and goes is damped: this is one line every ten minutes.
on("alert_flapped", "alert-flapped", function(incident, event)
  incident:say(literal((event.name or "The alert") .. " " .. event.text))
end)

-- Silence has a clock ------------------------------------------------------------------------------------------------
-- Reminders repeat, as often as `every` says, until it is done. An incident in triage or active always owes one of these; a pause has
-- its own end. No incident is ever forgotten.

obligation {
  name = "triage",
  text = "accept or decline it",
  status = "triage",
  within = "15m",
  on_missed = function(incident, times)
    if times <= 2 then
      incident:say("Nobody has looked at this yet: `accept` or `decline`, one word is enough.")
    else
      incident:page(incident.team or "product-responder", incident.name .. " is waiting in triage: " .. incident.title)
    end
  end,
}

-- For a minor incident any message counts; from major on, people outside are waiting for an update.
obligation {
  name = "update",
  text = "say where it stands, pause it, or end it",
  status = "active",
  after = { "spoken", major = "update", critical = "update" },
  within = { "4h", major = "30m", critical = "15m" },
  on_missed = function(incident)
    if incident.severity == "major" or incident.severity == "critical" then
      incident:say("An update is due: `update …`. Silence is worse than downtime.")
    else
      incident:say("Quiet for a while. Still working on it? `update …`, `pause <reason> until …`, or `resolve`.")
    end
  end,
}

obligation {
  name = "draft",
  text = "approve or discard the message to customers",
  status = { "active", "resolved" },
  with = "draft",
  within = "5m",
  on_missed = function(incident)
    incident:say("A message to customers is waiting: send it with a thumbs-up or `approve`, or `discard` it.")
  end,
}

-- Customers' silence has a clock, too: it begins when the first of them is affected, and a pause does not stop it. In a minor incident
-- one line reminds the channel. In a more severe one a second reminder goes to whoever talks to customers, and then somebody is paged.
local function name_of(id)
  local known = person(id)
  return known and known.name or id
end

local function remind(incident, times, text)
  local who = incident.comms or incident.lead
  if times == 1 then
    incident:say(text)
  elseif times == 2 then
    incident:say("Still: " .. text .. (who and " I told " .. literal(name_of(who)) .. " directly." or " Nobody talks to customers yet: `comms me`."))
    if who then incident:nudge(who, text) end
  else
    local whom = first_team("comms", "product-responder")
    incident:say("Still: " .. text .. " I page " .. literal(whom) .. ".")
    incident:page(whom, "Customers of " .. incident.name .. " wait to hear from us: " .. incident.title)
  end
end

-- Nothing is said early about security.
local function first_word(incident, otherwise)
  return incident.kind == "security" and "`draft all security` begins what they need to know." or otherwise
end

obligation {
  name = "first-contact",
  text = "tell the customers that we see it",
  status = "open",
  customers = true,
  told = false,
  after = "told",
  within = { "2h", major = "10m", critical = "5m" },
  every = { "2h", major = "5m", critical = "5m" },
  times = { 1, major = 3, critical = 3 },
  on_missed = function(incident, times)
    remind(incident, times, "Customers have not heard from us yet: " .. first_word(incident, "`early`, or `draft all …`, tells them that we are on it."))
  end,
}

obligation {
  name = "customer-update",
  text = "tell the customers where it stands: `draft all update`",
  status = "open",
  customers = true,
  told = true,
  after = "told",
  within = { "8h", major = "1h", critical = "30m" },
  every = { "8h", major = "15m", critical = "10m" },
  times = { 1, major = 3, critical = 3 },
  on_missed = function(incident, times)
    remind(incident, times, "Customers have not heard from us for a while: `draft all update`.")
  end,
}

-- Those whom we watch over are asked for sooner, once.
obligation {
  name = "first-contact-cares",
  text = "tell the customers whom we watch over that we see it",
  status = "open",
  cares = true,
  told = false,
  after = "told",
  within = { "30m", major = "5m", critical = "3m" },
  times = 1,
  on_missed = function(incident)
    incident:say("A customer whom we watch over has not heard from us yet: " .. first_word(incident, "`early` tells all, `tell …` tells one."))
  end,
}

obligation {
  name = "customer-update-cares",
  text = "tell the customers whom we watch over where it stands",
  status = "open",
  cares = true,
  told = true,
  after = "told",
  within = { "4h", major = "30m", critical = "15m" },
  times = 1,
  on_missed = function(incident)
    incident:say("A customer whom we watch over has not heard from us for a while: `draft all update`, or `tell …`.")
  end,
}

-- Whoever was told of it, or wrote, hears that it is over.
obligation {
  name = "closing-message",
  text = "tell the customers that it is over: `draft all resolved`",
  status = "resolved",
  with = "conversation",
  within = { "8h", major = "1h", critical = "30m" },
  every = { "8h", major = "30m", critical = "30m" },
  times = { 1, major = 2, critical = 2 },
  on_missed = function(incident, times)
    remind(incident, times, "Customers know of this, and not yet that it is over: `draft all resolved`.")
  end,
}

-- Messages to customers to begin with. A placeholder is filled in when the message is drafted; …-marks are for whoever sends it.
message {
  name = "first-contact",
  when = "at once, before anything is known: it needs no facts",
  text = {
    en = "Hello {{customer}},\n\nwe can see that something on our side is not working for you, and we are looking into it now. "
      .. "You will hear from us again as soon as we know more. If you have noticed anything particular, just answer this message.",
    de = "Hallo {{customer}},\n\nwir sehen, dass bei uns gerade etwas nicht so funktioniert, wie es sollte, und untersuchen es. "
      .. "Sobald wir mehr wissen, melden wir uns wieder. Wenn Ihnen etwas aufgefallen ist, antworten Sie einfach auf diese Nachricht.",
  },
}

message {
  name = "update",
  when = "something is known, but it is not over",
  text = {
    en = "Hello {{customer}},\n\na short update: we have found where the problem comes from and are working on it. "
      .. "It is not solved yet; we will write again when there is news.",
    de = "Hallo {{customer}},\n\nein kurzer Zwischenstand: Wir haben gefunden, woher das Problem kommt, und arbeiten daran. "
      .. "Es ist noch nicht gelöst; wir schreiben wieder, sobald es Neues gibt.",
  },
}

message {
  name = "workaround",
  when = "there is a way around it: add what to do",
  text = {
    en = "Hello {{customer}},\n\nwhile we work on the problem, there is a way around it: …\n\nWe will tell you when you no longer need it.",
    de = "Hallo {{customer}},\n\nbis das Problem gelöst ist, gibt es einen Umweg: …\n\nWir sagen Ihnen, wenn Sie ihn nicht mehr brauchen.",
  },
}

message {
  name = "fix-shipped",
  when = "the fix is out, and you still watch whether it holds",
  text = {
    en = "Hello {{customer}},\n\nwe have put a fix in place, and what we see looks good. We keep watching it. "
      .. "If anything is still wrong for you, please answer this message.",
    de = "Hallo {{customer}},\n\nwir haben den Fehler behoben, und es sieht gut aus. Wir behalten es im Auge. "
      .. "Wenn bei Ihnen noch etwas nicht stimmt, antworten Sie bitte auf diese Nachricht.",
  },
}

message {
  name = "resolved",
  when = "it is over",
  text = {
    en = "Hello {{customer}},\n\nthe problem is solved, and everything works as it should again. "
      .. "We are sorry for the trouble. If you notice anything else, just answer this message.",
    de = "Hallo {{customer}},\n\ndas Problem ist gelöst, und alles funktioniert wieder, wie es soll. "
      .. "Es tut uns leid, dass Sie damit zu tun hatten. Wenn Ihnen noch etwas auffällt, antworten Sie einfach auf diese Nachricht.",
  },
}

message {
  name = "apology",
  when = "it was serious, and you know what changes: add it",
  text = {
    en = "Hello {{customer}},\n\nwe are sorry. What happened should not have, and we know what it meant for you. "
      .. "What we change so that it does not happen again: …",
    de = "Hallo {{customer}},\n\nes tut uns leid. Das hätte nicht passieren dürfen, und wir wissen, was es für Sie bedeutet hat. "
      .. "Was wir ändern, damit es nicht wieder vorkommt: …",
  },
}

message {
  name = "third-party",
  when = "the cause is at a provider: we say so without blame",
  text = {
    en = "Hello {{customer}},\n\nthe problem that you see comes from a service that we build on. We are in contact with them "
      .. "and do what we can on our side. We will write again when there is news.",
    de = "Hallo {{customer}},\n\ndas Problem, das Sie sehen, kommt von einem Dienst, auf dem wir aufbauen. Wir sind mit ihm in Kontakt "
      .. "und tun auf unserer Seite, was wir können. Wir schreiben wieder, sobald es Neues gibt.",
  },
}

message {
  name = "scheduled-work",
  when = "something will not work for a while, as planned: add when and what",
  text = {
    en = "Hello {{customer}},\n\nwe will be working on our systems on …. During that time, … You do not need to do anything.",
    de = "Hallo {{customer}},\n\nam … arbeiten wir an unseren Systemen. In dieser Zeit … Sie müssen nichts tun.",
  },
}

message {
  name = "security",
  when = "it concerns their data or access: with legal or security, never early; add what you know for certain",
  text = {
    en = "Hello {{customer}},\n\nwe are writing to you about the security of your data. What we know for certain: …\n\n"
      .. "What we have done: …\n\nWhat you should do: …\n\nYou can reach us at any time by answering this message.",
    de = "Hallo {{customer}},\n\nwir schreiben Ihnen wegen der Sicherheit Ihrer Daten. Was wir sicher wissen: …\n\n"
      .. "Was wir getan haben: …\n\nWas Sie tun sollten: …\n\nSie erreichen uns jederzeit, indem Sie auf diese Nachricht antworten.",
  },
}

-- What goes to customers when it is serious has been read by two. What is about security is approved by two, and one of them has a role.
approval { name = "four-eyes", severity = { "major", "critical" }, not_author = true }
approval { name = "security", kind = "security", needs = 2, roles = { "lead", "comms" } }

obligation {
  name = "comms-lead",
  text = "find somebody who talks to customers: `comms me`",
  status = "active",
  severity = { "major", "critical" },
  without = "comms",
  within = "10m",
  every = "15m",
  on_missed = function(incident)
    local whom = first_team("comms", incident.team or "", "product-responder")
    incident:say("A " .. incident.severity .. " incident needs somebody who talks to customers: `comms me`. Anyone can. I page " .. literal(whom) .. ".")
    incident:page(whom, incident.name .. " has no comms lead: " .. incident.title)
  end,
}

-- A write-up is owed where much was at stake. `writeup draft` makes one of the template below; a link to one elsewhere will do.
obligation {
  name = "post-mortem",
  text = "finish the write-up (`writeup`) or link the post-mortem, then close it",
  status = "resolved",
  severity = { "major", "critical" },
  without = { link = "*post*mortem*", writeup = true },
  within = "5d",
  every = "2d",
  on_missed = function(incident)
    if incident.writeup == 0 then
      incident:say("What did we learn? `writeup draft` begins with what the timeline knows; or `link <url> post-mortem`. Then `close`.")
    else
      incident:say("The write-up is not finished: `writeup` shows it, `writeup done` finishes it. Then `close`.")
    end
  end,
}

template {
  name = "write-up",
  text = [[
# {{name}} {{title}}

Severity {{severity}}, declared {{declared}}. Lead: {{lead|nobody}}. {{course|}}

{{summary|}}

## What happened

{{happened|}}

## Whom it touched

Customers: {{customers|none known}}. {{contact|}}

## What they were told

{{told|Nothing.}}

## What helped

{{helped|}}

## What hindered

{{hindered|}}

## What we change

{{followups|}}
]],
}

-- Drills --------------------------------------------------------------------------------------------------------------
-- `drills` lists them, `drills run gateway-fails` plays one (docs/drills.md). Alerts and customers are made up, and nothing reaches anybody
-- outside; pages are real, to whoever the rest of this policy pages.

drill {
  name = "gateway-fails",
  title = "Card payments are refused",
  about = "the payment gateway fails, and customers write before anybody knows why",
  severity = "major",
  service = "checkout",
  steps = {
    { alert = { title = "502 from the payment gateway", message = "12 of 14 payments of the last minute failed." } },
    { after = "1m", note = "What would you look at first? `accept` takes it; say what you do as you do it." },
    { after = "2m", customer = { name = "Acme", says = "We cannot pay, and we open in ten minutes. Is it you or us?" } },
    { after = "5m", customer = { name = "Globex", says = "All our card payments are refused since a few minutes." } },
    { after = "8m", alert = { title = "Queue of payments grows", message = "4,100 payments wait." } },
    { after = "12m", customer = { name = "Acme", says = "Any news? We have to tell our own customers something." } },
    { after = "15m", note = "The gateway's status page says: degraded, a fix is being deployed." },
    { after = "18m", recovers = "502 from the payment gateway" },
    { after = "20m", recovers = "Queue of payments grows" },
  },
  ends = "30m",
}

drill {
  name = "bad-release",
  title = "Errors after the night's release",
  about = "a release at night goes wrong, somebody is paged, and hands over when their shift ends",
  severity = "major",
  service = "checkout",
  steps = {
    { alert = { title = "TypeError in checkout", message = "New in release 4.2.0, which went out 3 minutes ago." } },
    { after = "30s", page = "product-responder" },
    { after = "4m", alert = { title = "Latency of checkout over 3s", message = "p95 is 3.4 s." } },
    { after = "6m", note = "Release 4.2.0 changed the schema: a rollback needs a decision. Who takes it?" },
    { after = "10m", note = "It is late, and you have been up since six. Hand over: `handover lead to @somebody`, with what they need to know." },
    { after = "15m", customer = { name = "Initech", says = "Our nightly orders do not go through." } },
    { after = "20m", recovers = "TypeError in checkout" },
    { after = "21m", recovers = "Latency of checkout over 3s" },
  },
  ends = "30m",
}

drill {
  name = "chat-is-down",
  title = "Logins fail, and so does chat",
  about = "chat is down in the middle of an incident: use the web, the command line or the telephone",
  severity = "major",
  steps = {
    { alert = { title = "Logins fail", message = "401 for one in three logins." } },
    { after = "2m", note = "In a minute this room will fall silent, for this drill alone. `tocsin timeline` and the web go on working." },
    { after = "3m", fails = "chat", lasts = "5m" },
    { after = "4m", page = "product-responder" },
    { after = "5m", customer = { name = "Umbrella", says = "Nobody here can log in." } },
    { after = "10m", note = "Chat is back. What did you do meanwhile, and who knew?" },
    { after = "14m", recovers = "Logins fail" },
  },
  ends = "25m",
}

-- What the insights say in words --------------------------------------------------------------------------------------
-- Called for each team, service or rule of a month; `past` is an ordinary month of the three before. A sentence, or nothing.

insight {
  name = "rough-time",
  by = "team",
  say = function(now, past)
    if past.months > 0 and now.hours >= 10 and now.hours > 1.5 * past.hours then
      return now.name .. " has a rough time: " .. now.hours .. " hours of people's time, against " .. past.hours .. " in an ordinary month"
    end
  end,
}

insight {
  name = "rough-nights",
  by = "team",
  say = function(now, past)
    if past.months > 0 and now.nights >= 5 and now.nights > 1.5 * past.nights then
      return now.name .. " is woken more: " .. now.nights .. " calls by night, against " .. past.nights .. " in an ordinary month"
    end
  end,
}

insight {
  name = "invest-in-service",
  by = "service",
  say = function(now, past, all)
    if now.incidents >= 5 and now.hours >= 10 and now.hours >= 0.3 * all.hours then
      return "to invest in: " .. now.name .. ", which took " .. now.hours .. " of " .. all.hours .. " hours, in " .. now.incidents .. " incidents"
    end
  end,
}

insight {
  name = "cries-wolf",
  by = "rule",
  say = function(now)
    local judged = now.incidents + now.declined
    if judged >= 5 and now.declined >= 0.5 * judged then
      local nights = now.nights_declined > 0 and ", and called people " .. now.nights_declined .. " times by night for them" or ""
      return "to mend: the rule " .. now.name .. " was declined " .. now.declined .. " of " .. judged .. " times" .. nights
    end
  end,
}

insight {
  name = "got-better",
  by = "team",
  say = function(now, past)
    if now.over and past.months > 0 and past.hours >= 10 and now.hours < 0.6 * past.hours then
      return now.name .. " got better: " .. now.hours .. " hours of people's time, against " .. past.hours .. " in an ordinary month"
    end
  end,
}
