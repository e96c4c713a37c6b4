import { expect, it } from 'vitest';
import { presetFloorMs } from './preset-floor.js';

const preset = (floorSeconds?: number) => ({ retryAfter: { floorSeconds } }) as never;
const presets = {
  find: (name: string) => (name === 'slow' ? preset(5) : undefined),
  ofOrigin: (origin: string) => preset(origin === 'https://ehr.example' ? 2 : undefined),
};

it.each([
  ['of the preset that is named', { preset: 'slow', provider: 'https://ehr.example' }, 5_000],
  ['of the one of its origin', { provider: 'https://ehr.example' }, 2_000],
  ['none where that says nothing', { provider: 'https://other.example' }, 0],
  ['none where nobody knows it', { preset: 'gone', provider: 'https://ehr.example' }, 0],
])('is the floor %s', (_which, job, floorMs) => {
  expect(presetFloorMs(presets, job)).toBe(floorMs);
});
