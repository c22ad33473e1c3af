// A source that sends the worst it can with a good key: hostile.mjs PORT KEY KIND CONNECTIONS. Sends until it is killed, on so many
// connections at once; prints how many answers of each status it got.
import net from 'node:net';
import zlib from 'node:zlib';

const [port, key, kind, connections] = process.argv.slice(2);
const MB = 1 << 20;

// ---- bodies ----

const bomb = () => Buffer.from(`[${'{"title":"boom"},'.repeat(75 * MB / 17)}{"title":"boom"}]`);
// A zstd frame of so many blocks, each one space repeated 128 KB.
const spaces = blocks => Buffer.concat([Buffer.from('28b52ffd0068', 'hex'),
    ...Array.from({length: blocks}, (_, i) => Buffer.from([(i === blocks - 1) | 2, 0, 16, 32]))]);
const deep = (levels, times) => `[${Array(times).fill('['.repeat(levels) + ']'.repeat(levels)).join(',')}]`;
let unique = 0;

function envelope() {
    const event = {exception: {values: [{type: 'Boom', value: 'x', stacktrace: {frames: Array.from({length: 100}, (_, i) =>
        ({function: `f${i}`, filename: 'a.js', lineno: i}))}}]}, extra: Object.fromEntries(Array.from({length: 500}, (_, i) => [`k${i}`, i]))};
    const items = Array.from({length: 1000}, (_, i) => {
        event.exception.values[0].type = `Boom${unique}x${i}`;
        return `{"type":"event"}\n${JSON.stringify(event)}\n`;
    });
    unique++;
    return Buffer.from(`{}\n${items.join('')}`);
}

const words = () => `failure ${(unique++).toString(36).replace(/\d/g, d => 'ghijklmnop'[d])}`;
const json = {path: '/intake/alerts', type: 'application/json'};
const packed = encoding => ({...json, encoding});
const kinds = {
    gzip: () => ({...packed('gzip'), body: zlib.gzipSync(bomb(), {level: 9})}),
    deflate: () => ({...packed('deflate'), body: zlib.deflateSync(bomb(), {level: 9})}),
    zstd: () => ({...packed('zstd'), body: spaces(19000)}),
    brotli: () => ({...packed('br'), body: zlib.brotliCompressSync(bomb(), {params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 5}})}),
    envelope: () => ({path: `/api/x/envelope/?sentry_key=${key}`, type: 'application/x-sentry-envelope', body: envelope()}),
    deep: () => ({...json, body: Buffer.from(deep(900, 4000))}),
    groups: () => ({...json, body: () => Buffer.from(JSON.stringify({title: words(), service: 'x', level: 'warning'}))}),
    many: () => ({...json, body: () => Buffer.from(JSON.stringify(Array.from({length: 10000}, () => ({title: words()}))))}),
    small: () => ({...json, body: Buffer.from('{"title":"same"}')}),
};

const {path, type, encoding, body} = kinds[kind]();

function request() {
    const bytes = typeof body === 'function' ? body() : body;
    const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${key}`, `Content-Type: ${type}`,
        ...(encoding ? [`Content-Encoding: ${encoding}`] : []), `Content-Length: ${bytes.length}`];
    return [`${head.join('\r\n')}\r\n\r\n`, bytes];
}

// ---- sending ----

const answers = {};

function attack() {
    const socket = net.connect({port, host: '127.0.0.1', noDelay: true});
    const send = () => request().forEach(part => socket.write(part));
    let head = '';
    socket.on('connect', send);
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(attack, 1));
    socket.on('data', data => {
        head += data.toString('latin1');
        const status = /^HTTP\/1.1 (\d+)/.exec(head)?.[1];
        if (!head.includes('\r\n\r\n'))
            return;
        answers[status] = (answers[status] ?? 0) + 1;
        const close = /connection: close/i.test(head);
        head = '';
        if (close)
            socket.destroy();
        else
            send();
    });
}

for (let i = 0; i < +connections; i++)
    attack();
process.on('SIGTERM', () => {
    console.log(Object.entries(answers).map(([status, n]) => `${status}: ${n}`).join(', '));
    process.exit(0);
});
