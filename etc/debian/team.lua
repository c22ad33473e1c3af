-- This team's policy. tocsind reloads it when it changes. `tocsin policy test` runs the tests (*_test.lua in this directory),
-- and `tocsin policy show` lists all rules, including those that ship with Tocsin.

-- Which services are important? A new error in one of them opens an incident at once. Until you name them, every service is:
-- services { important = { "checkout", "pay*" } }
-- What opens no incident is listed by `tocsin inc incoming`, with the reason.
services { important = { "*" } }
