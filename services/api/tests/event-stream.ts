import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { ExportEvent } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { expect } from 'vitest';

export interface Message {
  readonly event: string;
  readonly data: string;
  /** The id that the reader has by then. */
  readonly lastEventId: string;
}

export interface EventStream {
  readonly response: IncomingMessage;
  readonly messages: readonly Message[];
  /** What a reader that connects again sends as Last-Event-ID. */
  readonly lastEventId: string;
  readonly text: string;
  readonly isOver: boolean;
  /** Ids of the events that came, in order. */
  eventIds(): string[];
  /** Waits for so many messages, and fails when there are more. */
  untilCount(count: number, timeoutMs?: number): Promise<readonly Message[]>;
  close(): void;
}

/** Asks for events and reads them as WHATWG HTML has it (section 9.2.6), as an EventSource would. */
export async function openEvents(
  port: number,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const request = get({
    port,
    host: '127.0.0.1',
    path: `/v1/events${query}`,
    headers,
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  const messages: Message[] = [];
  let [text, rest, lastEventId, isOver] = ['', '', '', false];
  response.on('data', (chunk: string) => {
    text += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      lastEventId = fields.get('id') ?? lastEventId;
      const data = fields.get('data');
      if (data !== undefined)
        messages.push({ event: fields.get('event') ?? 'message', data, lastEventId });
    }
  });
  response.on('error', () => undefined);
  response.once('close', () => {
    isOver = true;
  });
  request.on('error', () => undefined);

  return {
    response,
    messages,
    get lastEventId() {
      return lastEventId;
    },
    get text() {
      return text;
    },
    get isOver() {
      return isOver;
    },
    eventIds: () =>
      messages
        .filter(({ event }) => event !== 'reset')
        .map(({ data }) => (JSON.parse(data) as ExportEvent).id),
    async untilCount(count, timeoutMs = 5_000) {
      await eventually(() => expect(messages.length).toBeGreaterThanOrEqual(count), { timeoutMs });
      expect(messages).toHaveLength(count);
      return messages;
    },
    close: () => request.destroy(),
  };
}
