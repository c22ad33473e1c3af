// Writes what the real @sentry/node sends to files in the current folder: the request line, headers, an empty line,
// the body byte for byte. Run where `npm i @sentry/node` was done.
const fs = require('fs'), http = require('http');
const Sentry = require(require.resolve('@sentry/node', {paths: [process.cwd()]}));
const kinds = {};

function name(body, encoding) {
    const text = encoding === 'gzip' ? require('zlib').gunzipSync(body).toString() : body.toString('latin1');
    const type = (text.match(/"type":"(event|session|transaction|client_report)"/) || [, 'other'])[1];
    const what = (text.match(/"scenario":"capture_(\w+)"/) || [, type])[1];
    const base = `sentry_${type}_${what}${encoding ? '_' + encoding : ''}`;
    kinds[base] = (kinds[base] || 0) + 1;
    return kinds[base] === 1 ? base : null;
}

const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
        const body = Buffer.concat(parts), file = name(body, request.headers['content-encoding']);
        let head = `${request.method} ${request.url}\n`;
        for (const key of ['content-type', 'content-encoding', 'x-sentry-auth'])
            if (request.headers[key])
                head += `${key}: ${request.headers[key]}\n`;
        if (file)
            fs.writeFileSync(file + '.http', Buffer.concat([Buffer.from(head + '\n'), body]));
        response.end('{}');
    });
});

function charge(order) {
    try {
        JSON.parse('{"amount": ');
    } catch (cause) {
        throw new TypeError(`charge of order ${order} failed`, {cause});
    }
}

server.listen(0, '127.0.0.1', async () => {
    Sentry.init({
        dsn: `http://0123456789abcdef0123456789abcdef@127.0.0.1:${server.address().port}/7`, release: 'shop@1.4.2',
        environment: 'staging', serverName: 'web-3', tracesSampleRate: 1.0,
    });
    Sentry.setTag('service', 'checkout');
    Sentry.setTag('customer', 'acme');
    Sentry.setUser({id: '42', email: 'ana@acme.example', username: 'ana'});
    for (const order of [17, 18]) {
        try {
            charge(order);
        } catch (e) {
            Sentry.captureException(e, {tags: {scenario: order === 17 ? 'capture_cause' : 'capture_again'}});
        }
    }
    Sentry.captureMessage('disk 91% full on web-3', {level: 'warning', tags: {scenario: 'capture_message'}});
    Sentry.withScope(scope => {
        scope.setFingerprint(['payments', '{{ default }}']);
        scope.setTag('scenario', 'capture_fingerprint');
        Sentry.captureException(new Error('with a fingerprint'));
    });
    Sentry.withScope(scope => {
        scope.addAttachment({filename: 'log.txt', data: 'a line\r\nand\n{"type":"event"}\n'});
        scope.setTag('scenario', 'capture_attachment');
        Sentry.captureException(new Error('with an attachment'));
    });
    Sentry.withScope(scope => {
        scope.setTag('scenario', 'capture_large');
        for (let k = 0; k < 4; k++)
            scope.setExtra(`dump${k}`, Array.from({length: 900}, (_, i) => `line ${i} of ${k}`));
        Sentry.captureException(new Error('large'));
    });
    Sentry.startSpan({name: 'a transaction'}, () => 1);
    Sentry.endSession();
    await Sentry.close(3000);
    server.close();
});
