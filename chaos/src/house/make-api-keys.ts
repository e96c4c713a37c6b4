import { fileURLToPath } from 'node:url';
import { startProcess } from '@bulkwatch/testkit';
import type { Environment } from './house-settings.js';

/** An API key as a producer or a subscriber has it. */
export interface ApiKey {
  readonly tenant: string;
  readonly text: string;
}

const program = fileURLToPath(new URL('../../../packages/cli/bin/bulkwatch.mjs', import.meta.url));

/** Has the command line tool make a key for each tenant, as an operator does. Throws where it makes none. */
export const makeApiKeys = (tenants: readonly string[], env: Environment): Promise<ApiKey[]> =>
  Promise.all(
    tenants.map(async (tenant) => {
      const args = ['keys', 'create', '--tenant', tenant, '--name', 'chaos', '--scope', 'admin'];
      const run = await startProcess({ command: process.execPath, args: [program, ...args], env });
      await run.exited;
      const [text] = /bwk_\S+/.exec(run.lines().join('\n')) ?? [];
      if (text === undefined) throw new Error(`no API key: ${run.lines().join(' ')}`);
      return { tenant, text };
    }),
  );
