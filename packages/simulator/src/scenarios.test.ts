import { describe, expect, it } from 'vitest';
import { exportScriptSchema } from './export-script.js';
import { scenarioNames, scenarios } from './scenarios.js';

/** Presets and other protocols, each of which has a scenario in which all goes well. */
const players = [
  'oracle-millennium',
  'oracle-soarian',
  'epic',
  'hapi',
  'microsoft-fhir',
  'healthlake',
  'google-healthcare',
  'bcda',
  'ab2d',
  'dpc',
  'medplum',
  'aidbox',
  'firely',
  'pathling',
  'linuxforhealth',
  'smart-reference',
  'eclinicalworks',
  'generic',
  'azure-operation',
  'google-operation',
  'salesforce-query-job',
  'medplum-async-job',
  'healthlake-job',
];

describe('scenarios', () => {
  it.each(scenarioNames)('%s is a script, at any pace', (name) => {
    const { script, plays, tells } = scenarios[name];
    expect(players).toContain(plays);
    expect(tells).toMatch(/^[A-Z0-9].*\.$/);
    for (const options of [undefined, { retryAfterSeconds: 1 }]) {
      expect(exportScriptSchema.safeParse(script(options)).error).toBeUndefined();
    }
  });

  it.each(players)('has one of %s in which all goes well', (player) => {
    const plain = Object.entries(scenarios).find(([name]) => name === `${player}/plain`)?.[1];
    expect(plain).toMatchObject({ plays: player, ends: { state: 'completed' } });
  });

  it('say why, wherever an export does not complete', () => {
    const unexplained = scenarioNames.filter((name) => {
      const { state, reason } = scenarios[name].ends;
      return reason === undefined && state !== 'completed' && state !== 'open';
    });
    expect(unexplained).toEqual([]);
  });
});
