import type { Manifest } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { readId } from '../read-id.js';
import { readOptions } from '../read-options.js';
import { type Cell, renderTable } from '../render-table.js';

const options = apiOptions;

/** Lists of files that a manifest may have; `error` is called `outcome` in newer ones. */
const lists = ['output', 'deleted', 'error', 'outcome'] as const;

/** Shows what files an export has made. */
export const manifest: Command = {
  name: 'manifest',
  usage: 'ID',
  does: 'list the files of a completed job',
  notes: [
    'With --json there is the whole manifest.',
    'URLs may be all that one needs to read a file.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, paint }) {
    const { values, positionals } = readOptions(args, options);
    const found = await openClient(values).getManifest(readId(positionals));
    if (values.json) return out(JSON.stringify(found));
    const rows = rowsOf(found);
    if (rows.length === 0) return say('The manifest lists no files.');
    // URLs are never cut off: they are what one comes for.
    for (const line of renderTable(['LIST', 'TYPE', 'COUNT', 'URL'], rows, { paint })) out(line);
  },
};

function rowsOf(found: Manifest): Cell[][] {
  return lists.flatMap((list) =>
    (found[list] ?? []).map(({ type, count, url }) => [
      list,
      type ?? null,
      typeof count === 'number' ? String(count) : null,
      url,
    ]),
  );
}
