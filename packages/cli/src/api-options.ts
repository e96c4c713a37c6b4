import type { CommandOptions } from './command.js';

/** Options of every command that speaks to the api. */
export const apiOptions = {
  json: { type: 'boolean', does: 'write JSON in place of text' },
  'api-url': {
    type: 'string',
    value: 'URL',
    does: 'where the api is, in place of BULKWATCH_API_URL',
  },
} as const satisfies CommandOptions;
