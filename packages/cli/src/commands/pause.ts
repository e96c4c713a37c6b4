import { controlCommand } from '../control-command.js';

/** Keeps jobs from being polled. */
export const pause = controlCommand('pause', 'keep jobs from being polled; their deadlines go on', {
  action: 'pause',
  done: 'paused',
  one: (client, jobId) => client.pauseJob(jobId),
});
