import { nearestName } from '@bulkwatch/runtime';
import type { ScenarioName, Simulator } from '@bulkwatch/simulator';
import { UsageError } from '../command-error.js';

/** A scenario by its name, and the preset of the provider that it plays; null of our own. */
export interface Chosen {
  readonly scenario: ScenarioName | null;
  readonly preset: string | null;
}

/** An export that has begun. */
export interface SimulatedExport extends Chosen {
  readonly statusUrl: string;
}

/** Reads which scenarios are to be played; one of our own where none is named. Throws UsageError. */
export async function readScenarios(names: readonly string[]): Promise<readonly Chosen[]> {
  if (names.length === 0) return [{ scenario: null, preset: null }];
  const { scenarioNames, scenarios } = await import('@bulkwatch/simulator');
  return names.map((name) => {
    const scenario = scenarioNames.find((known) => known === name);
    if (scenario === undefined) throw new UsageError(unknown(name, scenarioNames));
    const preset = scenarios[scenario].plays;
    return { scenario, preset: preset === 'generic' ? null : preset };
  });
}

function unknown(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return `There is no scenario of that name${near === undefined ? '' : `; did you mean ${near}?`} --list shows all.`;
}

interface Wanted {
  readonly scenarios: readonly Chosen[];
  readonly times: number;
  /** Of every poll; undefined where the provider's own are meant. */
  readonly retryAfterSeconds: number | undefined;
}

/** Begins the exports. */
export function beginExports(
  simulator: Simulator,
  { scenarios, times, retryAfterSeconds }: Wanted,
): readonly SimulatedExport[] {
  return scenarios.flatMap((chosen) =>
    Array.from({ length: times }, () => ({
      ...chosen,
      statusUrl: begin(simulator, chosen.scenario, retryAfterSeconds),
    })),
  );
}

function begin(
  simulator: Simulator,
  scenario: ScenarioName | null,
  retryAfterSeconds: number | undefined,
): string {
  if (scenario !== null) return simulator.play(scenario, { retryAfterSeconds }).statusUrl;
  const running = ['5%', '20%', '35%', '50%', '65%', '80%', '95%'].map((progress) => ({
    answer: 'in-progress' as const,
    retryAfterSeconds: retryAfterSeconds ?? 600,
    progress,
  }));
  return simulator.createExport({ steps: [...running, { answer: 'complete' }] }).statusUrl;
}
