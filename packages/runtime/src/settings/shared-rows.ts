import { logLevels } from '../logging/log-level.js';
import {
  count,
  duration,
  flag,
  host,
  oneOf,
  originPatterns,
  origins,
  path,
  presetsByOrigin,
  url,
} from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings that more than one of the programs read. */
export const sharedRows = [
  {
    key: 'redisUrl',
    env: 'BULKWATCH_REDIS_URL',
    kind: url(['redis', 'rediss']),
    default: 'redis://127.0.0.1:6379',
    secret: true,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'The Redis that holds the tracked jobs, the queue and the events.',
    whenToChange:
      'Always outside a developer machine: use rediss:// and a user of its own, and give the file form if the URL holds a password.',
  },
  {
    key: 'redisCaFile',
    env: 'BULKWATCH_REDIS_CA_FILE',
    kind: path,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'File of the certificates (PEM) that vouch for a rediss:// server, in place of the public ones.',
    whenToChange: 'Set it when the certificate of Redis comes from an authority of your own.',
    example: '/etc/bulkwatch/redis-ca.pem',
  },
  {
    key: 'redisConnectTimeoutMs',
    env: 'BULKWATCH_REDIS_CONNECT_TIMEOUT',
    kind: duration('1s', '10m'),
    default: '30s',
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'How long a starting service waits for Redis before it gives up and exits.',
    whenToChange: 'Raise it where Redis starts later than the services and nothing restarts them.',
  },
  {
    key: 'providerOrigins',
    env: 'BULKWATCH_PROVIDER_ORIGINS',
    kind: originPatterns,
    required: true,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'The origins whose status URLs may be registered and polled; no other is polled. `https://*.example.org` stands for all names below example.org, not for itself.',
    whenToChange: 'Add an origin for each provider whose exports are to be tracked.',
    example: 'https://ehr.example.org',
  },
  {
    key: 'tenantsFile',
    env: 'BULKWATCH_TENANTS_FILE',
    kind: path,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'JSON file, `{"tenants": {"acme": {"providerOrigins": ["https://ehr.example.org"]}}}`, of the tenants with a list of provider origins of their own, in place of the one for all; `webhookOrigins` beside it is the same for webhooks. It is read again when it changes.',
    whenToChange:
      'Set it, for both services, when one tenant must not have the providers of another polled.',
    example: '/etc/bulkwatch/tenants.json',
  },
  {
    key: 'dangerouslyAllowAnyPublicOrigin',
    env: 'BULKWATCH_DANGEROUSLY_ALLOW_ANY_PUBLIC_ORIGIN',
    kind: flag,
    default: 'false',
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'Lets every tenant register any https status URL whose host is on the public internet, listed or not.',
    whenToChange:
      'Only where callers are trusted to name providers; better, list the names that they share.',
  },
  {
    key: 'privateOrigins',
    env: 'BULKWATCH_PRIVATE_ORIGINS',
    kind: origins,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'Exact origins, of providers, token URLs, webhooks or the issuer of tokens, whose names may resolve to private or loopback addresses; all others must be public. It lists no provider by itself.',
    whenToChange: 'Add the providers that are inside your own network.',
    example: 'https://ehr.hospital.example',
  },
  {
    key: 'dangerouslyAllowHttp',
    env: 'BULKWATCH_DANGEROUSLY_ALLOW_HTTP',
    kind: flag,
    default: 'false',
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description: 'Lets provider origins and token URLs be http, so that tokens travel in clear.',
    whenToChange: 'Only for a provider on the same machine, as in the demo and in tests.',
  },
  {
    key: 'egressProxy',
    env: 'BULKWATCH_EGRESS_PROXY',
    kind: url(['http', 'https']),
    secret: true,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'Forward proxy (CONNECT) that all requests to providers, token URLs and the issuer of tokens go through; it then resolves their names, and it alone can refuse private addresses.',
    whenToChange: 'Set it, for both services, where connections may only leave through a proxy.',
    example: 'http://egress.example.org',
  },
  {
    key: 'credentialsFile',
    env: 'BULKWATCH_CREDENTIALS_FILE',
    kind: path,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'JSON file of the named credentials that a registration may refer to; the api reads names, origins and tenants in it, and opens no file that it names. See docs/credentials.md.',
    whenToChange:
      'Set it, for both services, when a provider wants an access token for status requests.',
    example: '/run/secrets/bulkwatch-credentials.json',
  },
  {
    key: 'sealKeysFile',
    env: 'BULKWATCH_SEAL_KEYS_FILE',
    kind: path,
    services: ['api', 'worker', 'cli'],
    group: 'Providers and credentials',
    description:
      'File of the keys that seal submitted tokens, and status URLs with a query, before they are stored; see docs/credentials.md.',
    whenToChange:
      'Always, to the same keys for both services; without it a bearerToken is refused, and queries and manifests are stored in clear.',
    example: '/run/secrets/bulkwatch-seal-keys',
  },
  {
    key: 'presetsFile',
    env: 'BULKWATCH_PRESETS_FILE',
    kind: path,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description: 'JSON file of your own presets, beside the built-in ones; see docs/providers.md.',
    whenToChange:
      'Set it, for both services, when a provider behaves in a way that no built-in preset knows of.',
    example: '/etc/bulkwatch/presets.json',
  },
  {
    key: 'providerPresets',
    env: 'BULKWATCH_PROVIDER_PRESETS',
    kind: presetsByOrigin,
    services: ['api', 'worker'],
    group: 'Providers and credentials',
    description:
      'The presets of jobs whose registration names none, by provider origin; without an entry it is `generic`.',
    whenToChange:
      'Set it, to the same for both services, when you know what software a provider runs; it applies to open jobs too.',
    example: 'https://ehr.example.org=oracle-millennium',
  },
  {
    key: 'eventsMaxLength',
    env: 'BULKWATCH_EVENTS_MAX_LENGTH',
    kind: count(1_000, 100_000_000),
    default: '200000',
    services: ['api', 'worker'],
    group: 'Events',
    description:
      'About how many events a stream holds at most. Above that the oldest are cut, even where a consumer group has not had them; see docs/events.md.',
    whenToChange:
      'Raise it, to the same for both services and with memory at hand, when subscribers may be away for longer than that many events.',
  },
  {
    key: 'healthEvents',
    env: 'BULKWATCH_HEALTH_EVENTS',
    kind: flag,
    default: 'false',
    services: ['api', 'worker'],
    group: 'Events',
    description:
      'Has subscribers told of changes of poll health, by events `bulkwatch.export.health-changed`.',
    whenToChange:
      'Set it, to the same for both services, when subscribers act on sick providers; an outage then tells of each of its jobs, twice.',
  },
  {
    key: 'retryAfterFloorMs',
    env: 'BULKWATCH_RETRY_AFTER_FLOOR',
    kind: duration('100ms', '1h'),
    default: '1s',
    services: ['api', 'worker'],
    group: 'Polling',
    description:
      'Shortest wait between two polls of a job, whatever the provider says; not above the ceiling.',
    whenToChange:
      'Raise it, to the same for both services, to be gentler than the providers ask for.',
  },
  {
    key: 'logLevel',
    env: 'BULKWATCH_LOG_LEVEL',
    kind: oneOf(logLevels),
    default: 'info',
    services: ['api', 'worker'],
    group: 'Operation',
    description: 'The least severe log lines that are written.',
    whenToChange: 'Lower it to debug to see every poll; that is one line per poll.',
  },
  {
    key: 'logLevelChanges',
    env: 'BULKWATCH_LOG_LEVEL_CHANGES',
    kind: flag,
    default: 'true',
    services: ['api', 'worker'],
    group: 'Operation',
    description:
      'Lets a running service be made more talkative for a time, by SIGUSR2 or from the same host by `PUT /log-level` at its ops port; never less. See docs/logging.md.',
    whenToChange:
      'Set it to false where a proxy that says nothing of itself brings requests from elsewhere to the ops port, as some service meshes do.',
  },
  {
    key: 'shutdownGraceMs',
    env: 'BULKWATCH_SHUTDOWN_GRACE',
    kind: duration('1s', '10m'),
    default: '25s',
    services: ['api', 'worker'],
    group: 'Operation',
    description: 'How long a service may take to stop after SIGTERM before it exits all the same.',
    whenToChange: 'Keep it a few seconds below what the platform grants before it kills.',
  },
  {
    key: 'opsHost',
    env: 'BULKWATCH_OPS_HOST',
    kind: host,
    default: '127.0.0.1',
    services: ['api', 'worker'],
    group: 'Operation',
    description: 'Where the ops port (metrics and health) listens.',
    whenToChange: 'Set 0.0.0.0 in a container; keep it off public networks.',
  },
] as const satisfies readonly SettingRow[];
