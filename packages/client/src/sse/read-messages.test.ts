import { expect, it } from 'vitest';
import { readMessages } from './read-messages.js';

async function read(...chunks: readonly (string | Uint8Array)[]) {
  const bytes = async function* () {
    for (const chunk of chunks)
      yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  };
  const messages = [];
  for await (const message of readMessages(bytes())) messages.push(message);
  return messages;
}

it('reads what an event, a sign of life and an opening have', async () => {
  expect(
    await read(
      'retry: 2000\nid: 1-0\n\n: heartbeat\nid: 2-0\n\nid: 3-0\nevent: reset\ndata: {"a":\ndata: 1}\n\n',
    ),
  ).toEqual([
    { event: 'message', id: '1-0', data: undefined },
    { event: 'message', id: '2-0', data: undefined },
    { event: 'reset', id: '3-0', data: '{"a":\n1}' },
  ]);
});

it('reads alike wherever it is cut, and drops what has no end', async () => {
  const bytes = new TextEncoder().encode('data: żółw: 1\r\n\r\ndata:2\n\ndata: half\n');
  const expected = [
    { event: 'message', id: undefined, data: 'żółw: 1' },
    { event: 'message', id: undefined, data: '2' },
  ];
  for (let at = 0; at <= bytes.length; at += 1)
    expect(await read(bytes.slice(0, at), bytes.slice(at))).toEqual(expected);
});
