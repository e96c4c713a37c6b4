import { providerPauseCommand } from '../provider-pause-command.js';

/** Ends the pause of a provider, or of everything. */
export const providersResume = providerPauseCommand({
  name: 'providers resume',
  does: 'let the jobs of a provider go on; the pause of everything is another one',
  done: 'resumed',
  one: (client, origin) => client.resumeProvider(origin),
  all: (client) => client.resumeEverything(),
});
