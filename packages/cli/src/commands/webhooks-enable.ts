import { webhookEnabledCommand } from '../webhook-enabled-command.js';

/** Enables a webhook endpoint again. */
export const webhooksEnable = webhookEnabledCommand(true, {
  name: 'webhooks enable',
  does: 'post events to an endpoint again; webhooks replay sends what it missed',
});
