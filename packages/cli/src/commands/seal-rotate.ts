import type { ResealReport } from '@bulkwatch/store';
import type { Command } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { readOptions } from '../read-options.js';

const options = {
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

/** Seals everything anew with the first key of the ring, so that the others can be taken off it. */
export const sealRotate: Command = {
  name: 'seal rotate',
  usage: '[--json]',
  does: 'seal what Redis holds with the first key of BULKWATCH_SEAL_KEYS_FILE; may be stopped and repeated',
  options,
  needs: 'redis',
  writes: true,

  async run(args, { openStore, out, say }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('seal rotate takes options only.');
    const report = await (await openStore()).resealAll();
    const missing = Object.fromEntries(report.missing);
    if (values.json) out(JSON.stringify({ ...report, missing }));
    else say(resultOf(report));
    const trouble = troubleOf(report);
    if (trouble !== undefined) throw new CommandError(trouble);
  },
};

const resultOf = ({ activeKeyId, sealed, resealed }: ResealReport): string =>
  `Of ${countOf(sealed)} with something sealed, ${resealed} had it sealed anew with ${activeKeyId}.`;

/** What keeps older keys from being taken off the ring. */
function troubleOf({ missing, damaged }: ResealReport): string | undefined {
  const lines = [...missing].map(
    ([keyId, records]) =>
      `The key ${keyId} is not on the ring: ${countOf(records)} cannot be opened and wait for it.`,
  );
  if (damaged > 0)
    lines.push(`${countOf(damaged)} cannot be opened by any key: somebody changed Redis.`);
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** A record is a job, or an endpoint of webhooks. */
const countOf = (records: number): string => (records === 1 ? '1 record' : `${records} records`);
