// A download as a process of its own, that is to be killed.
import { downloadExport, requireComplete } from '../dist/download.js';

const [folder, manifest] = process.argv.slice(2);
requireComplete(
  await downloadExport({
    manifest: JSON.parse(manifest),
    folder,
    concurrency: 1,
    dangerouslyAllowHttp: true,
    onProgress: ({ bytes }) => process.stdout.write(`has ${bytes}\n`),
  }),
);
process.stdout.write('complete\n');
