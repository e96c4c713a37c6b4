import { controlCommand } from '../control-command.js';

/** Ends the pause of jobs. */
export const resume = controlCommand('resume', 'have paused jobs polled again', {
  action: 'resume',
  done: 'resumed',
  one: (client, jobId) => client.resumeJob(jobId),
});
