import { UsageError } from '../command-error.js';
import { controlCommand } from '../control-command.js';

/** Stops the tracking of jobs. */
export const cancel = controlCommand(
  'cancel',
  'stop tracking jobs; their exports go on unless --at-provider is given',
  (values, jobs) => {
    const deleteAtProvider = values['at-provider'] === true;
    if (deleteAtProvider && 'filter' in jobs)
      throw new UsageError('--at-provider is for jobs that are named by their ids.');
    return {
      action: 'cancel',
      done: deleteAtProvider ? 'being cancelled' : 'cancelled',
      one: (api, id) => api.cancelJob(id, { deleteAtProvider }),
    };
  },
  {
    usage: '[--at-provider]',
    options: {
      'at-provider': {
        type: 'boolean',
        does: 'send the provider a delete request first, which ends the export; for ids only',
      },
    },
  },
);
