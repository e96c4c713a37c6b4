/**
 * What providers are spared.
 * @type {import('./mutants.mjs').Mutant[]}
 */
export const politeness = [
  {
    name: 'gate-lets-one-more-in',
    promise: 5,
    breaks: 'One request more than allowed is in flight.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/gate-pace.int.test.ts',
        'packages/store/tests/gate-properties.int.test.ts',
      ],
    },
  },
  {
    name: 'places-are-never-free-again',
    promise: 4,
    breaks: 'A request that has ended keeps its place at the gate until its budget is over.',
    tests: { integration: ['packages/store/tests/gate-pace.int.test.ts'] },
  },
  {
    name: 'no-pace',
    promise: 5,
    breaks: 'Requests begin as soon as there is a place, however many a second that is.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/gate-pace.int.test.ts',
        'packages/store/tests/gate-properties.int.test.ts',
      ],
    },
  },
  {
    name: 'breaker-never-opens',
    promise: 5,
    breaks: 'A provider that fails and fails is asked on.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/gate-circuit.int.test.ts',
        'packages/store/tests/circuit.int.test.ts',
      ],
    },
  },
  {
    name: 'many-probes',
    promise: 5,
    breaks: 'A provider that is out is probed by all of its jobs.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/gate-circuit.int.test.ts'],
    },
  },
  {
    name: 'each-job-waits-for-itself',
    promise: 5,
    breaks: 'That a provider asks to be left alone holds the one job that was told.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/claim.int.test.ts',
        'packages/store/tests/gate-circuit.int.test.ts',
      ],
    },
  },
  {
    name: 'jitter-subtracts',
    promise: 3,
    breaks: 'Jitter shortens waits.',
    tests: { unit: ['packages/core/src/'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'back-off-below-retry-after',
    promise: 3,
    breaks: "A back-off of ours is shorter than the provider's Retry-After.",
    tests: { unit: ['packages/core/src/'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'retry-after-in-milliseconds',
    promise: 3,
    breaks: 'The seconds of a Retry-After are taken for milliseconds.',
    tests: { unit: ['packages/core/src/'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'retry-after-rounded-down',
    promise: 3,
    breaks: 'Fractions of a Retry-After are dropped.',
    tests: { unit: ['packages/core/src/'] },
  },
  {
    name: 'dates-against-this-clock',
    promise: 3,
    breaks: "A Retry-After that is a date is read against this host's clock.",
    tests: { unit: ['services/worker/src/poll-job.test.ts'], simulation: ['--seeds', '600'] },
  },
];
