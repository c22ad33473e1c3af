-- Tests of the default policy: `tocsin policy test scripts`.

local function has(reactions, kind, value)
  for _, reaction in ipairs(reactions) do
    if reaction.kind == kind and (not value or reaction.value == value or reaction.name == value) then return reaction end
  end
end

local function owes(incident, name)
  for _, owed in ipairs(owed(incident)) do
    if owed.name == name then return owed end
  end
end

test("a new error in any service is not an incident by itself", function()
  expect(judge { service = "blog" }.kind, "none")
end)

test("one error that occurs 100 times within 5 minutes is an incident", function()
  local verdict = judge { service = "blog", change = "moved", count = 100 }
  expect(verdict.kind, "declare")
  expect(verdict.name, "volume")
  expect(verdict.severity, nil)
  expect(judge { service = "blog", change = "moved", count = 99 }.kind, "none")
end)

test("a warning is not an incident, however often it occurs", function()
  expect(judge { level = "warning", change = "moved", count = 5000 }.kind, "none")
end)

test("an error that affects many customers is major and pages somebody", function()
  local verdict = judge { customers = 10, change = "moved" }
  expect(verdict.severity, "major")
  expect(verdict.page, "product-responder")
  expect(judge { customers = 9, change = "moved" }.kind, "none")
end)

test("an error that comes back after its incident ended is declared", function()
  expect(judge { change = "regressed", incident = true }.name, "regression")
  expect(judge { change = "regressed" }.kind, "none")
end)

test("an alert from a monitor is declared", function()
  expect(judge { source = "alertmanager" }.name, "monitor-alert")
  expect(judge { source = "grafana", change = "regressed" }.name, "monitor-alert")
  expect(judge { source = "heartbeat" }.name, "missed-heartbeat")
  expect(judge { source = "heartbeat" }.page, "product-responder")
  expect(judge { source = "alertmanager", level = "warning" }.kind, "none")
end)

test("whoever cannot be reached while on call is declared, and their rotation paged", function()
  expect(judge { source = "tocsin", stream = "payments" }.name, "unreachable")
  expect(judge { source = "tocsin", stream = "payments" }.page, "payments")
end)

test("errors outside production are quiet", function()
  expect(judge { environment = "staging", count = 5000, change = "moved" }.kind, "quiet")
end)

test("an incident gets a channel and is announced", function()
  local _, reactions = declare { title = "checkout is slow" }
  expect(has(reactions, "open_channel") ~= nil, true)
  expect(has(reactions, "announce") ~= nil, true)
end)

test("an incident in triage gets two reminders, then pages somebody", function()
  local incident = declare {}
  expect(incident.status, "triage")
  expect(owes(incident, "triage").due, seconds("15m"))
  expect(has(missed(incident, "triage"), "say") ~= nil, true)
  expect(has(missed(incident, "triage"), "say") ~= nil, true)
  expect(has(missed(incident, "triage"), "page", "product-responder") ~= nil, true)
end)

test("whoever accepts an incident leads it", function()
  local incident = declare {}
  local reactions = act(incident, "accept", { by = "ana" })
  expect(has(reactions, "command", "lead").value, "ana")
  expect(owes(incident, "triage"), nil)
end)

test("updates are due by severity", function()
  local incident = declare { by = "ana" }
  expect(incident.severity, "minor")
  expect(owes(incident, "update").due, seconds("4h"))
  act(incident, "sev", { name = "major" })
  expect(owes(incident, "update").due, seconds("30m"))
  expect(owes(incident, "comms-lead").due, seconds("10m"))
  act(incident, "sev", { name = "critical" })
  expect(owes(incident, "update").due, seconds("15m"))
  wait("10m")
  act(incident, "update", { text = "we are on it" })
  expect(owes(incident, "update").due, seconds("15m"))
  act(incident, "role", { name = "comms", value = "ben" })
  expect(owes(incident, "comms-lead"), nil)
end)

test("a paused incident owes nothing, a resolved major one a post-mortem", function()
  local incident = declare { by = "ana", severity = "major" }
  act(incident, "pause", { text = "waiting for the bank", until_at = within("2h") })
  expect(#owed(incident), 0)
  act(incident, "resume")
  act(incident, "resolve")
  expect(owes(incident, "post-mortem").due, seconds("5d"))
  act(incident, "link", { value = "https://wiki/42", text = "Post-mortem" })
  expect(#owed(incident), 0)
end)

test("a customer's name is shown as it is", function()
  for _, name in ipairs { "[click](https://evil.example/)", "**Acme**", "__init__", "<b>a</b> & `c`" } do
    local _, reactions = declare { customers = { name } }
    expect(has(reactions, "say").text, "First customer affected: **" .. literal(name) .. "**. Tell them before they have to ask.")
    expect(literal(name) ~= name, true)
  end
end)

test("the first affected customer is announced once", function()
  local incident, reactions = declare { customers = { "acme" } }
  expect(has(reactions, "say").text, "First customer affected: **acme**. Tell them before they have to ask.")
  expect(#act(incident, "customer", { name = "beta" }), 0)
end)

local function first_contact(severity)
  local incident = declare { by = "ana", severity = severity, customers = { "acme" } }
  return incident, owes(incident, "first-contact")
end

test("customers of a minor incident are remembered once, and gently", function()
  local incident, owed = first_contact("minor")
  expect(owed.due, seconds("2h"))
  local reactions = missed(incident, "first-contact")
  expect(#reactions, 1)
  expect(has(reactions, "say") ~= nil, true)
end)

test("in a major incident the channel, then whoever talks to customers, then a team hears of their silence", function()
  local incident, owed = first_contact("major")
  expect(owed.due, seconds("10m"))
  act(incident, "role", { name = "comms", value = "bo" })
  expect(#missed(incident, "first-contact"), 1)
  expect(has(missed(incident, "first-contact"), "nudge", "bo") ~= nil, true)
  local reactions = missed(incident, "first-contact")
  expect(has(reactions, "page", "product-responder") ~= nil, true)
  expect(has(reactions, "nudge"), nil)
end)

test("a pause does not stop the silence of customers", function()
  local incident = first_contact("critical")
  act(incident, "pause", { text = "waiting for the bank", until_at = within("2h") })
  expect(owes(incident, "first-contact").due, seconds("5m"))
end)

test("once they were told, an update is due by severity", function()
  local incident = first_contact("major")
  act(incident, "told", { name = "acme", value = "phone" })
  expect(owes(incident, "first-contact"), nil)
  expect(owes(incident, "customer-update").due, seconds("1h"))
end)

test("a major incident without a comms lead pages somebody after its grace", function()
  local incident = declare { by = "ana", severity = "major" }
  expect(has(missed(incident, "comms-lead"), "page", "product-responder") ~= nil, true)
end)

test("those whom we watch over hear from us sooner, each of them", function()
  directory { key = "acme", cares = true }
  directory { key = "globex", cares = true }
  local incident = declare { by = "ana", customers = { "acme", "globex", "initech" } }
  expect(owes(incident, "first-contact-cares").due, seconds("30m"))
  act(incident, "told", { name = "acme", value = "phone" })
  expect(owes(incident, "first-contact-cares").due, seconds("30m"))
  act(incident, "told", { name = "globex", value = "phone" })
  expect(owes(incident, "first-contact-cares"), nil)
  expect(owes(incident, "customer-update-cares").due, seconds("4h"))
  expect(owes(incident, "first-contact").due, seconds("2h"))
end)

test("whoever was told hears that it is over", function()
  local incident = declare { by = "ana", severity = "major", customers = { "acme" } }
  act(incident, "told", { name = "acme", value = "phone" })
  wait("10m")
  act(incident, "resolve")
  expect(owes(incident, "closing-message").due, seconds("1h"))
  wait("10m")
  act(incident, "told", { name = "acme", value = "phone" })
  expect(owes(incident, "closing-message"), nil)
end)
