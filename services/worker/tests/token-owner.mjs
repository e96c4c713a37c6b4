// A worker of which nothing is left but one poll. The test kills it while it waits for its token.
import { createCredentialBook, createEgress, createProviderPolicy } from '@bulkwatch/egress';
import { Secret, systemClock } from '@bulkwatch/runtime';
import { createStore } from '@bulkwatch/store';

const { redisUrl, sealKeysFile, origin, credential, requestTimeoutMs, limits } = JSON.parse(
  process.argv[2],
);
const store = await createStore({
  redisUrl,
  role: 'worker',
  connectTimeoutMs: 5_000,
  sealKeysFile,
  limits,
  onProblem: () => undefined,
});
const clientSecret = new Secret(credential.clientSecret);
const egress = createEgress({
  policy: createProviderPolicy({ origins: [origin], allowHttp: true }),
  credentials: createCredentialBook([{ ...credential, clientSecret }]),
  clock: systemClock,
  requestTimeoutMs,
  bodyMaxBytes: 65_536,
  connectionsPerProvider: 2,
  vault: store.tokens,
});
await egress.fetchStatus({
  request: { method: 'GET', url: `${origin}/jobs/1`, headers: {} },
  tenant: 'default',
  home: origin,
  authorization: { kind: 'credential', name: credential.name },
  requestId: 'r',
});
