import type { LivingProcess, SchemaState } from '@bulkwatch/store';
import { type Check, failed, ok, warning } from './check.js';

const name = 'schema';

/** Whether the data is for this release, and what keeps it from becoming so. */
export function checkSchema({ schema, readableBy, knows, pending, processes }: SchemaState): Check {
  const facts = { schema, readableBy, knows, pending, processes };
  const alive = `Alive: ${processWords(processes)}.`;
  if (schema === undefined)
    return ok(name, 'There is none yet: the first process that starts says which.', { facts });
  if (readableBy > knows)
    return failed(
      name,
      `The data is of schema ${schema}; this release knows ${knows} at most.`,
      'Run a newer release, or restore a backup from before the upgrade; see docs/operations.md.',
      { facts },
    );
  const old = processes.filter((process) => process.knows < knows);
  if (pending.length > 0)
    return warning(
      name,
      `The data is of schema ${schema}; ${knows} is the newest of this release. ${alive}`,
      old.length > 0
        ? 'It is migrated once no process of an older release lives: see bulkwatch fleet.'
        : 'A worker of this release migrates it by itself.',
      { facts, lines: pending.map((one) => `left to do, ${one.schema}: ${one.what}`) },
    );
  return ok(name, `The data is of schema ${schema}. ${alive}`, { facts });
}

/** `2 api, 3 worker`, `nobody`. */
function processWords(processes: readonly LivingProcess[]): string {
  const counts = new Map<string, number>();
  for (const { service } of processes) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts].map(([service, count]) => `${count} ${service}`).join(', ') || 'nobody';
}
