// Registers a status URL, and waits until the export has ended, however that takes.
//   node examples/register-and-wait.mjs STATUS_URL [NAME_OF_A_CREDENTIAL]
import { createClient } from '@bulkwatch/client';

const [statusUrl, credential] = process.argv.slice(2);
const bulkwatch = createClient({
  baseUrl: process.env.BULKWATCH_API_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.BULKWATCH_API_KEY,
});

const { job, created } = await bulkwatch.registerJob({ statusUrl, credential });
console.log(created ? 'registered' : 'tracked already', job.id);

const settled = await bulkwatch.waitFor(job.id, {
  onProgress: ({ state, progress }) => console.log(state, progress ?? ''),
});
if (settled.state === 'completed') {
  const { output = [] } = await bulkwatch.getManifest(job.id);
  for (const { type, count, url } of output) console.log(type, count, url);
} else {
  console.error(settled.state, settled.reason, settled.detail);
  process.exitCode = 1;
}
