-- The default policy: everything that Tocsin does by itself. A file in your own policy directory can replace a part of it by
-- name, or remove it:
--
--     rule { name = "volume", off = true }
--     obligation { name = "update", off = true }
--     on("customer", "first-customer", false)

severity { "minor", "major", "critical" } -- lowest first; new incidents start with the lowest
role { "lead", "comms" }

-- What a rule below declares has this severity by the worst level that the sender reported, unless the rule says another one.
-- Alertmanager's, Grafana's and PagerDuty's `critical` is level fatal, and so is Sentry's `fatal`.
levels { fatal = "critical" }

-- When to declare ----------------------------------------------------------------------------------------------------
-- The first rule that matches decides: by priority, then your files before this one, then from top to bottom. An incident that
-- a rule declares begins in triage.

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
  declare = { severity = "major", page = "product-responder" },
}

-- Name your important services: services { important = { "checkout", "pay*" } }, or all of them: { "*" }. Until you do, an error that no
-- other rule declares opens no incident; `incoming` lists it, says so, and opens one with `declare from <fingerprint>`.
rule {
  name = "new-error-important",
  summary = "an error never seen before, in an important service",
  match = { new = true, important = true, level = "error" },
  declare = { page = "product-responder" },
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
  declare = { page = "product-responder" },
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

-- Whoever accepts an incident leads it, until somebody else takes over.
on("status", "accept-leads", function(incident, event)
  if event.name == "accept" and event.by_person and not incident.lead then
    incident:give("lead", event.by)
  end
end)

on("customer", "first-customer", function(incident, event)
  if #incident.customers == 1 then
    incident:say("First customer affected: **" .. (event.text or event.name) .. "**. Tell them before they have to ask.")
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

-- What goes to customers when it is serious has been read by two.
approval { name = "four-eyes", severity = { "major", "critical" }, not_author = true }

obligation {
  name = "comms-lead",
  text = "find somebody who talks to customers: `comms me`",
  status = "active",
  severity = { "major", "critical" },
  without = "comms",
  within = "10m",
  on_missed = function(incident, times)
    incident:say("A " .. incident.severity .. " incident needs somebody who talks to customers: `comms me`. Anyone can.")
    if times >= 2 then
      incident:page(incident.lead or incident.team or "product-responder", incident.name .. " has no comms lead: " .. incident.title)
    end
  end,
}

obligation {
  name = "post-mortem",
  text = "link the post-mortem, then close it",
  status = "resolved",
  severity = { "major", "critical" },
  without = { link = "*post*mortem*" },
  within = "5d",
  every = "2d",
  on_missed = function(incident)
    incident:say("What did we learn? `link <url> post-mortem`, then `close`.")
  end,
}

template {
  name = "post-mortem",
  text = [[
# {{name}} {{title}}

Severity {{severity}}, declared {{declared}}. Lead: {{lead|nobody}}. Customers: {{customers|none known}}.

## What happened

{{summary|}}

## What went well, and what did not

## What we change
]],
}
