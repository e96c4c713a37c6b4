import { expect, it } from 'vitest';
import { SettingsError } from '../settings/settings-error.js';
import { loadTracing } from './load-tracing.js';

const parts = (load: () => Promise<never>) => ({ load, onProblem: () => undefined });

it('loads nothing where tracing is off', async () => {
  const load = async (): Promise<never> => expect.unreachable();

  expect(await loadTracing('worker', { tracing: false }, parts(load))).toBeUndefined();
});

it('says which setting is wrong where it is on and not installed', async () => {
  const missing = Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' });
  const loading = loadTracing(
    'worker',
    { tracing: true },
    parts(() => Promise.reject(missing)),
  );

  await expect(loading).rejects.toBeInstanceOf(SettingsError);
  await expect(loading).rejects.toThrow('BULKWATCH_TRACING: is true, but');
});
