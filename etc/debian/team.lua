-- This team's policy. tocsind reloads it when it changes. `tocsin policy test` runs the tests (*_test.lua in this directory),
-- and `tocsin policy show` lists all rules, including those that ship with Tocsin.

-- A new error in these services opens an incident at once.
services { important = { } }
