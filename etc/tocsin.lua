-- The configuration of Tocsin: a Lua file that returns one table. Lines that are commented out show the defaults.
-- For secrets, env("NAME") reads an environment variable and file("path") a file; neither appears in a log.
-- `tocsin check` reports mistakes in this file and their lines.
return {
  -- The name of this installation (text)
  -- name = "tocsin",

  -- Address for HTTP: intake, API, metrics. Use a loopback address, and a proxy to let others in (text)
  -- listen = "127.0.0.1:7077",

  -- The URL at which people reach it, for links: https://tocsin.example.com (text)
  -- public_url = "",

  -- Directory for the journal (text)
  -- data = "data",

  -- Directory of the team's Lua files; they are reloaded when they change (text)
  -- policy = "policy",

  -- Path of tocsin-runner; by default the one next to tocsind (text)
  -- runner = "",

  -- User as whom connectors run, if root starts tocsind: "tocsin-runner"; by default as tocsind does (text)
  -- runner_user = "",

  -- Directory of the connectors' .so files; by default the one next to tocsind (text)
  -- plugins = "",

  -- Lowest level that is logged: debug, info, warn or error (text)
  -- log = "info",

  -- Time zone of people whose own is unknown, as in tzdata (text)
  -- zone = "UTC",

  -- Channel in which incidents are announced (text)
  -- announce = "incidents",

  -- Connector that announces them while no chat can be reached, and only then: "irc", or one for mail (text)
  -- announce_fallback = "",

  -- Emoji reactions that run commands, besides pushpin (pin) and +1 (approve): { eyes = "accept" }; "" removes one (table)
  -- reactions = {},

  -- Who may send alerts: shop = { key = env("SHOP_KEY"), service = "shop", environment = "production" } (table, applied by `tocsin reload`)
  -- sources = {},

  -- Where to find the affected customer in an alert, tried in this order: tags.customer, user.id, … (list, applied by `tocsin reload`)
  -- customers = {},

  -- Where to find a name to show for the customer: tags.customer_name, … (list, applied by `tocsin reload`)
  -- customer_names = {},

  -- How many requests to the API a token may make in a minute, and at once after it made none; 0: no limit (whole number, 0 to 1000000)
  -- api_requests_per_minute = 6000,

  -- More open conversations with customers of one incident than this suggest the status page (whole number, 1 to 10000)
  -- conversations_most = 5,

  -- Where / leads: "app", the open incidents, or "status", the status page (text)
  -- home = "app",

  -- OpenID Connect: { issuer = "https://id.example.com", client_id = "tocsin", client_secret = env("OIDC_SECRET") } (table)
  -- signin = {},

  -- A browser is signed out when nobody used it for so long (duration, 5m to 366d)
  -- session_idle = "12h",

  -- … and so long after the sign-in however much it is used; groups of the identity provider count as long (duration, 5m to 366d)
  -- session_most = "7d",

  -- Programs that are told of events, by the connector webhook: crm = { url = "https://crm.example.com/tocsin", secret = file("crm.secret"), events = { "declared", "status" } } (table)
  -- webhooks = {},

  -- A language model that proposes titles and summaries to whoever asks, by an OpenAI-compatible API: { url = "https://llm.example.com/v1", model = "gemma-3-27b", key = file("llm.key") } (table, applied by `tocsin reload`)
  -- assist = {},

  -- Host name that shows the public status page at /, and nothing else: "status.example.com" (text)
  -- status_host = "",

  -- Another address for HTTP, which shows the status page at /, and nothing else: "127.0.0.1:7078" (text)
  -- status_listen = "",

  -- Directory that has the public status page as files, new on each change, for another web server (text)
  -- status_directory = "",

  -- Address of an S3-compatible bucket that has the public status page, new on each change: "https://s3.eu-central-1.amazonaws.com/acme-status" (text)
  -- status_bucket = "",

  -- Region of the bucket (text)
  -- status_bucket_region = "us-east-1",

  -- Access key that may get, put, delete and list the objects of the bucket (text, secret)
  -- status_bucket_key = { env = "STATUS_BUCKET_KEY" },

  -- Secret of the access key (text, secret)
  -- status_bucket_secret = { env = "STATUS_BUCKET_SECRET" },

  -- From which the keys of private status pages and the links of subscribers follow, at least 20 characters; another one makes all of them void (text, secret)
  -- status_secret = { env = "STATUS_SECRET" },

  -- The status_secret before that one: links of subscribers in messages that were sent, also to unsubscribe, go on working (text, secret)
  -- status_secret_before = { env = "STATUS_SECRET_BEFORE" },

  -- How many new problems a source may open at once (whole number, 1 to 10000000)
  -- new_groups_burst = 10000,

  -- … and how many more per hour; any beyond that count as one flood (whole number, 1 to 10000000)
  -- new_groups_per_hour = 1000,

  -- Alert groups kept in memory; others are read from the journal (whole number, 100 to 10000000)
  -- groups_in_memory = 100000,

  -- How long counts of alerts per minute are kept that an earlier version wrote (duration, 1h to 366d)
  -- keep_counts = "30d",

  -- How long samples of alerts are kept (duration, 1h to 366d)
  -- keep_samples = "30d",

  -- How long an edit or deletion of a message is still carried to its copies in an incident's other rooms (duration, 1d to 3660d)
  -- keep_copies = "90d",

  -- How long is kept what was sent to a language model, and what it proposed (duration, 1h to 366d)
  -- keep_proposals = "30d",

  -- How long whoever subscribes to a status page may take to confirm it (duration, 1h to 30d)
  -- keep_signups = "2d",

  -- How long a request to the API with an Idempotency-Key gets the same answer again (duration, 1h to 30d)
  -- keep_answers = "1d",

  -- How long a connector's events are remembered, so that none is accepted twice (duration, 1h to 366d)
  -- keep_seen = "1d",

  -- Each connector runs in its own process and has its own settings; `tocsin connector show FILE.so` lists them.
  connectors = {
    console = {},
  },
}
