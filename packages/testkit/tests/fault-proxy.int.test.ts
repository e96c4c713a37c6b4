import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  type FaultProxy,
  startFaultProxy,
  startRedis,
  tellRedis,
} from '../src/index.js';

let echo: Server;
let proxy: FaultProxy;
beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket).on('error', () => undefined));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  proxy = await startFaultProxy((echo.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

/** A connection through the proxy, and all that has come back on it. */
async function open() {
  const socket: Socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  let got = '';
  socket.on('data', (chunk) => (got += String(chunk)));
  const say = async (text: string): Promise<string> => {
    socket.write(text);
    await pause(100);
    return got;
  };
  return { socket, say };
}

it('passes on what is said, and closes with either side', async () => {
  const { socket, say } = await open();
  expect(await say('one')).toBe('one');
  socket.end();
  await once(socket, 'close');
  expect(proxy.connections).toEqual([]);
});

it('takes everything and answers nothing on a connection that is mute, and on no other', async () => {
  const [one, other] = [await open(), await open()];
  await one.say('I am one');
  for (const connection of proxy.connections) if (connection.hasSent('one')) connection.mute();

  expect(await one.say(', still')).toBe('I am one');
  expect(await other.say('hello')).toBe('hello');
  expect(one.socket.closed).toBe(false);
});

it('can be mute to all who come', async () => {
  proxy.mutesNew = true;
  const { say } = await open();
  expect(await say('hello')).toBe('');
});

describe('a network in trouble', () => {
  const closed = (socket: Socket): Promise<unknown> =>
    new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));

  it('resets what is there and what comes while it is cut, and is as before once mended', async () => {
    const one = await open();
    await one.say('one');
    const ended = closed(one.socket);
    proxy.cut();
    await ended;
    await closed(connect(proxy.port, '127.0.0.1'));

    proxy.mend();
    expect(await (await open()).say('two')).toBe('two');
  });

  it('delivers late what was sent while the link was down, also what came from a client that has left', async () => {
    const heard: string[] = [];
    echo.on('connection', (socket) => socket.on('data', (chunk) => heard.push(String(chunk))));
    const [one, other] = [await open(), await open()];
    proxy.stall();
    expect(await one.say('one')).toBe('');
    await other.say('other');
    other.socket.destroy();
    await pause(50);
    expect(heard).toEqual([]);

    proxy.mend();
    expect(await one.say('!')).toBe('one!');
    expect(heard.join()).toContain('other');
  });

  it('resets what was mute when it is mended', async () => {
    proxy.mutesNew = true;
    const { socket, say } = await open();
    await say('hello');
    const ended = closed(socket);
    proxy.mend();
    await ended;
    expect(await (await open()).say('hello')).toBe('hello');
  });

  it('makes each exchange late, and keeps the order', async () => {
    proxy.delayMs = 200;
    const { socket, say } = await open();
    const startedMs = performance.now();
    const answered = once(socket, 'data').then(() => performance.now() - startedMs);
    socket.write('one ');
    expect(await answered).toBeGreaterThanOrEqual(199);
    socket.write('two ');
    await pause(20);
    proxy.delayMs = 0;
    await say('three');
    await eventually(async () => expect(await say('')).toBe('one two three'));
  });

  it('lets no more pass in a second than it may', async () => {
    proxy.bytesPerSecond = 10_000;
    const { socket, say } = await open();
    const startedMs = performance.now();
    let bytes = 0;
    const whole = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => (bytes += chunk.length) >= 4_000 && resolve());
    });
    await say('x'.repeat(2_000));
    await say('x'.repeat(2_000));
    await whole;
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(399);
  });
});

describe('before a Redis', () => {
  it('has the command carried out whose reply is lost, and only that one', async () => {
    const redis = await startRedis();
    const between = await startFaultProxy(redis.port);
    const heard: string[] = [];
    const stopListening = between.onRequest((text) => heard.push(text));
    const client = connect(between.port, '127.0.0.1');
    await once(client, 'connect');
    let got = '';
    client.on('data', (chunk) => (got += String(chunk)));
    const command = (...words: string[]): string =>
      `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
    const ended = new Promise((resolve) =>
      client.on('error', () => undefined).once('close', resolve),
    );

    const lost = between.dropNextReply('colour');
    client.write(command('INCR', 'other'));
    await eventually(() => expect(got).toBe(':1\r\n'));
    // In one piece with the next, in the middle of which the piece ends.
    client.write(`${command('INCR', 'colour')}${command('INCR', 'last')}`.slice(0, -4));
    await lost;
    await ended;

    expect(got).toBe(':1\r\n');
    expect(await tellRedis(redis.port, 'GET colour')).toContain('1');
    expect(await tellRedis(redis.port, 'EXISTS last')).toBe(':0\r\n');
    expect(heard).toEqual(['INCR other', 'INCR colour']);
    stopListening();
    await between.close();
    await redis.stop();
  });
});
