import { bulkServerPresets } from './bulk-server-presets.js';
import type { ProviderPreset, ProviderPresetInput } from './provider-preset.js';
import { publicPayerPresets } from './public-payer-presets.js';
import { readPreset } from './read-preset.js';
import { statusFieldPresets } from './status-field-presets.js';

/** The preset of a provider of which nothing is known. */
export const genericPreset = presetOf({
  title: 'Any provider that keeps to the specification',
  source: 'Bulk Data Access IG, STU1 to the ballot of STU4.',
});

const table: Readonly<Record<string, ProviderPresetInput>> = {
  ...bulkServerPresets,
  ...publicPayerPresets,
  ...statusFieldPresets,
};

/** The presets that the house ships, by name. */
export const builtInPresets: ReadonlyMap<string, ProviderPreset> = new Map([
  ['generic', genericPreset],
  ...Object.entries(table).map(([name, input]) => [name, presetOf(input)] as const),
]);

/** @throws Error for a row that is no preset, its options included: the table is at fault. */
function presetOf(input: ProviderPresetInput): ProviderPreset {
  const reading = readPreset(input);
  if (reading.kind === 'read') return reading.preset;
  throw new Error(`the preset ${input.title} is faulty: ${JSON.stringify(reading.faults)}`);
}
