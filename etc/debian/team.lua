-- This team's policy, read anew when it changes. `tocsin policy test` runs the tests (*_test.lua beside it), and
-- `tocsin policy show` lists all rules, those that ship with Tocsin included.

-- In these services an error that nobody has seen before is worth a look at once.
services { important = { } }
