import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';
import { readSpanMs } from '../read-span.js';

const options = {
  overlap: {
    type: 'string',
    value: 'SPAN',
    does: 'how long the old secret signs too, such as 0s, 30m, 12h or 7d; 24h without it',
  },
  ...apiOptions,
} as const;

/** Makes a new secret for a webhook endpoint. Standard output gets it and nothing else. */
export const webhooksRotateSecret: Command = {
  name: 'webhooks rotate-secret',
  usage: 'ID [--overlap SPAN]',
  does: 'make a new secret for an endpoint and print it, this once; both sign for a while',
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say }) {
    const { values, positionals } = readOptions(args, options);
    const id = readEndpointId(positionals);
    const overlapMs = readSpanMs(values.overlap, { name: 'overlap' });
    const overlapSeconds = overlapMs === undefined ? undefined : overlapMs / 1_000;
    const rotated = await openClient(values).rotateWebhookSecret(id, { overlapSeconds });
    if (values.json) return out(JSON.stringify(rotated));
    out(rotated.secret);
    const { previousSecretUntil } = rotated;
    say(
      previousSecretUntil === null
        ? 'The old secret signs no more.'
        : `The old secret signs too until ${previousSecretUntil}.`,
    );
    say('The new one cannot be shown again.');
  },
};
