import type { ExportScript } from './export-script.js';
import type { ExportStep } from './export-step.js';

export interface OracleExportOptions extends Omit<ExportScript, 'steps'> {
  /** Answers of `202` before the export ends; 3 by default. */
  readonly polls?: number;
  /** `Retry-After` of each of them; 1 by default, where Oracle's own is 600 and more. */
  readonly retryAfterSeconds?: number | string;
  /** `X-Progress` of each of them in turn, the last one repeated; `in-progress`, as Oracle says, by default. */
  readonly progress?: readonly string[];
  /** How it ends; complete by default. */
  readonly ending?: ExportStep;
}

/** The script of an export as Oracle Health Millennium plays it: so many polls in progress, then the end. */
export function oracleExport(options: OracleExportOptions = {}): ExportScript {
  const {
    polls = 3,
    retryAfterSeconds = 1,
    progress = ['in-progress'],
    ending = { answer: 'complete' },
    ...script
  } = options;
  const running = Array.from({ length: polls }, (_, poll): ExportStep => {
    const text = progress[Math.min(poll, progress.length - 1)];
    return {
      answer: 'in-progress',
      retryAfterSeconds,
      ...(text !== undefined && { progress: text }),
    };
  });
  return { ...script, steps: [...running, ending] };
}
