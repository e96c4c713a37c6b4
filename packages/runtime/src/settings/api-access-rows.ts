import { addressRanges, commaList, count, flag, path, url, word } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Signatures by a key pair: with a shared secret, whoever can verify a token could also make one. */
const jwtAlgorithms = ['RS256', 'RS384', 'ES256', 'ES384', 'EdDSA'] as const;

/** Settings of who may call the API, and how often. Only the api reads them. */
export const apiAccessRows = [
  {
    key: 'dangerouslyAllowAnonymous',
    env: 'BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS',
    kind: flag,
    default: 'false',
    services: ['api'],
    group: 'API access',
    description:
      'Lets everybody who reaches the API use it, as tenant `default` and with every scope; the API then listens on loopback only.',
    whenToChange: 'Only on a machine that nobody else uses, as in the demo and in tests.',
  },
  {
    key: 'apiRateLimit',
    env: 'BULKWATCH_API_RATE_LIMIT',
    kind: count(1, 10_000_000),
    default: '60000',
    services: ['api'],
    group: 'API access',
    description:
      'How many requests a minute one API key, or one subject of a token, may send to all api processes together; each line of a batch is one.',
    whenToChange: 'Lower it to protect the others from a caller that loops.',
  },
  {
    key: 'apiFailureLimit',
    env: 'BULKWATCH_API_FAILURE_LIMIT',
    kind: count(1, 1_000_000),
    default: '60',
    services: ['api'],
    group: 'API access',
    description:
      'How many keys and tokens a minute may be wrong, of one address (IPv6: one /64) and of one key id, at one api process; what comes beyond that is answered with 429.',
    whenToChange: 'Raise it where many callers share an address, and some of them are often wrong.',
  },
  {
    key: 'apiTrustedProxies',
    env: 'BULKWATCH_API_TRUSTED_PROXIES',
    kind: addressRanges,
    services: ['api'],
    group: 'API access',
    description:
      'Proxies before the api, whose `X-Forwarded-For` is believed when it says from which address a request comes; without them it is the address that connects.',
    whenToChange:
      'Set it behind a load balancer: otherwise all callers share its address, and the limit of failures. Name the proxies exactly.',
    example: '10.0.3.0/24',
  },
  {
    key: 'jwtIssuer',
    env: 'BULKWATCH_JWT_ISSUER',
    kind: url(['https']),
    services: ['api'],
    group: 'API access',
    description:
      'Issuer (`iss`) of the JSON Web Tokens that are taken beside API keys; without it none is.',
    whenToChange:
      'Set it, with the audience and the keys, when callers have an identity provider already.',
    example: 'https://login.example.org/realms/hospital',
  },
  {
    key: 'jwtAudience',
    env: 'BULKWATCH_JWT_AUDIENCE',
    kind: word,
    services: ['api'],
    group: 'API access',
    description: 'Audience (`aud`) that a token must name.',
    whenToChange: 'Set it to what the identity provider calls this API.',
    example: 'bulkwatch',
  },
  {
    key: 'jwtJwksUrl',
    env: 'BULKWATCH_JWT_JWKS_URL',
    kind: url(['https']),
    services: ['api'],
    group: 'API access',
    description:
      "Where the issuer's public keys (JWKS) are fetched: the only connection that the api opens besides Redis, guarded like those to providers. The last good keys serve for a day while the issuer is out.",
    whenToChange: 'Set it, or the file below, together with the issuer.',
    example: 'https://login.example.org/realms/hospital/protocol/openid-connect/certs',
  },
  {
    key: 'jwtJwksFile',
    env: 'BULKWATCH_JWT_JWKS_FILE',
    kind: path,
    services: ['api'],
    group: 'API access',
    description: "File with the issuer's public keys (JWKS). It is read again when it changes.",
    whenToChange: 'Set it instead of the URL where the api must not open connections.',
    example: '/etc/bulkwatch/jwks.json',
  },
  {
    key: 'jwtAlgorithms',
    env: 'BULKWATCH_JWT_ALGORITHMS',
    kind: commaList(jwtAlgorithms),
    default: jwtAlgorithms.join(','),
    services: ['api'],
    group: 'API access',
    description: 'Signature algorithms that a token may have.',
    whenToChange: 'Narrow it to what the issuer uses.',
  },
  {
    key: 'jwtTenantClaim',
    env: 'BULKWATCH_JWT_TENANT_CLAIM',
    kind: word,
    default: 'tenant',
    services: ['api'],
    group: 'API access',
    description: 'Claim of a token that names the tenant.',
    whenToChange: 'Set it to what the identity provider writes, such as `tid`.',
  },
  {
    key: 'jwtScopeClaim',
    env: 'BULKWATCH_JWT_SCOPE_CLAIM',
    kind: word,
    default: 'scope',
    services: ['api'],
    group: 'API access',
    description:
      'Claim of a token that lists scopes, as words or as a list; those that are not ours are passed over.',
    whenToChange: 'Set it to what the identity provider writes, such as `scp` or `roles`.',
  },
] as const satisfies readonly SettingRow[];
