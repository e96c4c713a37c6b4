#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startBadTls } from './bad-tls.js';
import { scenarios } from './scenarios.js';
import { type SimulatorOptions, startSimulator } from './simulator.js';

const usage = `bulkwatch-simulator: a fake bulk export provider that plays Oracle Health.

  --port N              port to listen on (8090, or SIMULATOR_PORT; 0 for any free one)
  --host ADDRESS        address to listen on (127.0.0.1)
  --other-port N        port of the second origin, where redirects elsewhere lead (any free one)
  --public-origin URL   origin of the URLs it hands out, where it differs from host and port
  --client-id TEXT      the client that gets tokens (demo-client)
  --client-secret TEXT  and its secret (not-a-secret)
  --token-life SECONDS  life of an access token (570)
  --without-token       take requests without a token
  --bad-tls             offer origins as well that no secure connection can be made to
  --list-scenarios      print the exports that can be played by name, and end
  --help`;

interface CliOptions extends SimulatorOptions {
  readonly badTls: boolean;
}

function readOptions(args: string[], env: NodeJS.ProcessEnv): CliOptions | 'help' | 'scenarios' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args,
    options: {
      port: text,
      host: text,
      'other-port': text,
      'public-origin': text,
      'client-id': text,
      'client-secret': text,
      'token-life': text,
      'without-token': flag,
      'bad-tls': flag,
      'list-scenarios': flag,
      help: flag,
    },
  });
  if (values.help === true) return 'help';
  if (values['list-scenarios'] === true) return 'scenarios';
  const origin = values['public-origin'];
  return {
    port: wholeNumber('--port', values.port ?? env['SIMULATOR_PORT'] ?? '8090', 65_535),
    otherPort: wholeNumber('--other-port', values['other-port'] ?? '0', 65_535),
    badTls: values['bad-tls'] === true,
    requireToken: values['without-token'] !== true,
    tokenLifeSeconds: wholeNumber('--token-life', values['token-life'] ?? '570', 1e9),
    ...(values.host !== undefined && { host: values.host }),
    ...(origin !== undefined && { publicOrigin: exactOrigin(origin) }),
    ...(values['client-id'] !== undefined && { clientId: values['client-id'] }),
    ...(values['client-secret'] !== undefined && { clientSecret: values['client-secret'] }),
  };
}

function wholeNumber(name: string, text: string, max: number): number {
  if (!/^\d+$/.test(text) || Number(text) > max) {
    throw new Error(`${name} must be a whole number up to ${max}.`);
  }
  return Number(text);
}

function exactOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new Error('--public-origin must be an origin such as http://simulator:8090.');
  }
  return text;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') return console.log(usage);
  if (options === 'scenarios') return console.log(scenarioLines().join('\n'));
  const simulator = await startSimulator(options);
  const badTls = options.badTls ? await startBadTls(options) : undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void Promise.all([simulator.stop(), badTls?.stop()]));
  }
  const { origin, otherOrigin, tokenUrl } = simulator;
  console.log(JSON.stringify({ origin, otherOrigin, tokenUrl, badTls: badTls?.origins }));
}

const scenarioLines = (): string[] =>
  Object.entries(scenarios).map(([name, { tells }]) => `${name.padEnd(36)} ${tells}`);

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
