import type { LookupAddress } from 'node:dns';
import { hostileAddresses, hostileUrls } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createProviderPolicy, type ProviderPolicyOptions } from './provider-policy.js';
import { rehearseUrl } from './rehearse-url.js';

const origins = ['https://ehr.example', 'https://*.cloud.example'];
const asked: string[] = [];

/** Rehearses with a resolver that has these addresses for every name. */
function rehearse(
  url: string,
  {
    found = ['93.184.216.34'],
    tenant = 'default',
    proxied = false,
    ...policy
  }: Partial<ProviderPolicyOptions> & { found?: string[]; tenant?: string; proxied?: boolean } = {},
) {
  asked.length = 0;
  return rehearseUrl(url, {
    policy: createProviderPolicy({ origins, allowHttp: false, ...policy }),
    tenant,
    proxied,
    lookup: async (hostname) => {
      asked.push(hostname);
      return found.map((address): LookupAddress => ({ address, family: 4 }));
    },
  });
}

describe('rehearseUrl', () => {
  it('names what lets a URL in, and where its name leads', async () => {
    expect(await rehearse('https://a.cloud.example/jobs/1')).toEqual({
      verdict: { kind: 'listed', by: 'https://*.cloud.example', list: 'shared' },
      trust: 'unnamed',
      addresses: [{ address: '93.184.216.34', word: 'public', allowed: true }],
      resolveFailure: undefined,
    });
    expect(asked).toEqual(['a.cloud.example']);
  });

  it('looks at the list of the tenant where it has one', async () => {
    const originsByTenant = new Map([['acme', ['https://acme.example']]]);

    expect(
      (await rehearse('https://acme.example/', { tenant: 'acme', originsByTenant })).verdict,
    ).toEqual({ kind: 'listed', by: 'https://acme.example', list: 'own' });
    expect(
      (await rehearse('https://ehr.example/', { tenant: 'acme', originsByTenant })).verdict,
    ).toEqual({ kind: 'refused', reason: 'origin-not-listed' });
    const open = { originsByTenant, allowAnyPublicOrigin: true };
    expect((await rehearse('https://any.example/', open)).verdict).toEqual({
      kind: 'any-public-origin',
    });
  });

  it.each(Object.entries(hostileAddresses))(
    'says of %s why it is not reached',
    async (word, all) => {
      for (const address of all) {
        const { addresses } = await rehearse('https://ehr.example/', {
          found: ['1.1.1.1', address],
        });
        expect(addresses?.map(({ allowed }) => allowed)).toEqual([true, false]);
        expect(addresses?.[1]?.word).toBe(word);
      }
    },
  );

  it('lets an origin of the own network lead there', async () => {
    const privateOrigins = ['https://ehr.example'];
    const { trust, addresses } = await rehearse('https://ehr.example/', {
      found: ['10.0.0.7'],
      privateOrigins,
    });

    expect(trust).toBe('private');
    expect(addresses).toEqual([{ address: '10.0.0.7', word: 'private', allowed: true }]);
  });

  it('refuses what the guard refuses, and resolves nothing then', async () => {
    const policy = createProviderPolicy({ origins, allowHttp: false });
    for (const { text } of hostileUrls(8080)) {
      const { verdict } = await rehearse(text);
      const reason = URL.canParse(text)
        ? policy.refuse(new URL(text), 'default')?.reason
        : 'url-unreadable';
      expect(verdict).toEqual({ kind: 'refused', reason });
      expect(asked).toEqual([]);
    }
  });

  it('resolves no name that a proxy will resolve', async () => {
    expect((await rehearse('https://ehr.example/', { proxied: true })).addresses).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('tells of a name that leads nowhere', async () => {
    const { addresses, resolveFailure } = await rehearse('https://ehr.example/', { found: [] });

    expect(addresses).toBeUndefined();
    expect(resolveFailure).toBe('ENOTFOUND');
  });
});
