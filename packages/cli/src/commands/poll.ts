import { controlCommand } from '../control-command.js';

/** Makes jobs due now. */
export const poll = controlCommand(
  'poll',
  'have jobs polled now, as far as their providers allow it',
  (values) => {
    const force = values['force'] === true;
    return { action: 'poll', force, done: 'due now', one: (api, id) => api.pollNow(id, { force }) };
  },
  {
    usage: '[--force]',
    options: {
      force: { type: 'boolean', does: "pass the provider's Retry-After, for one request" },
    },
  },
);
