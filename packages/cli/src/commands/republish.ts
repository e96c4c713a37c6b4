import { controlCommand } from '../control-command.js';

/** Tells the events of settled jobs again. */
export const republish = controlCommand(
  'republish',
  'tell the events of settled jobs again, under the ids that they had',
  {
    action: 'republish',
    done: 'told again',
    one: (client, jobId) => client.republishEvent(jobId),
  },
);
