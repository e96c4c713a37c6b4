import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../src/index.js';

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
