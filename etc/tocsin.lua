-- Configuration of Tocsin: Lua that gives back one table. What is commented out shows the value that holds
-- without it. Secrets: env("NAME") reads the environment, file("path") a file; both stay out of logs.
-- `tocsin check` tells what is wrong with this file, and where.
return {
  -- What this installation is called (text)
  -- name = "tocsin",

  -- Address for HTTP: intake, API, metrics. Only loopback, unless a proxy is before it (text)
  -- listen = "127.0.0.1:7077",

  -- How people reach that address, for links: https://tocsin.example.com (text)
  -- public_url = "",

  -- Directory of the journal (text)
  -- data = "data",

  -- Directory of the team's Lua files; they are reloaded when they change (text)
  -- policy = "policy",

  -- Path of tocsin-runner; beside tocsind unless set (text)
  -- runner = "",

  -- Directory of the connectors' .so files; beside tocsind unless set (text)
  -- plugins = "",

  -- Least level that is logged: debug, info, warn, error (text)
  -- log = "info",

  -- Time zone of people whose own is not known, as in tzdata (text)
  -- zone = "UTC",

  -- Channel that incidents are announced in (text)
  -- announce = "incidents",

  -- Emoji reactions that are commands, beside pushpin (pin) and +1 (approve): { eyes = "accept" }; "" takes one away (table)
  -- reactions = {},

  -- Who may send alerts: shop = { key = env("SHOP_KEY"), service = "shop", environment = "production" } (table, applied by `tocsin reload`)
  -- sources = {},

  -- Where in an alert the affected customer stands, in this order: tags.customer, user.id, … (list, applied by `tocsin reload`)
  -- customers = {},

  -- Where a name to show for them stands: tags.customer_name, … (list, applied by `tocsin reload`)
  -- customer_names = {},

  -- Distinct problems that a source may open at once (whole number, 1 to 10000000)
  -- new_groups_burst = 10000,

  -- … and further ones an hour; what goes beyond counts as one flood (whole number, 1 to 10000000)
  -- new_groups_per_hour = 1000,

  -- Alert groups kept in memory; colder ones are read from the journal (whole number, 100 to 10000000)
  -- groups_in_memory = 100000,

  -- How long alert counts by minute are kept (duration, 1h to 366d)
  -- keep_counts = "30d",

  -- How long samples of alerts are kept (duration, 1h to 366d)
  -- keep_samples = "30d",

  -- How long it is remembered which events of a connector were taken in (duration, 1h to 366d)
  -- keep_seen = "1d",

  -- Each connector runs in a process of its own and has settings of its own: `tocsin connector show NAME`.
  connectors = {
    console = {},
  },
}
