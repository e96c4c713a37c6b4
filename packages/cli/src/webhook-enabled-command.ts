import { apiOptions } from './api-options.js';
import type { Command } from './command.js';
import { readEndpointId } from './read-endpoint-id.js';
import { readOptions } from './read-options.js';

const options = apiOptions;

/** A command that enables or disables a webhook endpoint. */
export function webhookEnabledCommand(
  enabled: boolean,
  { name, does }: Pick<Command, 'name' | 'does'>,
): Command {
  return {
    name,
    usage: 'ID',
    does,
    options,
    needs: 'api',
    writes: false,

    async run(args, { openClient, out, say }) {
      const { values, positionals } = readOptions(args, options);
      const id = readEndpointId(positionals);
      const endpoint = await openClient(values).amendWebhookEndpoint(id, { enabled });
      if (values.json) out(JSON.stringify(endpoint));
      else say(`Endpoint ${id} is ${endpoint.state}.`);
    },
  };
}
