import { describe, expect, it } from 'vitest';
import { eventMessage, heartbeatMessage, openingMessage, resetMessage } from './event-message.js';

describe('messages', () => {
  it('hold an event on one line, its text unchanged', () => {
    const json = '{\r\n "a": "line\\nbreak \u2028",\n\n"b": 1.50\r}';
    const event = { id: '1-2', type: 'bulkwatch.export.completed', labels: {}, json };
    const text = eventMessage(event).toString();

    expect(text).toBe(
      'id: 1-2\nevent: bulkwatch.export.completed\ndata: {  "a": "line\\nbreak \u2028", "b": 1.50 }\n\n',
    );
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual(JSON.parse(json));
  });

  it('begin with the point of a stream, where there is none yet', () => {
    expect(openingMessage(2_000, '5-0').toString()).toBe('retry: 2000\nid: 5-0\n\n');
    expect(openingMessage(2_000).toString()).toBe('retry: 2000\n\n');
  });

  it('reset without an id', () => {
    expect(resetMessage({ oldestId: '7-1' }).toString()).toBe(
      'event: reset\ndata: {"oldestId":"7-1"}\n\n',
    );
  });

  it('beat with the point that was reached', () => {
    expect(heartbeatMessage('9-0').toString()).toBe(': heartbeat\nid: 9-0\n\n');
  });
});
