import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WebhookDelivery } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import { readEndpointId } from '../read-endpoint-id.js';
import { readOptions } from '../read-options.js';
import { lastAttemptWords } from '../webhook-cells.js';

const options = apiOptions;
/** Longer than a worker gives a receiver to answer. */
const patienceMs = 45_000;
const lookAgainMs = 300;

/** Has a test event posted to a webhook endpoint and waits for what comes of it. */
export const webhooksTest: Command = {
  name: 'webhooks test',
  usage: 'ID',
  does: 'post a test event to an endpoint, even a disabled one, and say what came of it',
  notes: ['Ends with 1 where it was not delivered at once.', 'With --json there is the delivery.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say }) {
    const { values, positionals } = readOptions(args, options);
    const id = readEndpointId(positionals);
    const client = openClient(values);
    const { deliveryId } = await client.testWebhookEndpoint(id);
    const delivery = await firstAttempt(client, id, deliveryId);
    if (!delivery)
      throw new CommandError(
        `Delivery ${deliveryId} has not been attempted within ${patienceMs / 1_000} s: is a worker running?`,
      );
    const words = printable(lastAttemptWords(delivery) ?? '');
    if (values.json) out(JSON.stringify(delivery));
    else if (delivery.state === 'delivered') say(`Delivered: ${words}.`);
    if (delivery.state !== 'delivered') throw new CommandError(`Not delivered: ${words}.`);
  },
};

/** Ids sort by time, as the log does: what has come since stands before it, on however many pages. */
async function inLog(
  client: Client,
  endpointId: string,
  deliveryId: string,
): Promise<WebhookDelivery | undefined> {
  for await (const delivery of client.eachWebhookDelivery(endpointId))
    if (delivery.id <= deliveryId) return delivery.id === deliveryId ? delivery : undefined;
  return undefined;
}

/** The delivery once it has been attempted; undefined where that takes too long. */
async function firstAttempt(
  client: Client,
  endpointId: string,
  deliveryId: string,
): Promise<WebhookDelivery | undefined> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
    const delivery = await inLog(client, endpointId, deliveryId);
    if (delivery && delivery.attemptCount > 0) return delivery;
    await sleep(lookAgainMs);
  }
  return undefined;
}
