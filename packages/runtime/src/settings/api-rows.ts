import { count, duration, host, port, size } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings that only the api reads. */
export const apiRows = [
  {
    key: 'apiHost',
    env: 'BULKWATCH_API_HOST',
    kind: host,
    default: '127.0.0.1',
    services: ['api'],
    group: 'API',
    description: 'Where the API listens.',
    whenToChange: 'Set 0.0.0.0 in a container, behind something that ends TLS.',
  },
  {
    key: 'apiPort',
    env: 'BULKWATCH_API_PORT',
    kind: port,
    default: '8080',
    services: ['api'],
    group: 'API',
    description: 'Port of the API; 0 takes any that is free.',
    whenToChange: 'When the port is taken.',
  },
  {
    key: 'apiOpsPort',
    env: 'BULKWATCH_API_OPS_PORT',
    kind: port,
    default: '9101',
    services: ['api'],
    group: 'Operation',
    description: 'Ops port of the api, other than its API port; 0 takes any that is free.',
    whenToChange: 'When the port is taken.',
  },
  {
    key: 'apiBodyMaxBytes',
    env: 'BULKWATCH_API_BODY_MAX',
    kind: size('1kb', '1mb'),
    default: '64kb',
    services: ['api'],
    group: 'API',
    description:
      'Largest body of a request, and largest line of a batch; not above the size of a batch.',
    whenToChange: 'Raise it when registrations with long tokens and many labels are refused.',
  },
  {
    key: 'apiBatchMaxBytes',
    env: 'BULKWATCH_API_BATCH_MAX',
    kind: size('1kb', '1gb'),
    default: '16mb',
    services: ['api'],
    group: 'API',
    description: 'Largest body of a batch registration.',
    whenToChange:
      'Raise it together with the line limit for larger batches; it is read as a stream.',
  },
  {
    key: 'apiBatchMaxLines',
    env: 'BULKWATCH_API_BATCH_MAX_LINES',
    kind: count(1, 1_000_000),
    default: '10000',
    services: ['api'],
    group: 'API',
    description: 'Most lines of one batch registration.',
    whenToChange: 'Raise it for larger batches, or let the caller send several.',
  },
  {
    key: 'apiWaitMaxMs',
    env: 'BULKWATCH_API_WAIT_MAX',
    kind: duration('1s', '10m'),
    default: '60s',
    services: ['api'],
    group: 'API',
    description: 'Longest `?wait=` for which a request for a job is held.',
    whenToChange: 'Keep it below the idle timeout of whatever stands before the api.',
  },
  {
    key: 'shutdownDelayMs',
    env: 'BULKWATCH_SHUTDOWN_DELAY',
    kind: duration('0s', '5m'),
    default: '0s',
    services: ['api'],
    group: 'Operation',
    description:
      'How long the api goes on serving after SIGTERM, no longer ready, so that what stands before it learns to send requests elsewhere. A part of BULKWATCH_SHUTDOWN_GRACE, and below it.',
    whenToChange:
      'Behind a load balancer or in Kubernetes: to a few seconds more than these take to notice, such as 10s.',
  },
  {
    key: 'trackingDeadlineMs',
    env: 'BULKWATCH_TRACKING_DEADLINE',
    kind: duration('1m', '365d'),
    default: '30d',
    services: ['api'],
    group: 'Tracking',
    description:
      'How long after its registration a job without a `deadlineAt` is abandoned, where its preset does not say it by `deadlineDays`.',
    whenToChange:
      'Raise it for exports that take longer; it applies to jobs registered from then on.',
  },
] as const satisfies readonly SettingRow[];
