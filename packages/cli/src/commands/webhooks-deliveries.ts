import type { Client, DeliveryState, WebhookDelivery } from '@bulkwatch/client';
import { deliveryStates } from '@bulkwatch/contract';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readCount } from '../read-count.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';
import { renderTable } from '../render-table.js';
import { deliveryCells, deliveryHead } from '../webhook-cells.js';

const options = {
  job: { type: 'string', value: 'ID', does: 'of the events of this job, to whatever webhook' },
  state: {
    type: 'string',
    value: 'STATE',
    does: `those in this state: ${deliveryStates.join(', ')}`,
  },
  limit: { type: 'string', value: 'N', does: 'how many at most; 50 without it' },
  ...apiOptions,
} as const;

const pageMax = 200;

/** Lists deliveries, the newest first. */
export const webhooksDeliveries: Command = {
  name: 'webhooks deliveries',
  usage: 'ID | --job ID [--state STATE] [--limit N]',
  does: 'list the deliveries to an endpoint, or of the events of a job, the newest first',
  notes: ['With --json there is one delivery on each line, as it comes.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    if (values.job !== undefined && positionals.length > 0)
      throw new UsageError('Name one endpoint, or a job with --job.');
    const jobId = values.job;
    const endpointId = jobId === undefined ? readEndpointId(positionals) : '';
    const state = readState(values.state);
    const limit = readCount(values.limit, { name: 'limit', max: 1_000_000 }) ?? 50;
    const client = openClient(values);
    const pageOf: PageOf = (cursor) => {
      const page = { state, cursor, limit: Math.min(limit, pageMax) };
      return jobId === undefined
        ? client.listWebhookDeliveries(endpointId, page)
        : client.listJobDeliveries(jobId, page);
    };
    const deliveries = first(limit, pageOf);
    if (values.json) {
      for await (const delivery of deliveries) out(JSON.stringify(delivery));
      return;
    }
    const rows = [];
    for await (const delivery of deliveries) rows.push(deliveryCells(delivery, now()));
    if (rows.length === 0) return say('There is no such delivery in the log.');
    for (const line of renderTable(deliveryHead, rows, { columns: screen()?.columns, paint }))
      out(line);
    if (rows.length === limit) say(`These are the newest ${limit}; --limit shows more.`);
  },
};

type PageOf = (cursor: string | undefined) => ReturnType<Client['listJobDeliveries']>;

/** The first ones of all pages. */
async function* first(count: number, pageOf: PageOf): AsyncGenerator<WebhookDelivery, void, void> {
  let left = count;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { deliveries, nextCursor } = await pageOf(cursor);
    yield* deliveries.slice(0, left);
    left -= deliveries.length;
    if (left <= 0) return;
    cursor = nextCursor;
  }
}

function readState(text: string | undefined): DeliveryState | undefined {
  const state = deliveryStates.find((one) => one === text);
  if (text !== undefined && state === undefined)
    throw new UsageError(`--state must be one of ${deliveryStates.join(', ')}.`);
  return state;
}
