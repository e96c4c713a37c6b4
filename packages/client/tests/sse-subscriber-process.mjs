// A subscriber over SSE as a process of its own, which keeps its position in a file, and kills itself at a named point.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createClient, subscribeOverSse } from '../dist/index.js';
import { killPoints } from './kill-points.mjs';

const [baseUrl, folder, point] = process.argv.slice(2);
const { reach } = killPoints(point);
const file = `${folder}/position`;
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

process.stdout.write('ready\n');
await subscribeOverSse(createClient({ baseUrl }), {
  from: 'start',
  position: {
    load: async () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    async save(id) {
      reach('before:save');
      writeFileSync(`${file}.new`, id);
      reach('in:save');
      renameSync(`${file}.new`, file);
      reach('after:save');
    },
  },
  signal: controller.signal,
  async onEvent({ id }) {
    reach('before:effect');
    appendFileSync(`${folder}/effects`, `${id}\n`);
    reach('after:effect');
  },
});
