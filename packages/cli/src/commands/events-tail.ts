import { type StreamEvent, subscribeOverSse } from '@bulkwatch/client';
import { streamedWords } from '@bulkwatch/contract';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { progressWords } from '../job-cells.js';
import { printable } from '../printable.js';
import { readCount } from '../read-count.js';
import { readEventTypes } from '../read-event-types.js';
import { readLabels } from '../read-labels.js';
import { readOptions } from '../read-options.js';

const options = {
  type: {
    type: 'string',
    value: 'TYPE',
    multiple: true,
    does: `events of this type: ${streamedWords.join(', ')}; repeated, of any of them; without it all but webhook-disabled`,
  },
  label: {
    type: 'string',
    value: 'KEY:VALUE',
    multiple: true,
    does: 'events of jobs with this label; repeated, with all of them',
  },
  'from-start': { type: 'boolean', does: 'begin with the oldest event that is kept' },
  after: { type: 'string', value: 'ENTRY', does: 'begin after this entry of the stream' },
  limit: { type: 'string', value: 'N', does: 'end after so many events' },
  ...apiOptions,
} as const;

/** Shows events as they come, over Server-Sent Events. */
export const eventsTail: Command = {
  name: 'events tail',
  usage: '[--type TYPE ...] [--label KEY:VALUE ...] [--from-start | --after ENTRY] [--limit N]',
  does: 'show events as they come; connects again when it has to',
  notes: [
    'A line begins with the entry of the stream, which --after takes.',
    'With --json there is one event on each line.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('events tail takes options only.');
    if (values['from-start'] && values.after !== undefined)
      throw new UsageError('--from-start and --after cannot be given together.');
    let left = readCount(values.limit, { name: 'limit', max: 1_000_000 });
    let isConnected = false;
    let fault: unknown;
    const stop = new AbortController();
    await subscribeOverSse(openClient(values), {
      types: readEventTypes(values.type),
      labels: values.label && readLabels(values.label),
      from: values['from-start'] ? 'start' : 'new',
      signal: stop.signal,
      position: {
        load: async () => values.after,
        // Told of signs of life, too.
        save: async () => {
          isConnected = true;
        },
      },
      onEvent(event, { entryId }) {
        out(values.json ? JSON.stringify(event) : lineOf(event, entryId));
        if (left !== undefined) left -= 1;
        if (left === 0) stop.abort();
      },
      onReset: () => say('Some events are not kept any more; this begins with the oldest one.'),
      onProblem(_what, error) {
        if (isConnected) return say(`${messageOf(error)} It is tried again.`);
        // What never worked is more likely wrong than broken.
        fault = error;
        stop.abort();
      },
    });
    if (fault !== undefined) throw fault as Error;
  },
};

function lineOf(event: StreamEvent, entryId: string): string {
  const words = [entryId, event.time, event.type, event.subject, ...wordsOf(event)];
  return printable(words.filter((word) => word !== null).join('  '));
}

function wordsOf({ data }: StreamEvent): (string | null)[] {
  if ('webhook' in data) return [data.webhook.url, data.webhook.lastReason];
  const { job } = data;
  return [job.health, progressWords(job), job.reason];
}

const messageOf = (error: unknown): string =>
  printable(error instanceof Error ? error.message : String(error));
