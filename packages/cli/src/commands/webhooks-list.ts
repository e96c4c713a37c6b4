import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readOptions } from '../read-options.js';
import { renderTable } from '../render-table.js';
import { endpointCells, endpointHead } from '../webhook-cells.js';

const options = apiOptions;

/** Lists webhook endpoints, the newest first. */
export const webhooksList: Command = {
  name: 'webhooks list',
  usage: '[--json]',
  does: 'list the webhook endpoints of the tenant, the newest first',
  notes: ['With --json there is one endpoint on each line.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('webhooks list takes options only.');
    const endpoints = await openClient(values).listWebhookEndpoints();
    if (values.json) return endpoints.forEach((endpoint) => out(JSON.stringify(endpoint)));
    if (endpoints.length === 0) return say('There is no webhook endpoint.');
    const rows = endpoints.map((endpoint) => endpointCells(endpoint, now()));
    for (const line of renderTable(endpointHead, rows, { columns: screen()?.columns, paint }))
      out(line);
  },
};
