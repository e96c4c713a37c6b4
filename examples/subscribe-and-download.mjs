// Loads every export that completes: a member of a consumer group, which downloads its files to a folder of its own.
// Start as many as you like; kill any of them at any time.
//   node examples/subscribe-and-download.mjs FOLDER [NAME_OF_THIS_MEMBER]
import { join } from 'node:path';
import { createClient, oncePerEvent } from '@bulkwatch/client';
import { downloadExport, requireComplete } from '@bulkwatch/client/download';
import { redisEventStore, subscribe } from '@bulkwatch/client/redis';
import { Redis } from 'ioredis';

const [folder, member] = process.argv.slice(2);
const redis = new Redis(process.env.BULKWATCH_REDIS_URL ?? 'redis://127.0.0.1:6379');
const bulkwatch = createClient({
  baseUrl: process.env.BULKWATCH_API_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.BULKWATCH_API_KEY,
});
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => controller.abort());

async function load(event, { signal }) {
  const download = await downloadExport({
    client: bulkwatch,
    jobId: event.subject,
    folder: join(folder, event.subject),
    token: process.env.PROVIDER_TOKEN,
    // Fresh links are told of by an event of their own: asking for more on that one would never end.
    refreshLinks: event.data.job.manifestVersion === 1,
    dangerouslyAllowHttp: process.env.PROVIDER_IS_A_SIMULATOR === 'true',
    signal,
  });
  // What is missing makes the handler reject: the event comes again, and the download goes on.
  for (const file of requireComplete(download).files)
    console.log(event.subject, file.file, file.lines, 'lines');
}

await subscribe({
  redis,
  group: 'example-loader',
  member,
  from: 'start',
  types: ['completed'],
  signal: controller.signal,
  onEvent: oncePerEvent(redisEventStore(redis, { prefix: 'example-loader:seen:' }), load),
  onProblem: (what, error) => console.error(what, error),
});
redis.disconnect();
