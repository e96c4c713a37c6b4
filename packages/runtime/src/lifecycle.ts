import type { Logger } from './logging/logger.js';
import { stackFrames } from './logging/stack-frames.js';
import { SettingsError } from './settings/settings-error.js';

type ErrorClass = abstract new (...parameters: never[]) => Error;

/**
 * Runs until SIGTERM or SIGINT, then stops and exits: 0 when stopped in time, 1 when the deadline had to end
 * it. A second signal exits at once. An uncaught exception or unhandled rejection is logged and stops the
 * process in the same way, with exit code 1: what the process holds can no longer be trusted.
 *
 * This is our own because a fault while stopping (Redis gone, say) must not cut short the polls that are being
 * finished, and the first signal after a fault must not either; close-with-grace exits at once on both.
 */
export function runUntilSignal(options: {
  name: string;
  stop: () => Promise<void>;
  graceMs: number;
  logger: Logger;
}): void {
  const { name, logger, graceMs } = options;
  let signalled = false;
  let stopping = false;
  let exitCode = 0;

  const stopAndExit = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.error({ graceMs }, `${name} did not stop in time`);
      process.exit(1);
    }, graceMs);
    try {
      await options.stop();
      logger.info(`${name} stopped`);
    } catch (error) {
      logger.error({ err: error }, `${name} could not stop cleanly`);
      exitCode = 1;
    }
    process.exit(exitCode);
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled) {
      logger.warn({ signal }, `${name} exits at once: second signal`);
      process.exit(1);
    }
    signalled = true;
    logger.info({ signal }, `${name} stopping`);
    void stopAndExit();
  };

  const onFault = (error: unknown): void => {
    exitCode = 1;
    logger.fatal({ err: error }, `${name} stopping: something threw that nobody caught`);
    void stopAndExit();
  };

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}

/** Calls this at each SIGUSR2, which without anybody to hear it would end the process. */
export function onSigusr2(listener: () => void): void {
  process.on('SIGUSR2', listener);
}

/**
 * Ends a process that cannot start, with exit code 1 and a reason on stderr. `plainFaults` are faults of the
 * surroundings, such as a settings file, whose message says all there is to know and holds no secret, and so is
 * an address that cannot be listened on; of any other error only its name and code are shown, and where it came
 * from.
 */
export function refuseToStart(
  service: string,
  error: unknown,
  plainFaults: readonly ErrorClass[],
): never {
  const isPlain = [SettingsError, ...plainFaults].some((fault) => error instanceof fault);
  process.stderr.write(`${isPlain ? (error as Error).message : describe(service, error)}\n`);
  process.exit(1);
}

/** What Node tells of a failure; the last two when it was to listen. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

function describe(service: string, error: unknown): string {
  if (!(error instanceof Error)) return `The ${service} cannot start.`;
  const { name, code, syscall, address, port } = error as ListenError;
  if (syscall === 'listen' && port !== undefined)
    return `The ${service} cannot start: it cannot listen on ${address} port ${port} (${code}).`;
  const frames = stackFrames(error).map((frame) => `    ${frame}`);
  return [`The ${service} cannot start: ${code ?? name}`, ...frames].join('\n');
}
