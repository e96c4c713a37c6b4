import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { openProviderPolicy } from './open-provider-policy.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-policy-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function setup(first: string) {
  const tenantsFile = join(folder, `tenants-${(files += 1)}.json`);
  const write = (text: string): Promise<void> => writeFile(tenantsFile, text);
  await write(first);
  const told: [outcome: string, error?: unknown][] = [];
  const policy = await openProviderPolicy(
    {
      providerOrigins: ['https://ehr.example.org'],
      privateOrigins: [],
      tenantsFile,
      dangerouslyAllowHttp: false,
      dangerouslyAllowAnyPublicOrigin: false,
    },
    { everyMs: 5, onReload: (...what) => void told.push(what) },
  );
  const allows = (origin: string): boolean =>
    policy.refuse(new URL(`${origin}/status/1`), 'acme') === undefined;
  return { policy, write, told, allows };
}

const only = (...providerOrigins: string[]): string =>
  JSON.stringify({ tenants: { acme: { providerOrigins } } });
const [one, other] = ['https://one.example.org', 'https://other.example.org'];

describe('openProviderPolicy', () => {
  it('withdraws and lists origins as the tenants file changes', async () => {
    const { policy, write, told, allows } = await setup(only(one));
    expect([allows(one), allows(other)]).toEqual([true, false]);

    await write(only(other));
    await policy.refresh();

    expect([allows(one), allows(other)]).toEqual([false, true]);
    expect([policy.trustIn(one), policy.trustIn(other)]).toEqual(['unnamed', 'named']);
    expect(told).toEqual([['loaded']]);
  });

  it.each([
    ['is not JSON', '{'],
    ['has a wrong origin', only('https://one.example.org/path')],
    ['has a name that is not one', '{"tenants":{"a:b":{"providerOrigins":[]}}}'],
  ])('keeps the old lists when the new file %s, and tells of it once', async (_what, text) => {
    const { policy, write, told, allows } = await setup(only(one));
    await write(text);
    await policy.refresh();
    await policy.refresh();

    expect(told).toEqual([['rejected', expect.any(ConfigurationError)]]);
    expect(allows(one)).toBe(true);

    await write(only(other));
    await policy.refresh();
    expect(allows(other)).toBe(true);
  });

  it('looks by itself once it is started', async () => {
    const { policy, write, allows } = await setup(only(one));
    policy.start();
    try {
      await write(only(one, other));
      await eventually(() => expect(allows(other)).toBe(true));
    } finally {
      policy.stop();
    }
  });

  it('does not begin with a file that is wrong', async () => {
    await expect(setup('[]')).rejects.toThrow(ConfigurationError);
  });
});
