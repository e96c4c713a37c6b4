import { pick } from '../dice.js';
import type { Fault } from '../fault.js';
import type { ChaosProvider } from '../provider/chaos-provider.js';
import { type Mood, moodNames } from '../provider/moods.js';

/** What these need of the run. */
export interface ProviderFaultContext {
  readonly dice: () => number;
  readonly provider: Pick<ChaosProvider, 'origins' | 'setMood'>;
}

const rows: Readonly<Record<Mood, string>> = {
  errors: 'D11',
  silent: 'D1',
  resets: 'D5',
  slow: 'D1',
  dripping: 'D1',
  'storm-429': 'D11',
  garbage: 'D4',
  bombs: 'D2',
  'expired-tokens': 'D15',
  'redirects-to-evil': 'D7',
  'token-desk-down': 'D15',
  'token-desk-silent': 'D15',
};

/** Each mood that can come over one of the providers, until it is healed. */
export const providerFaults: readonly Fault<ProviderFaultContext>[] = moodNames.map((mood) => ({
  name: `provider-${mood}`,
  row: rows[mood],
  kind: 'provider',
  async inject({ dice, provider }) {
    const origin = pick(dice, provider.origins);
    provider.setMood(origin, mood);
    return async () => provider.setMood(origin, null);
  },
}));
