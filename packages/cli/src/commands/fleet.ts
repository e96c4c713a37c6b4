import { loadSettings } from '@bulkwatch/runtime';
import type { SchemaState } from '@bulkwatch/store';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readOptions } from '../read-options.js';
import { type Cell, renderTable } from '../render-table.js';
import { spanWords } from '../time-words.js';

const options = {
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

const connectTimeoutMs = 3_000;
const head = ['SERVICE', 'RELEASE', 'SCHEMA', 'HOST', 'PID', 'ALIVE FOR'];

/** Shows who works with this Redis, in which release, and how far the data is. */
export const fleet: Command = {
  name: 'fleet',
  usage: '[--json]',
  does: 'show which processes of which release live, and the schema of the data',
  notes: [
    'Who is killed is shown for half a minute more. SCHEMA is the newest that a process knows.',
    'A migration to a schema begins when every process that lives knows it, and half a minute has passed.',
  ],
  options,
  needs: 'redis',
  writes: false,

  async run(args, { env, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('fleet takes options only.');
    const state = await readState(loadSettings('cli', env));
    if (values.json) return out(JSON.stringify(state));
    for (const line of schemaLines(state)) say(line);
    const rows = state.processes.map((process): Cell[] => [
      process.service,
      process.release,
      process.knows < (state.schema ?? 0) || process.knows < state.knows
        ? { text: String(process.knows), color: 'yellow' }
        : String(process.knows),
      process.host,
      String(process.pid),
      spanWords(now() - process.since),
    ]);
    if (rows.length === 0) return say('No process lives.');
    for (const line of renderTable(head, rows, { columns: screen()?.columns, paint })) out(line);
  },
};

async function readState(settings: Parameters<OpenDiagnosis>[0]): Promise<SchemaState> {
  const { openDiagnosis } = await import('@bulkwatch/store');
  const diagnosis = await openDiagnosis(settings, connectTimeoutMs);
  try {
    return await diagnosis.schema();
  } finally {
    diagnosis.close();
  }
}

type OpenDiagnosis = typeof import('@bulkwatch/store').openDiagnosis;

function schemaLines({ schema, target, knows, pending, processes }: SchemaState): string[] {
  if (schema === undefined) return ['The data has no schema yet: the first process says which.'];
  const old = processes.filter((process) => process.knows < knows).length;
  const state =
    target === undefined
      ? `The data is of schema ${schema}.`
      : `The data is of schema ${schema}, and being migrated to ${target}.`;
  const waits =
    pending.length > 0 && old > 0
      ? [
          `The migration waits for ${old === 1 ? '1 process' : `${old} processes`} of an older release.`,
        ]
      : [];
  return [state, ...pending.map((one) => `Left to do, ${one.schema}: ${one.what}`), ...waits];
}
