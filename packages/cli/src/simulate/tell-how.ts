import type { Simulator } from '@bulkwatch/simulator';
import type { CommandParts } from '../command.js';
import type { SimulatedExport } from './begin-exports.js';

interface Played {
  readonly simulator: Pick<Simulator, 'origin' | 'tokenUrl'>;
  readonly exports: readonly SimulatedExport[];
  readonly requireToken: boolean;
}

/** Name of the credential that the simulator would be polled with. */
const credential = 'simulator';
/** By which they are watched. */
const label = 'from:simulator';

/** Shows the exports, as `register --file` takes them, and says how they come to be tracked. */
export function tellHow(
  { simulator, exports, requireToken }: Played,
  { calledAs, out, say }: Pick<CommandParts, 'calledAs' | 'out' | 'say'>,
): void {
  const { origin, tokenUrl } = simulator;
  say(`The simulator is at ${origin}; Ctrl-C ends it. Its exports:`);
  for (const one of exports) out(lineOf(one, requireToken));
  say('\nBulkwatch tracks them when it may poll there. In a second terminal:');
  say(`  BULKWATCH_PROVIDER_ORIGINS=${origin} BULKWATCH_DANGEROUSLY_ALLOW_HTTP=true \\`);
  if (requireToken) say('  BULKWATCH_CREDENTIALS_FILE=credentials.json \\');
  say('  npm start');
  if (requireToken) say(`with credentials.json:\n  ${credentialsFile(origin, tokenUrl)}`);
  say('And in a third:');
  for (const line of registerLines(exports, requireToken)) say(`  ${calledAs} ${line}`);
  say(`  ${calledAs} watch --label ${label}`);
}

/** A status URL, or a registration where there is more to say. */
function lineOf({ statusUrl, preset }: SimulatedExport, requireToken: boolean): string {
  if (preset === null && !requireToken) return statusUrl;
  return JSON.stringify({
    statusUrl,
    ...(preset === null ? {} : { preset }),
    ...(requireToken ? { credential } : {}),
  });
}

/** One for each preset, with the first of its exports. */
function registerLines(exports: readonly SimulatedExport[], requireToken: boolean): string[] {
  const firsts = exports.filter(
    ({ preset }, index) => exports.findIndex((one) => one.preset === preset) === index,
  );
  return firsts.map(({ statusUrl, preset }) =>
    [
      'register',
      statusUrl,
      `--label ${label}`,
      ...(preset === null ? [] : ['--preset', preset]),
      ...(requireToken ? ['--credential', credential] : []),
    ].join(' '),
  );
}

/** The client of the simulator that everybody knows. */
const credentialsFile = (origin: string, tokenUrl: string): string =>
  JSON.stringify({
    credentials: [
      {
        name: credential,
        kind: 'client-secret-basic',
        tokenUrl,
        clientId: 'demo-client',
        clientSecret: 'not-a-secret',
        origins: [origin],
      },
    ],
  });
