import type { ExportEvent } from '@bulkwatch/contract';
import { type EventName, typeFilter } from '../events/event-types.js';
import { type FakeStream, placeAfter } from './fake-stream.js';

interface StreamRequest {
  readonly query: URLSearchParams;
  readonly lastEventId: string | null;
  readonly signal: AbortSignal | null | undefined;
}

/** `GET /v1/events` of the fake: what is in the stream, then what comes, until the caller hangs up. */
export function streamAnswer(stream: FakeStream, request: StreamRequest): Response {
  const { query, lastEventId, signal } = request;
  const names = query.getAll('type') as EventName[];
  const wants = typeFilter(names.length === 0 ? undefined : names);
  const labels = query.getAll('label').map((label) => label.split(':'));
  const isOver = (): boolean => signal?.aborted === true;
  let place = placeAfter(stream, lastEventId ?? '$');
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(': here it begins\n\n'));
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
    async pull(controller) {
      while (place === stream.entries.length && !isOver()) await stream.untilAdded(1_000);
      const entry = stream.entries[place];
      if (!entry || isOver()) return;
      place += 1;
      const event = JSON.parse(entry.fields[1] ?? '') as ExportEvent;
      const isForUs =
        wants(event.type) &&
        labels.every(([key = '', ...value]) => labelsOf(event)[key] === value.join(':'));
      const told = isForUs
        ? `event: ${event.type}\ndata: ${JSON.stringify(event)}\n`
        : ': passed\n';
      controller.enqueue(encoder.encode(`id: ${entry.id}\n${told}\n`));
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

/** An event that tells of no job has none. */
function labelsOf({ data }: ExportEvent): Readonly<Record<string, string>> {
  return (data as Partial<ExportEvent['data']>).job?.labels ?? {};
}
