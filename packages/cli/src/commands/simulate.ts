import type { Simulator } from '@bulkwatch/simulator';
import type { Command } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { readCount } from '../read-count.js';
import { readOptions } from '../read-options.js';
import { beginExports, readScenarios } from '../simulate/begin-exports.js';
import { listScenarios } from '../simulate/list-scenarios.js';
import { tellHow } from '../simulate/tell-how.js';

const options = {
  list: { type: 'boolean', does: 'list the scenarios, and end' },
  port: { type: 'string', value: 'N', does: 'where it listens on this machine; 8090 without it' },
  wait: {
    type: 'string',
    value: 'SECONDS',
    does: 'the Retry-After of each poll; 5 without it, where real providers may ask for hours',
  },
  'real-waits': { type: 'boolean', does: 'ask for the waits that the real provider asks for' },
  times: {
    type: 'string',
    value: 'N',
    does: 'begin so many exports of each scenario; 1 without it',
  },
  'with-token': {
    type: 'boolean',
    does: 'want an access token, and show the credential that gets one',
  },
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

/** Runs the simulator with some exports, so that everything can be tried without a provider. */
export const simulate: Command = {
  name: 'simulate',
  usage: '[SCENARIO ...] [--list] [--port N] [--wait SECONDS | --real-waits] [--times N]',
  does: 'play a provider with exports to track, until Ctrl-C',
  notes: [
    'Without a scenario it is an export that tells its percentage.',
    'Standard output gets a line for each export, as register --file takes them; how to go on is said beside it.',
    'With --json there is one document, {"origin": ..., "tokenUrl": ..., "exports": [...]}, and with --list one scenario on each line.',
  ],
  options,
  argument: 'SCENARIO',
  needs: 'nothing',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    if (values.list) return listScenarios(parts, values.json === true);
    if (values.wait !== undefined && values['real-waits'])
      throw new UsageError('--wait and --real-waits cannot be given together.');
    const wait = readCount(values.wait, { name: 'wait', max: 86_400 }) ?? 5;
    const times = readCount(values.times, { name: 'times', max: 10_000 }) ?? 1;
    const scenarios = await readScenarios(positionals);
    const requireToken = values['with-token'] === true;
    const stopped = parts.untilStopped();
    const simulator = await start(readPort(values.port), requireToken);
    try {
      const retryAfterSeconds = values['real-waits'] ? undefined : wait;
      const exports = beginExports(simulator, { scenarios, times, retryAfterSeconds });
      const { origin, tokenUrl } = simulator;
      if (values.json) parts.out(JSON.stringify({ origin, tokenUrl, exports }));
      else tellHow({ simulator, exports, requireToken }, parts);
      await stopped;
    } finally {
      await simulator.stop();
    }
  },
};

/** 0 takes any that is free. */
function readPort(text = '8090'): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError('--port must be a whole number up to 65535.');
  return Number(text);
}

async function start(port: number, requireToken: boolean): Promise<Simulator> {
  const { startSimulator } = await import('@bulkwatch/simulator');
  try {
    return await startSimulator({ port, requireToken });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(
      `It cannot listen on port ${port} (${code}); --port 0 takes any that is free.`,
    );
  }
}
