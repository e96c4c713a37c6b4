import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';
import { type Cell, renderTable } from '../render-table.js';
import { awayWords } from '../time-words.js';
import { deliveryCells, deliveryHead, endpointCells, endpointHead } from '../webhook-cells.js';

const options = apiOptions;
const deliveryCount = 10;

/** Shows a webhook endpoint and its latest deliveries. */
export const webhooksShow: Command = {
  name: 'webhooks show',
  usage: 'ID',
  does: `show a webhook endpoint and its latest ${deliveryCount} deliveries, the newest first`,
  notes: ['With --json there is one document, {"endpoint": ..., "deliveries": [...]}.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    const id = readEndpointId(positionals);
    const client = openClient(values);
    const endpoint = await client.getWebhookEndpoint(id);
    const { deliveries } = await client.listWebhookDeliveries(id, { limit: deliveryCount });
    if (values.json) return out(JSON.stringify({ endpoint, deliveries }));

    const [, ...cells] = endpointCells(endpoint, now());
    const facts: Cell[][] = [
      ...endpointHead.slice(1).map((name, index) => [name, cells[index] ?? null]),
      ['CREATED', endpoint.createdAt],
      ['DISABLED', awayWords(endpoint.disabledAt, now())],
      ['OLD SECRET ENDS', awayWords(endpoint.previousSecretUntil, now())],
    ];
    for (const line of renderTable(['ENDPOINT', id], facts, { paint })) out(line);
    out('');
    if (deliveries.length === 0) return say('Nothing has been posted to it.');
    const rows = deliveries.map((delivery) => deliveryCells(delivery, now()));
    for (const line of renderTable(deliveryHead, rows, { columns: screen()?.columns, paint }))
      out(line);
  },
};
