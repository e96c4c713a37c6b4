import type { Provider } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { printable } from '../printable.js';
import { providerCells, providerHead } from '../provider-cells.js';
import { readOptions } from '../read-options.js';
import { renderTable } from '../render-table.js';

const options = apiOptions;

/** Lists providers, by origin. */
export const providersList: Command = {
  name: 'providers list',
  usage: '[--json]',
  does: 'list the providers of all tenants, and whether everything is paused',
  notes: ['With --json there is one provider on each line.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('providers list takes options only.');
    const client = openClient(values);
    const { everything } = await client.listProviders({ limit: 1 });
    if (everything.pausedAt !== null)
      say(
        `Everything is paused since ${everything.pausedAt}, by ${printable(everything.pausedBy ?? 'somebody')}.`,
      );
    const providers: Provider[] = [];
    for await (const provider of client.eachProvider({ limit: 500 }))
      if (values.json) out(JSON.stringify(provider));
      else providers.push(provider);
    if (values.json) return;
    if (providers.length === 0) return say('No provider is known yet.');
    const rows = providers.map((provider) => providerCells(provider, now()));
    for (const line of renderTable(providerHead, rows, { columns: screen()?.columns, paint }))
      out(line);
  },
};
