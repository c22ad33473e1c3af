-- The configuration of this machine's Tocsin. tocsin.lua(5) and /usr/share/doc/tocsin/tocsin.lua explain every setting.
-- `tocsin check` reports mistakes in this file and their lines.
return {
  listen = "127.0.0.1:7077",
  data = "/var/lib/tocsin",
  policy = "/etc/tocsin/policy",

  -- Who may send alerts. The installation created the key. For a Sentry SDK, the DSN is http://KEY@127.0.0.1:7077/1
  sources = {
    default = { key = file("/etc/tocsin/source.key"), environment = "production" },
  },

  connectors = {
    console = { socket = "/run/tocsin/console.sock" }, -- for `tocsin chat`
  },
}
