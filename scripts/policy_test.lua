-- Tests of the policy that ships.
test("a new error somewhere is no incident by itself", function()
  expect(judge { service = "blog" }.kind, "none")
end)

test("one error passing 100 in 5 minutes is one, anywhere", function()
  local verdict = judge { service = "blog", change = "moved", count = 100 }
  expect(verdict.kind, "declare")
  expect(verdict.severity, nil)
  expect(judge { service = "blog", change = "moved", count = 99 }.kind, "none")
end)

test("a warning is none, however many", function()
  expect(judge { level = "warning", change = "moved", count = 5000 }.kind, "none")
end)

test("many customers make it major", function()
  expect(judge { customers = 10, change = "moved" }.severity, "major")
end)

test("a regression is declared", function()
  expect(judge { change = "regressed" }.kind, "declare")
end)
