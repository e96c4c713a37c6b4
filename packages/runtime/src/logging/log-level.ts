import { onSigusr2 } from '../lifecycle.js';
import type { Logger } from './logger.js';

/** Levels from the most talkative to the least. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `until` is the instant at which the configured level comes back; undefined while it is in force. */
export interface LogLevelState {
  readonly level: LogLevel;
  readonly configured: LogLevel;
  readonly until?: string;
}

/** Makes a running process more talkative for a time. */
export interface LogLevelControl {
  state(): LogLevelState;
  /** Undefined where the level is less talkative than the configured one: nobody is to be silenced by this. */
  lower(level: LogLevel, forMs: number, by: string): LogLevelState | undefined;
  /** Back to the configured level. */
  reset(by: string): LogLevelState;
}

/**
 * The level of this logger, and of no child that has one of its own. Each change is an audit line, whatever the level;
 * the configured level comes back by itself.
 */
export function createLogLevelControl(logger: Logger): LogLevelControl {
  const configured = logger.level as LogLevel;
  const audit = logger.child({ audit: true }, { level: 'info' });
  let until: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const state = (): LogLevelState => ({
    level: logger.level as LogLevel,
    configured,
    ...(until !== undefined && { until }),
  });
  const set = (level: LogLevel, by: string, end?: string): LogLevelState => {
    clearTimeout(timer);
    const was = logger.level;
    logger.level = level;
    until = end;
    audit.info({ was, level, until, by }, 'log level changed');
    return state();
  };
  const reset = (by: string): LogLevelState =>
    until === undefined ? state() : set(configured, by);

  return {
    state,
    reset,
    lower(level, forMs, by) {
      if (logLevels.indexOf(level) > logLevels.indexOf(configured)) return undefined;
      const lowered = set(level, by, new Date(Date.now() + forMs).toISOString());
      timer = setTimeout(() => reset('time'), forMs).unref();
      return lowered;
    },
  };
}

/** What SIGUSR2 asks for, and for how long. */
const signalledLevel = 'debug';
const signalledMs = 10 * 60_000;

/**
 * The control of a service's log level, undefined where the settings allow none. SIGUSR2 makes the process talkative for
 * ten minutes, and a second one ends that; where it may not, it is told of, since without a handler it would kill.
 */
export function openLogLevelControl(
  logger: Logger,
  { logLevelChanges }: { readonly logLevelChanges: boolean },
): LogLevelControl | undefined {
  const control = logLevelChanges ? createLogLevelControl(logger) : undefined;
  onSigusr2(() => {
    if (!control) logger.warn('SIGUSR2 ignored: BULKWATCH_LOG_LEVEL_CHANGES is false');
    else if (control.state().until !== undefined) control.reset('SIGUSR2');
    else control.lower(signalledLevel, signalledMs, 'SIGUSR2');
  });
  return control;
}
