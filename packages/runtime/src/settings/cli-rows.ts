import { url, word } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings that the command line tool alone reads. */
export const cliRows = [
  {
    key: 'apiUrl',
    env: 'BULKWATCH_API_URL',
    kind: url(['http', 'https']),
    default: 'http://127.0.0.1:8080',
    services: ['cli'],
    group: 'Command line',
    description: 'Where the command line tool finds the api.',
    whenToChange:
      'Set it where the api is on another machine, to its https URL; `--api-url` does so for one command.',
  },
  {
    key: 'apiKey',
    env: 'BULKWATCH_API_KEY',
    kind: word,
    secret: true,
    services: ['cli'],
    group: 'Command line',
    description: 'The API key that the command line tool sends to the api.',
    whenToChange:
      'Set it wherever the api asks for a key; it is taken from no argument, since others can see those.',
    example: 'bwk_0123456789abcdef_...',
  },
] as const satisfies readonly SettingRow[];
