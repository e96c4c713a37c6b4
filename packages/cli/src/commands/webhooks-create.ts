import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { printable } from '../printable.js';
import { readEventTypes } from '../read-event-types.js';
import { readLabels } from '../read-labels.js';
import { readOptions } from '../read-options.js';
import { readSecret } from '../read-source.js';

const options = {
  'url-file': {
    type: 'string',
    value: 'FILE',
    does: 'the URL is the first line of this file, for one that is itself a secret; - is standard input',
  },
  type: {
    type: 'string',
    value: 'TYPE',
    multiple: true,
    does: 'post events of this type; repeated, of any of them; without it all that tell of a job',
  },
  label: {
    type: 'string',
    value: 'KEY:VALUE',
    multiple: true,
    does: 'post events of jobs with this label; repeated, with all of them',
  },
  description: { type: 'string', value: 'TEXT', does: 'what it is for' },
  ...apiOptions,
} as const;

/** Makes a webhook endpoint. Standard output gets its secret and nothing else, so that it can be piped to where it is needed. */
export const webhooksCreate: Command = {
  name: 'webhooks create',
  usage: 'URL | --url-file FILE [--type TYPE ...] [--label KEY:VALUE ...] [--description TEXT]',
  does: 'have events posted to a URL, and print the secret that signs them, this once',
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, stdin }) {
    const { values, positionals } = readOptions(args, options);
    const [argument, ...others] = positionals;
    const file = values['url-file'];
    if ((argument === undefined) === (file === undefined) || others.length > 0)
      throw new UsageError('Name one URL, or the file that it is in with --url-file.');
    const types = readEventTypes(values.type);
    const labels = values.label && readLabels(values.label);
    const { description } = values;
    const client = openClient(values);
    const url = file === undefined ? (argument ?? '') : await readSecret(file, stdin);
    const made = await client.createWebhookEndpoint({ url, types, labels, description });
    if (values.json) return out(JSON.stringify(made));
    out(made.secret);
    say(`Events are posted to ${printable(made.url)} by endpoint ${made.id}.`);
    say('The secret cannot be shown again; webhooks rotate-secret makes another one.');
  },
};
