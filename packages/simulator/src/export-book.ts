import { randomUUID } from 'node:crypto';
import {
  type CheckedScript,
  type CheckedStep,
  type ExportScript,
  exportScriptSchema,
  stepOfPoll,
} from './export-script.js';

/** One export as the simulator plays it. */
export interface SimulatedExport {
  readonly id: string;
  readonly statusUrl: string;
  /** The kick-off request's URL, which the manifest repeats. */
  readonly requestUrl: string;
  readonly script: CheckedScript;
  readonly startedAt: number;
  readonly polls: number;
  readonly deleted: boolean;
}

/** All exports of a simulator. */
export interface ExportBook {
  /** Throws a ZodError on a bad script and an Error on an id that is taken. */
  create(script: ExportScript): SimulatedExport;
  find(tenant: string, id: string): SimulatedExport | undefined;
  all(): readonly SimulatedExport[];
  /** Counts a poll of the export and tells which step answers it. */
  poll(id: string): CheckedStep;
  /** What a delete request does: the export is remembered as deleted. */
  remove(id: string): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function createExportBook(origin: () => string, now: () => number): ExportBook {
  const exports = new Map<string, Mutable<SimulatedExport>>();
  const known = (id: string) => exports.get(id) as Mutable<SimulatedExport>;

  return {
    create(input) {
      const script = exportScriptSchema.parse(input);
      const id = script.id ?? randomUUID();
      if (exports.has(id)) throw new Error(`There is an export ${id} already.`);
      const base = `${origin()}/r4/${script.tenant}`;
      const types = new Set(script.output.map((file) => file.type));
      const created = {
        id,
        statusUrl: `${base}/bulk-export/jobs/${id}`,
        requestUrl: `${base}/Group/${script.group}/$export?_type=${[...types].join(',')}`,
        script,
        startedAt: now(),
        polls: 0,
        deleted: false,
      };
      exports.set(id, created);
      return created;
    },
    find(tenant, id) {
      const found = exports.get(id);
      return found?.script.tenant === tenant ? found : undefined;
    },
    all: () => [...exports.values()],
    poll(id) {
      const { script, polls } = known(id);
      known(id).polls += 1;
      return stepOfPoll(script.steps, polls);
    },
    remove(id) {
      known(id).deleted = true;
    },
  };
}
