import { UsageError } from '../command-error.js';
import { controlCommand } from '../control-command.js';
import { readSecret } from '../read-source.js';

/** Asks providers for fresh links. */
export const refresh = controlCommand(
  'refresh',
  'ask the providers of completed jobs for fresh links',
  async (values, jobs, stdin) => {
    const file = values['bearer-token-file'];
    // A token is bound to an origin; a filter may reach several.
    if (file !== undefined && 'filter' in jobs)
      throw new UsageError('--bearer-token-file is for jobs that are named by their ids.');
    const bearerToken = typeof file === 'string' ? await readSecret(file, stdin) : undefined;
    return {
      action: 'refresh',
      done: 'being refreshed',
      one: (api, id) => api.refreshJob(id, { bearerToken }),
    };
  },
  {
    usage: '[--bearer-token-file FILE]',
    options: {
      'bearer-token-file': {
        type: 'string',
        value: 'FILE',
        does: 'a new token for jobs whose token was submitted: the first line of this file; - is standard input',
      },
    },
  },
);
