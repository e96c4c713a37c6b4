import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';

const options = apiOptions;

/** Deletes a webhook endpoint. */
export const webhooksDelete: Command = {
  name: 'webhooks delete',
  usage: 'ID',
  does: 'delete a webhook endpoint with its log; nothing more is posted to it',
  notes: ['With --json there is {"id": ..., "deleted": true}.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say }) {
    const { values, positionals } = readOptions(args, options);
    const id = readEndpointId(positionals);
    await openClient(values).deleteWebhookEndpoint(id);
    if (values.json) out(JSON.stringify({ id, deleted: true }));
    else say(`Endpoint ${id} is deleted.`);
  },
};
