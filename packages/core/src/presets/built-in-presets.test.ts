import { describe, expect, it } from 'vitest';
import { defaultProtocol, protocolOf } from '../protocol/protocols.js';
import { builtInPresets, genericPreset } from './built-in-presets.js';
import { presetName } from './provider-preset.js';

const presets = [...builtInPresets];

/** What each preset makes of answers is in `fixtures/`. */
describe('the built-in presets', () => {
  it('have the names that registrations and settings rely on', () => {
    expect([...builtInPresets.keys()].toSorted()).toEqual([
      'ab2d',
      'aidbox',
      'azure-operation',
      'bcda',
      'dpc',
      'eclinicalworks',
      'epic',
      'firely',
      'generic',
      'google-healthcare',
      'google-operation',
      'hapi',
      'healthlake',
      'healthlake-job',
      'linuxforhealth',
      'medplum',
      'medplum-async-job',
      'microsoft-fhir',
      'oracle-millennium',
      'oracle-soarian',
      'pathling',
      'salesforce-query-job',
      'smart-reference',
    ]);
  });

  it.each(presets)('%s has a name that users could give, and a source', (name, preset) => {
    expect(presetName.safeParse(name).success).toBe(true);
    expect(preset.source).toMatch(/\.$/);
  });

  it.each(presets)('%s has options that its protocol takes, defaults included', (_name, preset) => {
    expect(protocolOf(preset).options.parse(preset.options)).toStrictEqual(preset.options);
  });

  it('assume nothing of a provider of which nothing is known', () => {
    expect(builtInPresets.get('generic')).toBe(genericPreset);
    expect(genericPreset).toMatchObject({
      protocol: defaultProtocol,
      headers: {},
      retryAfter: {},
      progressTexts: { failed: [], cancelled: [] },
      cancelled: { statuses: [], codes: [] },
    });
    expect(genericPreset).not.toHaveProperty('retentionHours');
    expect(genericPreset).not.toHaveProperty('options');
  });
});
