-- The policy that ships. Every automation is a line here that a team can take away or replace: in a file of its own
-- directory, rule{ name = "...", off = true } removes a rule, the same name declares it anew, obligations likewise.

severity { "minor", "major", "critical" }        -- the least first; the first is what an incident starts with
role { "lead", "comms" }

-- When to declare -------------------------------------------------------------------------------------------------

-- Name the services where any error that was never seen before is worth a look: services{ important = { "checkout" } }
rule {
  name = "new-error-important",
  summary = "a new error in an important service",
  match = { important = true, new = true, level = "error" },
  declare = { page = "product-responder" },
  priority = -10,
}

rule {
  name = "regression",
  summary = "an error came back after its incident was resolved",
  match = { regressed = true, level = "error" },
  declare = true,
  priority = -20,
}

rule {
  name = "volume",
  summary = "one error passed 100 in 5 minutes, anywhere",
  match = { count = { 100, within = "5m" }, level = "error" },
  declare = true,
  priority = -30,
}

rule {
  name = "many-customers",
  summary = "one error touches 10 customers",
  match = { customers = 10, level = "error" },
  declare = { severity = "major" },
  priority = -25,
}

-- What somebody set an alarm on (Alertmanager, Grafana, PagerDuty's API) is worth declaring by itself.
rule {
  name = "monitor-alert",
  summary = "a monitor's alert of level error or worse",
  match = { source = { "alertmanager", "grafana", "pagerduty" }, level = "error", new = true, regressed = true },
  declare = true,
  priority = -40,
}

-- What happens then -----------------------------------------------------------------------------------------------

on("declared", function(incident)
  incident:open_channel()
  if not incident.private then incident:announce() end
end)

-- Who accepts, leads, until somebody else does.
on("status", function(incident, event)
  if event.name == "accept" and event.by_person and not incident.roles.lead then
    incident:command("role", { name = "lead", value = event.by })
  end
end)

on("customer", function(incident, event)
  if #incident.customers == 1 then
    incident:say("First customer affected: **" .. (event.text or event.name) .. "**. Tell them before they have to ask.")
  end
end)

on("alert_state", function(incident, event)
  if event.name == "resolved" then
    incident:say("The alert resolved: " .. (event.text or "") .. ". If this is over: `/inc resolve`, or `/inc decline` if it was nothing.")
  elseif event.name == "regressed" then
    incident:say("The alert fires again: " .. (event.text or ""))
  end
end)

-- Silence has a clock ---------------------------------------------------------------------------------------------

obligation {
  name = "triage",
  text = "accept or decline it",
  status = "triage",
  within = "15m",
  every = "15m",
  on_missed = function(incident, times)
    if times == 1 then
      incident:say("Nobody has looked at this yet: `/inc accept` or `/inc decline`, one word is enough.")
    else
      incident:page("product-responder", incident.name .. " waits in triage: " .. incident.title)
    end
  end,
}

obligation {
  name = "update-minor",
  text = "say where it stands, pause it, or end it",
  status = "active", severity = "minor",
  after = "spoken", within = "4h", every = "4h",
  on_missed = function(incident)
    incident:say("Quiet for a while. Still working on it? `/inc update …`, `/inc pause <reason> until …`, or `/inc resolve`.")
  end,
}

obligation {
  name = "update-major",
  text = "give an update",
  status = "active", severity = "major",
  after = "update", within = "30m", every = "15m",
  on_missed = function(incident) incident:say("An update is due: `/inc update …`. Silence is worse than downtime.") end,
}

obligation {
  name = "update-critical",
  text = "give an update",
  status = "active", severity = "critical",
  after = "update", within = "15m", every = "10m",
  on_missed = function(incident) incident:say("An update is due: `/inc update …`. Silence is worse than downtime.") end,
}

obligation {
  name = "update-other",
  text = "say where it stands",
  status = "active",
  after = "spoken", within = "24h", every = "24h",
  on_missed = function(incident) incident:say("A day without a word here. `/inc update …`, `/inc pause …` or `/inc resolve`.") end,
}

obligation {
  name = "comms-lead",
  text = "somebody takes the customers' side: `comms me`",
  status = "active", severity = { "major", "critical" }, without = "comms",
  within = "10m", every = "10m",
  on_missed = function(incident)
    incident:say("A " .. incident.severity .. " incident needs a comms lead: `/inc comms me`. Anybody can.")
  end,
}

template {
  name = "post-mortem",
  text = "# {{name}} {{title}}\n\nSeverity {{severity}}.\n\n## What happened\n\n## What we do about it\n",
}
