import { webhookEnabledCommand } from '../webhook-enabled-command.js';

/** Keeps events from being posted to a webhook endpoint. */
export const webhooksDisable = webhookEnabledCommand(false, {
  name: 'webhooks disable',
  does: 'post nothing to an endpoint until it is enabled; what comes meanwhile is held',
});
