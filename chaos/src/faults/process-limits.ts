import { startProcess } from '@bulkwatch/testkit';
import type { Healing } from '../fault.js';

type Limited = 'nofile' | 'data';

/** Runs prlimit and gives what it says. Throws where there is no such process any more. */
async function prlimit(pid: number, ...args: readonly string[]): Promise<string> {
  const run = await startProcess({ command: 'prlimit', args: [`--pid=${pid}`, ...args] });
  const { code } = await run.exited;
  const said = run.lines().join(' ');
  if (code !== 0) throw new Error(`prlimit ${args.join(' ')}: ${said}`);
  return said.trim();
}

/** Lowers a limit of a process that runs, and gives how to put it back. The soft one alone: only root could raise the hard one again. */
async function limit(pid: number, what: Limited, value: number): Promise<Healing> {
  const before = await prlimit(pid, `--${what}`, '--output=SOFT', '--noheadings');
  await prlimit(pid, `--${what}=${value}:`);
  return async () => {
    // It may have died of it.
    await prlimit(pid, `--${what}=${before}:`).catch(() => undefined);
  };
}

/** A process opens no file and no socket any more, until that is healed; those that are open stay. */
export const limitFiles = (pid: number): Promise<Healing> => limit(pid, 'nofile', 0);

/** A process gets no more memory of the system, of which the engine dies as soon as it needs some. */
export const limitMemory = (pid: number): Promise<Healing> => limit(pid, 'data', 2 ** 20);

/** The main thread of a process stands still for that long, and with it the loop; other threads go on. */
export async function blockLoop(pid: number, ms: number): Promise<Healing> {
  const calls = 'epoll_wait,epoll_pwait';
  const run = await startProcess({
    command: 'strace',
    args: [
      '-p',
      String(pid),
      '-e',
      `trace=${calls}`,
      '-e',
      `inject=${calls}:delay_exit=${Math.round(ms * 1_000)}`,
    ],
    readyWhen: /attached/,
  });
  return async () => {
    await run.stop('SIGINT', 2_000);
  };
}
