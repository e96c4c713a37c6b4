import { z } from 'zod';
import type { ExportScript } from './export-script.js';
import { pathSegment } from './export-step.js';
import type { ScenarioOptions } from './scenarios/scenario.js';
import { isScenarioName, type ScenarioName, scenarios } from './scenarios.js';

/** How a scenario is played, and where. */
export interface PlayOptions extends ScenarioOptions {
  readonly id?: string | undefined;
  readonly tenant?: string | undefined;
  readonly group?: string | undefined;
}

/** A scenario asked for by name, as it comes over HTTP. */
export const playRequestSchema = z.strictObject({
  scenario: z.string().refine(isScenarioName, 'is not one of GET /_simulator/scenarios'),
  retryAfterSeconds: z.int().min(0).optional(),
  id: pathSegment.optional(),
  tenant: pathSegment.optional(),
  group: pathSegment.optional(),
});

/** The script that a scenario is played by. */
export function scriptOf({
  scenario,
  retryAfterSeconds,
  ...names
}: PlayOptions & { readonly scenario: ScenarioName }): ExportScript {
  return { ...scenarios[scenario].script({ retryAfterSeconds }), ...names };
}
