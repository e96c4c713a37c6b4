/**
 * Reads the events of a tenant over HTTP, with the client that subscribers install, and goes on where it was when it is started
 * again. A process of its own, so that it can be killed. Arguments: URL of the api, file of the API key, file for what it saw, and
 * file of its position.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createClient, subscribeOverSse } from '@bulkwatch/client';
import { noteSeen } from './seen-file.js';

const [baseUrl = '', keyFile = '', file = '', positionFile = ''] = process.argv.slice(2);

await subscribeOverSse(createClient({ baseUrl, apiKey: readFileSync(keyFile, 'utf8') }), {
  from: 'start',
  signal: new AbortController().signal,
  onEvent: (event) => noteSeen(file, event),
  position: {
    load: async () => (existsSync(positionFile) ? readFileSync(positionFile, 'utf8') : undefined),
    save: async (entryId) => writeFileSync(positionFile, entryId),
  },
});
