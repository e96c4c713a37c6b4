import { SettingsError } from '../settings/settings-error.js';
import type { Settings } from '../settings/settings-table.js';
import { version } from '../version.js';
import type { Tracing } from './tracing.js';

/** The part that knows how to send traces, which is a package of its own. */
export interface TracingRoom {
  createTracing(options: {
    readonly service: 'api' | 'worker';
    readonly version: string;
    readonly onProblem: (what: string, error: unknown) => void;
  }): Tracing;
}

/**
 * Loads what sends traces where the settings switch that on; otherwise nothing of it is loaded, and undefined is all
 * that anybody sees of it.
 *
 * @throws SettingsError where it is to be on and is not installed.
 */
export async function loadTracing(
  service: 'api' | 'worker',
  { tracing }: Pick<Settings, 'tracing'>,
  parts: {
    readonly load: () => Promise<TracingRoom>;
    readonly onProblem: (what: string, error: unknown) => void;
  },
): Promise<Tracing | undefined> {
  if (!tracing) return undefined;
  try {
    const { createTracing } = await parts.load();
    return createTracing({ service, version, onProblem: parts.onProblem });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const message = 'is true, but @bulkwatch/tracing is not installed here';
    throw new SettingsError([{ env: 'BULKWATCH_TRACING', message }]);
  }
}
