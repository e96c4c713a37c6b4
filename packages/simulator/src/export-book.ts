import { randomUUID } from 'node:crypto';
import { scriptOfFile } from './export-file.js';
import { type CheckedScript, type ExportScript, exportScriptSchema } from './export-script.js';
import { type CheckedStep, stepOfPoll } from './export-step.js';
import { type CheckedFileStep, stepOfRequest } from './file-step.js';

/** One export as the simulator plays it. */
export interface SimulatedExport {
  readonly id: string;
  readonly statusUrl: string;
  /** Where the same pages are to be had under another origin. */
  readonly otherOrigin: string;
  /** The kick-off request's URL, which the manifest repeats. */
  readonly requestUrl: string;
  readonly script: CheckedScript;
  readonly startedAt: number;
  /** Answers that the status URL gave from the script. */
  readonly polls: number;
  /** When the last polls were that took a step, of the status URL and of pages, as far as limits need them. */
  readonly polledAt: readonly number[];
  readonly deleted: boolean;
}

/** One row of answers of an export. */
export type Series = 'steps' | 'deleteSteps' | 'afterDeleteSteps' | { readonly page: string };

/** All exports of a simulator. */
export interface ExportBook {
  /** Throws a ZodError on a bad script and an Error on an id that is taken. */
  create(script: ExportScript): SimulatedExport;
  find(tenant: string, id: string): SimulatedExport | undefined;
  all(): readonly SimulatedExport[];
  /** Counts a request and tells which step answers it; undefined where the script has no such series. */
  take(id: string, series: Series): CheckedStep | undefined;
  /** Counts a request for a file and tells what goes wrong with it; undefined where nothing does. */
  takeFileStep(id: string, number: number): CheckedFileStep | undefined;
  /** What a delete request does: the export is remembered as deleted. */
  remove(id: string): void;
}

interface Entry {
  found: { -readonly [K in keyof SimulatedExport]: SimulatedExport[K] };
  /** Requests that each series has answered so far. */
  readonly taken: Map<string, number>;
}

export interface ExportBookOptions {
  readonly origin: () => string;
  readonly otherOrigin: () => string;
  readonly now: () => number;
}

export function createExportBook({ origin, otherOrigin, now }: ExportBookOptions): ExportBook {
  const entries = new Map<string, Entry>();

  return {
    create(input) {
      const script = exportScriptSchema.parse(input);
      const id = script.id ?? randomUUID();
      if (entries.has(id)) throw new Error(`There is an export ${id} already.`);
      const base = `${origin()}/r4/${script.tenant}`;
      const types = new Set(script.output.map((file) => file.type));
      const found = {
        id,
        statusUrl: `${base}/bulk-export/jobs/${id}`,
        otherOrigin: otherOrigin(),
        requestUrl: `${base}/Group/${script.group}/$export?_type=${[...types].join(',')}`,
        script,
        startedAt: now(),
        polls: 0,
        polledAt: [],
        deleted: false,
      };
      entries.set(id, { found, taken: new Map() });
      return found;
    },
    find(tenant, id) {
      const found = entries.get(id)?.found;
      return found?.script.tenant === tenant ? found : undefined;
    },
    all: () => [...entries.values()].map(({ found }) => found),
    take(id, series) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      const { found, taken } = entry;
      const steps = seriesOf(found.script, series);
      if (steps === undefined) return undefined;
      const key = JSON.stringify(series);
      const before = taken.get(key) ?? 0;
      taken.set(key, before + 1);
      if (series === 'steps') found.polls = before + 1;
      if (series !== 'deleteSteps') {
        const kept = found.script.rateLimit?.polls ?? 1;
        found.polledAt = [...found.polledAt, now()].slice(-kept);
      }
      return stepOfPoll(steps, before);
    },
    takeFileStep(id, number) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      const key = `file ${number}`;
      const before = entry.taken.get(key) ?? 0;
      entry.taken.set(key, before + 1);
      return stepOfRequest(scriptOfFile(entry.found, number)?.steps ?? [], before);
    },
    remove(id) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.found.deleted = true;
    },
  };
}

function seriesOf(script: CheckedScript, series: Series): readonly CheckedStep[] | undefined {
  if (typeof series === 'string') return script[series];
  return Object.hasOwn(script.pages, series.page) ? script.pages[series.page] : undefined;
}
