import { providerPauseCommand } from '../provider-pause-command.js';

/** Keeps the jobs of a provider, or all jobs, from being polled. */
export const providersPause = providerPauseCommand({
  name: 'providers pause',
  does: 'poll none of the jobs of a provider until it is resumed',
  done: 'paused',
  one: (client, origin) => client.pauseProvider(origin),
  all: (client) => client.pauseEverything(),
});
