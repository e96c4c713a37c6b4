import { join } from 'node:path';
import { type FaultProxy, startFaultProxy, startProcess } from '@bulkwatch/testkit';
import type { Part } from '../fault.js';
import type { Ledger } from '../ledger.js';
import type { Environment } from './house-settings.js';
import { type Supervised, supervise } from './supervise.js';

/** How a program of the house is run. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Where it tells its metrics and health; absent for programs that have none. */
  readonly opsUrl?: string;
}

/** A supervised program. Its log outlives it. */
export interface HousePart extends Part {
  readonly opsUrl: string | undefined;
  readonly logFile: string;
  readonly supervised: Supervised;
}

/** Starts a program of node and keeps it running; each start and end of it is noted. */
export async function startPart(
  { name, args, env, opsUrl }: Program,
  { folder, ledger }: { folder: string; ledger: Ledger },
): Promise<HousePart> {
  const logFile = join(folder, `${name}.log`);
  const supervised = await supervise({
    start: () => startProcess({ command: process.execPath, args, env, logFile }),
    onStart: ({ pid }) =>
      ledger.note({ who: 'house', op: 'start', type: 'ok', key: name, value: { pid } }),
    onExit: (exit, { pid }) =>
      ledger.note({ who: 'house', op: 'exit', type: 'info', key: name, value: { pid, ...exit } }),
  });
  return {
    name,
    logFile,
    opsUrl,
    supervised,
    get process() {
      return supervised.process;
    },
  };
}

/** A part behind a proxy of its own, by which alone it reaches Redis. */
export async function startProxiedPart(
  programOf: (redisUrl: string) => Program,
  of: { readonly redisPort: number; readonly folder: string; readonly ledger: Ledger },
): Promise<HousePart & { readonly proxy: FaultProxy }> {
  const proxy = await startFaultProxy(of.redisPort);
  const part = await startPart(programOf(`redis://127.0.0.1:${proxy.port}`), of);
  // Getters are lost to a spread.
  return Object.defineProperty(part, 'proxy', { value: proxy }) as HousePart & {
    proxy: FaultProxy;
  };
}
