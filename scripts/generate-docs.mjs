// Writes the pages that are made from the tables of packages/runtime, packages/contract and packages/cli. With `--check` it
// writes nothing, names every page that is not what it would write, and exits 1 when there is one.
import { fileURLToPath } from 'node:url';
import { generatedPages } from './docs/generated-pages.mjs';
import { stalePages, writePages } from './docs/page-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = generatedPages();

if (process.argv.includes('--check')) {
  const stale = stalePages(root, pages);
  for (const path of stale) console.error(`${path} is stale: run node scripts/generate-docs.mjs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const path of writePages(root, pages)) console.log(`wrote ${path}`);
}
