// Writes past.tsv: incidents as teams declare them, in families of one cause each, and some that have nothing to do with any other.
//
//     node tests/unit/lessons/make.mjs > tests/unit/lessons/past.tsv
//
// A row: half (A chooses the threshold, B is held out), family (0: none), service, title, what fixed it. Rows are in the order in which
// they were declared. No family is in both halves. Families share services and words on purpose: the same symptom has
// other causes.

let seed = 17n;
const below = (n) => {
  seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((seed >> 33n) % BigInt(n));
};
const pick = (list) => list[below(list.length)];

const fills = {
  host: () => `${pick(['web', 'db', 'worker', 'edge', 'cache'])}-${1 + below(20)}`,
  n: () => String(2 + below(900)),
  p: () => `${3 + below(90)}%`,
  region: () => pick(['eu-west', 'us-east', 'ap-south']),
  customer: () => pick(['Acme', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Stark', 'Wayne', 'Contoso']),
  version: () => `${1 + below(4)}.${below(30)}.${below(10)}`,
};
const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => fills[name]());

// [services, what fixed it, titles…]
const families = [
  [['checkout'], 'switched to the second payment provider', 'Card payments are refused at checkout', 'Checkout refuses cards of {customer}', 'Card refused: payment provider answers 502', 'Payments by card fail in {region}', 'Checkout: card payments declined by provider'],
  [['checkout'], 'rolled back the cart change of {version}', 'Checkout shows an empty cart', 'Cart is empty after login', 'Items vanish from the cart at checkout', 'Empty cart for {p} of customers'],
  [['checkout'], 'added an index on orders', 'Checkout is slow', 'Checkout latency above 5 s', 'p99 latency of checkout is {n} ms', 'High latency in checkout since {version}'],
  [['search'], 'rebuilt the search index', 'Search returns no results', 'No search results for {customer}', 'Search finds nothing in {region}', 'Empty search results since the reindex'],
  [['search'], 'doubled the heap of the search nodes', 'Search is slow', 'Search latency above 3 s', 'OutOfMemoryError on search node {host}', 'Search nodes restart: OutOfMemoryError', 'High latency in search, nodes out of memory'],
  [['login', 'identity'], 'renewed the SAML certificate', 'SAML login fails for {customer}', 'SSO: SAML signature is invalid', 'Nobody at {customer} can sign in by SAML', 'SAML certificate expired'],
  [['login'], 'raised the limit of the session store', 'People are signed out after a minute', 'Sessions are lost in {region}', 'Login sessions evicted from redis', 'Users get logged out all the time: session store full'],
  [['ledger'], 'ended the long transaction and vacuumed', 'Deadlock detected in ledger', 'ERROR: deadlock detected while updating balances', 'Ledger: deadlock on balances, {n} in 5 minutes', 'deadlock detected (ledger, balances)'],
  [['ledger'], 'failed over to the replica', 'Ledger database {host} is down', 'PostgreSQL primary of ledger unreachable', 'Ledger: connection to primary refused', 'primary database down for ledger'],
  [['gateway'], 'renewed the certificate by hand', 'TLS certificate of api.example.com expires in {n} hours', 'Certificate expired on the gateway', 'Gateway: TLS handshake fails, certificate expired', 'x509: certificate has expired or is not yet valid'],
  [['gateway'], 'blocked the scraper', 'Gateway answers 429 to customers', 'Rate limit hit by everybody in {region}', '{p} of requests are rate limited', 'Too many requests: gateway limits {customer}'],
  [['gateway'], 'rolled back the route table', '404 for all of /v2', 'Gateway answers 404 since {version}', 'Routes missing after deploy of gateway {version}', 'API routes return 404 after the deploy'],
  [['webhooks'], 'added workers and drained the queue', 'Webhooks are delayed by {n} minutes', 'Webhook queue grows: {n} waiting', 'Delayed webhooks for {customer}', 'Webhook deliveries are behind, queue is growing'],
  [['webhooks'], 'fixed the signature of retried deliveries', 'Webhook signatures are invalid', '{customer} rejects webhooks: invalid signature', 'Invalid signature on retried webhook deliveries'],
  [['emails'], 'asked the provider to lift the block', 'Emails bounce at outlook.com', 'Mails to Outlook are blocked', 'Our sending IP is on a blocklist', 'Outlook blocks our mails: IP on blocklist'],
  [['emails'], 'restarted the stuck consumer', 'No emails are sent since {n} minutes', 'Email consumer is stuck', 'Password reset mails do not arrive, consumer stuck', 'email queue not consumed'],
  [['exports'], 'deleted old exports and grew the volume', 'Disk full on {host}: exports', 'Exports: no space left on device', 'No space left on device while writing export for {customer}', 'Exports volume is full'],
  [['exports'], 'fixed the encoding of the CSV writer', 'CSV exports show broken umlauts', 'Export of {customer} has broken characters', 'Wrong encoding in CSV exports since {version}'],
  [['metrics'], 'dropped the label with the many values', 'Prometheus out of memory', 'Cardinality explosion: {n} series of http_requests', 'Prometheus restarts, too many series', 'Too many series after {version}'],
  [['billing'], 'ran the invoice job again after the fix', 'Invoices were sent twice', 'Duplicate invoices for {customer}', '{n} customers got two invoices', 'Invoice job ran twice: duplicate invoices'],
  [['billing'], 'corrected the VAT table', 'Wrong VAT on invoices', 'VAT of {customer} is wrong', 'Invoices show {p} VAT', 'VAT rate wrong after the update of the tax table'],
  [['mobile'], 'released {version} with the fix', 'Android app crashes at start', 'Crash: NullPointerException in MainActivity', 'App crashes on Android 14', 'NullPointerException MainActivity.onCreate, {n} users'],
  [['mobile'], 'renewed the APNs key', 'No push notifications on iOS', 'APNs rejects our key', 'Push notifications not delivered on iPhones', 'iOS push: APNs answers InvalidProviderToken'],
  [['imports'], 'raised the memory limit of the importer', 'Importer is OOMKilled', 'Import of {customer} stops: OOMKilled', 'Imports fail, pod {host} OOMKilled', 'OOMKilled importer at large files'],
  [['imports'], 'made the parser skip the byte order mark', 'Imports reject files of {customer}', 'Import: unexpected character in line 1', 'unexpected character \\ufeff at line 1 of import'],
  [['stock'], 'recomputed the stock and fixed the race', 'Stock is negative for some items', 'Negative stock: {n} items', 'Items sold that are not in stock', 'negative stock after concurrent orders'],
  [['orders'], 'restarted the kafka broker and rebalanced', 'Kafka consumer lag of orders is {n} k', 'Orders are processed late: consumer lag', 'Consumer lag above 100k on orders', 'order events lag in {region}'],
  [['orders'], 'removed the poison message', 'Order consumer loops on one message', 'Orders stuck: DeserializationException', 'DeserializationException in order consumer, offset {n}', 'poison message blocks orders partition'],
  [['reports'], 'moved the report to the replica', 'Nightly report takes down the database', 'Reports query locks tables', 'Database load {p} during the nightly report', 'nightly report is killing {host}'],
  [['uploads'], 'corrected the bucket policy', 'Uploads fail with 403', 'S3 AccessDenied on uploads', 'AccessDenied when {customer} uploads files', 'uploads: AccessDenied from the bucket'],
  [['uploads'], 'scaled the virus scanner', 'Uploaded files stay in scanning', 'Virus scanner queue is {n} files', 'Files of {customer} wait for the virus scan for hours', 'scan of uploads is stuck'],
  [['calendar'], 'deployed the new time zone data', 'Events are one hour off', 'Calendar shows wrong times since the clock change', 'All appointments of {customer} are an hour off', 'wrong times after daylight saving'],
  [['pricing'], 'purged the CDN cache', 'Old prices are shown', 'Prices are stale in {region}', 'Stale prices: CDN does not purge', 'CDN serves old prices'],
  [['dashboards'], 'pinned the grafana plugin', 'Dashboards show no data', 'Grafana: panel plugin not found', 'No data on dashboards after grafana {version}'],
  [['deploys'], 'renewed the registry token', 'ImagePullBackOff on all new pods', 'Deploys fail: cannot pull image', 'registry answers 401, pods in ImagePullBackOff', 'ImagePullBackOff in {region}'],
  [['deploys'], 'freed inodes on the build hosts', 'CI jobs fail: no space left on device', 'Build host {host} out of inodes', 'Builds fail, out of inodes on {host}'],
  [['dns'], 'corrected the zone file', 'DNS: SERVFAIL for example.com', 'Names do not resolve in {region}', 'SERVFAIL from our name servers', 'resolver timeouts and SERVFAIL'],
  [['network'], 'rerouted around the provider', 'Packet loss of {p} between {region} and the office', 'Packet loss at the transit provider', 'High packet loss in {region}'],
  [['kubernetes'], 'restarted the API server with a higher limit', 'etcd: database space exceeded', 'etcd space exceeded, API server read-only', 'Kubernetes API answers 500: etcd mvcc database space exceeded'],
  [['kubernetes'], 'drained the node with the bad kernel', 'Node {host} is NotReady', 'Nodes NotReady: kernel soft lockup', 'soft lockup on {host}, node NotReady'],
];

const strangers = [
  ['checkout', 'Apple Pay button is missing'], ['checkout', 'Voucher codes are case sensitive'], ['checkout', 'Checkout times out for {customer}'], ['checkout', 'Address form rejects Irish postcodes'],
  ['search', 'Search suggests offensive words'], ['search', 'Filters reset on the second page'], ['login', 'Captcha does not load'], ['login', 'Login page times out'],
  ['ledger', 'Balances differ by a cent'], ['ledger', 'Ledger is slow at month end'], ['gateway', 'Gateway restarts every hour'], ['gateway', 'Response headers leak the host name'],
  ['webhooks', 'Webhooks go to an old address of {customer}'], ['webhooks', 'Webhook page is blank'], ['emails', 'Emails have a wrong logo'], ['emails', 'Unsubscribe link is broken'],
  ['exports', 'Exports of {customer} are empty'], ['exports', 'Export button does nothing'], ['metrics', 'Alertmanager sends everything twice'], ['billing', 'Invoices are missing the address'],
  ['billing', 'Card update page shows 500'], ['mobile', 'App is slow on old phones'], ['mobile', 'iOS app crashes when sharing'], ['imports', 'Import duplicates contacts'],
  ['stock', 'Stock page is slow'], ['orders', 'Orders from {customer} lack a number'], ['orders', 'Order confirmation shows wrong currency'], ['reports', 'Report shows last month twice'],
  ['uploads', 'Uploads of large files time out'], ['uploads', 'Thumbnails are rotated'], ['calendar', 'Invitations are sent to former employees'], ['pricing', 'Discount is applied twice'],
  ['pricing', 'Prices of {customer} in wrong currency'], ['dashboards', 'Dashboards are slow'], ['deploys', 'Deploy of {version} hangs'], ['deploys', 'Rollback button fails'],
  ['dns', 'Reverse lookup of mail host is wrong'], ['network', 'VPN is down for the office'], ['kubernetes', 'Cron jobs did not run'], ['kubernetes', 'Ingress returns 502 for docs'],
];

// What alerts call it says little: the same words, and another cause each time.
const symptoms = ['High latency in {service}', 'Error rate of {service} above {p}', '{service}: 5xx above {p} in {region}', '{service} is slow', 'Timeouts in {service}', '{service} is down'];
const generic = ['checkout', 'search', 'gateway', 'ledger', 'orders', 'emails', 'uploads', 'imports'].flatMap((service) => symptoms.map((title) => [service, title.replaceAll('{service}', service)]));

const rows = [];
families.forEach(([services, fixed, ...titles], i) => {
  for (let k = 0; k < 7; k++)
    rows.push({ half: i % 2 ? 'B' : 'A', family: i + 1, service: pick(services), title: fill(titles[k] ?? pick(titles)), fixed: fill(fixed) });
});
strangers.forEach(([service, title], i) => {
  for (const half of ['A', 'B'])
    if (half === 'AB'[i % 2] || i % 5 === 0)
      rows.push({ half, family: 0, service, title: fill(title), fixed: 'it was corrected' });
});
generic.forEach(([service, title], i) => {
  for (let k = 0; k < 2; k++)
    rows.push({ half: 'AB'[(i + k) % 2], family: 0, service, title: fill(title), fixed: 'it went away' });
});
for (const row of rows)
  row.service = below(5) ? row.service : ''; // whoever declares does not always say it
for (let i = rows.length - 1; i > 0; i--) {
  const j = below(i + 1);
  [rows[i], rows[j]] = [rows[j], rows[i]];
}
for (const row of rows)
  console.log([row.half, row.family, row.service, row.title, row.fixed].join('\t'));
