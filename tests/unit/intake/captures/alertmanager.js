// Writes what a real prometheus-alertmanager posts to a webhook to files in the current folder, as sentry_node.js does:
// a firing group of two alerts, and the same when one is resolved.
const fs = require('fs'), http = require('http'), {spawn} = require('child_process');

function post(port, alerts) {
    const request = http.request({port, host: '127.0.0.1', method: 'POST', path: '/api/v2/alerts',
                                  headers: {'content-type': 'application/json'}});
    request.on('error', () => setTimeout(() => post(port, alerts), 200));
    request.end(JSON.stringify(alerts));
}

const alert = (instance, more) => ({
    labels: {alertname: 'HighErrorRate', service: 'checkout', severity: 'critical', instance, env: 'prod', tenant: 'acme'},
    annotations: {summary: 'Error rate of checkout is above 5%', description: 'p99 over 5m\nsee the board',
                  runbook_url: 'https://runbooks.example/errors'},
    generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up', ...more,
});

const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
        const body = Buffer.concat(parts), text = body.toString();
        const file = text.includes('"status":"resolved"') ? 'alertmanager_resolved.http' : 'alertmanager_firing.http';
        fs.writeFileSync(file, Buffer.concat([Buffer.from(
            `${request.method} ${request.url}\ncontent-type: ${request.headers['content-type']}\n` +
            `authorization: ${request.headers.authorization}\n\n`), body]));
        response.end('{}');
        if (file === 'alertmanager_firing.http')
            post(port, [alert('10.0.0.2:9090', {endsAt: new Date().toISOString()})]);
        else
            process.exit(0);
    });
});
const port = 20000 + process.pid % 20000;

server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync('am.yml', `
route: {receiver: tocsin, group_by: [alertname], group_wait: 1s, group_interval: 2s}
receivers:
- name: tocsin
  webhook_configs:
  - url: http://127.0.0.1:${server.address().port}/intake/alertmanager
    http_config: {authorization: {credentials: a-token}}
`);
    const child = spawn('prometheus-alertmanager', ['--config.file=am.yml', '--storage.path=am', '--cluster.listen-address=',
                                                    `--web.listen-address=127.0.0.1:${port}`,
                                                    '--web.external-url=http://alertmanager.example:9093'],
                        {stdio: 'ignore'});
    process.on('exit', () => child.kill());
    post(port, [alert('10.0.0.1:9090'), alert('10.0.0.2:9090')]);
});
