import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type HostileUrl, hostileUrls } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Credential, createProviderPolicy } from '../src/index.js';
import { credentialFor, httpServer, openEgress, poll } from './setup.js';

let visits = 0;
const forbidden = createServer((socket) => socket.destroy()).on('connection', () => {
  visits += 1;
});
let hostile: (HostileUrl & { readonly name: string })[] = [];
beforeAll(async () => {
  forbidden.listen(0, '127.0.0.77');
  await once(forbidden, 'listening');
  hostile = hostileUrls((forbidden.address() as AddressInfo).port)
    .filter(({ text }) => /^https?:/i.test(text) && URL.canParse(text))
    .map((one, index) => ({ ...one, name: `c${index}` }));
  expect(hostile.length).toBeGreaterThan(200);
});
afterAll(() => forbidden.close());

/** A provider whose jobs are polled with one credential for each hostile URL. */
async function pollAll(placeOf: (url: string, home: string) => object) {
  let endpoint = '';
  const provider = await httpServer(({ path }, response) => {
    if (path.endsWith('/.well-known/smart-configuration'))
      response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ token_endpoint: endpoint, token_endpoint_auth_methods: [] }));
  });
  const { tokenUrl: _tokenUrl, ...client } = {
    tokenUrl: '',
    ...credentialFor([provider.origin], 'https://token.example'),
  };
  const held = hostile.map(
    ({ text, name }) =>
      ({ ...client, name, fingerprint: name, ...placeOf(text, provider.origin) }) as Credential,
  );
  const refusals: string[] = [];
  const egress = openEgress({
    origins: [provider.origin],
    policy: createProviderPolicy({ origins: [provider.origin], allowHttp: true }),
    held,
    requestTimeoutMs: 2_000,
    onRefusal: (reason) => refusals.push(reason),
    // Names of one label; what they are called in the house of whoever runs the test does not matter.
    lookup: async () => [{ address: '127.0.0.77', family: 4 }],
  });
  for (const { text, name, what } of hostile) {
    endpoint = text;
    const outcome = await poll(egress, `${provider.origin}/jobs/1`, {
      authorization: { kind: 'credential', name },
    });
    expect(outcome, what).toMatchObject({
      failure: { reason: expect.stringMatching(/^token-(refused|unavailable)$/) },
    });
  }
  return { refusals, provider };
}

describe('a token URL that is hostile', () => {
  it('is not asked where it was configured', async () => {
    const { refusals, provider } = await pollAll((tokenUrl) => ({ tokenUrl }));

    expect(refusals.length).toBeGreaterThan(200);
    expect(provider.requests).toHaveLength(0);
    expect(visits).toBe(0);
  });

  it('is not asked where discovery brings it', async () => {
    const { provider } = await pollAll((_text, home) => ({
      fhirBaseUrl: `${home}/fhir`,
      tokenOrigins: [],
    }));

    expect(provider.requests.length).toBeGreaterThan(0);
    expect(provider.requests.every(({ path }) => path.includes('.well-known'))).toBe(true);
    expect(visits).toBe(0);
  });

  it('is not looked for below a base URL that is', async () => {
    const { refusals } = await pollAll((fhirBaseUrl) => ({ fhirBaseUrl, tokenOrigins: [] }));

    expect(refusals.length).toBeGreaterThan(200);
    expect(visits).toBe(0);
  });
});
