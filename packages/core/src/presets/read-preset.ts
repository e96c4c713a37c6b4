import { type Fault, faultsOf } from '../faults.js';
import { isJsonObject } from '../protocol/bodies/json-object.js';
import { defaultProtocol, protocols } from '../protocol/protocols.js';
import { type ProviderPreset, providerPresetSchema } from './provider-preset.js';

export type PresetReading =
  | { readonly kind: 'read'; readonly preset: ProviderPreset }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] };

/** Reads a preset whole: its own members, and the `options` as its protocol wants them. Paths begin with `base`. */
export function readPreset(value: unknown, base: readonly PropertyKey[] = []): PresetReading {
  const parsed = providerPresetSchema.safeParse(value);
  const { options, faults } = readOptions(value, base);
  if (parsed.success && faults.length === 0)
    return { kind: 'read', preset: { ...parsed.data, ...(options !== undefined && { options }) } };
  const ownFaults = parsed.success ? [] : faultsOf(parsed.error, base);
  return { kind: 'faulty', faults: [...ownFaults, ...faults] };
}

/** Looks at a preset's protocol and options alone, so that they are judged also when other members are faulty. */
function readOptions(
  value: unknown,
  base: readonly PropertyKey[],
): { readonly options?: unknown; readonly faults: readonly Fault[] } {
  const { protocol: name = defaultProtocol, options } = isJsonObject(value) ? value : {};
  if (typeof name !== 'string') return { faults: [] };
  const protocol = protocols.get(name);
  if (!protocol) {
    const message = `must be one of ${[...protocols.keys()].join(', ')}`;
    return { faults: [{ path: [...base, 'protocol'], message }] };
  }
  const parsed = protocol.options.safeParse(options);
  return parsed.success
    ? { options: parsed.data, faults: [] }
    : { faults: faultsOf(parsed.error, [...base, 'options']) };
}
