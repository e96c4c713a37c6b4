/**
 * What callers and operators rely on.
 * @type {import('./mutants.mjs').Mutant[]}
 */
export const callers = [
  {
    name: 'answers-before-redis-did',
    promise: 1,
    breaks: 'The api says 201 before the registration is stored.',
    tests: {
      integration: [
        'services/api/tests/redis-away.int.test.ts',
        'services/api/tests/register-job.int.test.ts',
      ],
    },
  },
  {
    name: 'idempotency-key-ignored',
    promise: 1,
    breaks: 'A registration that is sent again with its Idempotency-Key makes another job.',
    tests: { integration: ['packages/store/tests/register.int.test.ts'] },
  },
  {
    name: 'tenant-not-asked-of-a-job',
    promise: 9,
    breaks: 'Whoever knows the id of a job reads it.',
    tests: { integration: ['services/api/tests/tenants.int.test.ts'] },
  },
  {
    name: 'tenant-left-out-of-a-key',
    promise: 9,
    breaks: 'Two tenants with one status URL share a job.',
    tests: { integration: ['packages/store/tests/register.int.test.ts'] },
  },
  {
    name: 'idempotency-keys-shared',
    promise: 9,
    breaks: 'Two tenants with one Idempotency-Key share a job.',
    tests: { integration: ['packages/store/tests/register.int.test.ts'] },
  },
  {
    name: 'sigterm-cuts-polls-off',
    promise: 8,
    breaks: 'A worker that is told to stop cuts its polls off.',
    tests: { e2e: ['tests/e2e/lifecycle.e2e.test.ts'] },
  },
  {
    name: 'stopping-workers-send-on',
    promise: 8,
    breaks: 'A worker that is stopping begins new polls.',
    tests: { unit: ['services/worker/src/poll-job.test.ts'] },
  },
  {
    name: 'each-request-waits-for-redis',
    promise: 8,
    breaks: 'While Redis is away each request finds that out anew.',
    tests: { unit: ['services/api/src/fail-fast.test.ts'] },
  },
];
