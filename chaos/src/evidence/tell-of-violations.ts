import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Violation } from '../checkers/finding.js';
import type { LedgerLine } from '../ledger.js';
import type { Dump } from './dump.js';
import { tellOfJob } from './tell-of-job.js';

/** Of how many jobs all is told. */
const toldMax = 10;

/** Writes down everything that is known of the first jobs of which a promise was broken, while Redis is still there to be asked. */
export async function tellOfViolations(
  violations: readonly Violation[],
  of: { redis: Redis; dump: Dump; lines: readonly LedgerLine[]; folder: string },
): Promise<object[]> {
  const { redis, dump, folder } = of;
  const jobIdOf = new Map([...dump.jobs.values()].map(({ id, exportId }) => [exportId, id]));
  const told: object[] = [];
  const met = new Set<string>();
  for (const { jobId = '', exportId = '' } of violations) {
    const id = jobId === '' ? (jobIdOf.get(exportId) ?? '') : jobId;
    const ofExport = exportId === '' ? (dump.jobs.get(id)?.exportId ?? '') : exportId;
    if (met.has(id + ofExport) || id + ofExport === '' || told.length === toldMax) continue;
    met.add(id + ofExport);
    told.push(await tellOfJob(redis, { jobId: id, exportId: ofExport }, of));
  }
  if (told.length > 0)
    writeFileSync(join(folder, 'violations.json'), JSON.stringify(told, null, 1));
  return told;
}
