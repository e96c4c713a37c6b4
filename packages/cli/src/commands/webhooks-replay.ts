import type { ReplayWebhook } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';

const options = {
  delivery: { type: 'string', value: 'ID', does: 'this one' },
  state: {
    type: 'string',
    value: 'STATE',
    does: 'all in this state: failed, for good, or held, while the endpoint was disabled',
  },
  since: {
    type: 'string',
    value: 'INSTANT',
    does: 'all events of the stream from an instant (ISO 8601) on, or after this entry of it',
  },
  ...apiOptions,
} as const;

/** Sends events to a webhook endpoint again. */
export const webhooksReplay: Command = {
  name: 'webhooks replay',
  usage: 'ID --delivery ID | --state STATE | --since INSTANT',
  does: 'post events to an endpoint again, under the webhook-id that they had',
  notes: ['It says how many; with --json there is {"replayedCount": ...}.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say }) {
    const { values, positionals } = readOptions(args, options);
    const id = readEndpointId(positionals);
    let selection: ReplayWebhook | undefined = readSelection(values);
    const client = openClient(values);
    let replayedCount = 0;
    while (selection !== undefined) {
      const { replayedCount: count, more } = await client.replayWebhook(id, selection);
      replayedCount += count;
      selection = next(selection, more);
    }
    if (values.json) out(JSON.stringify({ replayedCount }));
    else say(`${replayedCount} sent again.`);
  },
};

interface Values {
  readonly delivery?: string | undefined;
  readonly state?: string | undefined;
  readonly since?: string | undefined;
}

function readSelection({ delivery, state, since }: Values): ReplayWebhook {
  const selections: ReplayWebhook[] = [];
  if (delivery !== undefined) selections.push({ deliveryId: delivery });
  if (since !== undefined) selections.push({ since });
  if (state === 'failed' || state === 'held') selections.push({ state });
  else if (state !== undefined) throw new UsageError('--state must be failed or held.');
  const [selection, ...others] = selections;
  if (!selection || others.length > 0)
    throw new UsageError('Say which: one of --delivery, --state and --since.');
  return selection;
}

/** What one call left over. */
function next(selection: ReplayWebhook, more: string | null): ReplayWebhook | undefined {
  if (more === null) return undefined;
  return selection.since === undefined ? { ...selection, cursor: more } : { since: more };
}
