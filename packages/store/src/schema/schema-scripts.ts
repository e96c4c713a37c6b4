import { defineScript } from '../define-script.js';

/** The scripts of the schema, keys and arguments in the order of the header of each file. */
export const schemaScripts = {
  announceProcess: defineScript({
    name: 'announce-process',
    keys: ['schema', 'processes'],
    args: ['processId', 'knows', 'oldest', 'readableBy', 'lifeMs', 'about', 'hadJobs'],
  }),
  takeMigration: defineScript({
    name: 'take-migration',
    keys: ['schema', 'processes'],
    args: ['processId', 'schema', 'readableBy', 'lifeMs', 'settleMs', 'turnMs', 'step', 'cursor'],
  }),
} as const;
