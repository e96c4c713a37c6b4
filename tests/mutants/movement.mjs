/**
 * What keeps jobs, polls and events in order: claim, request, decision, rescue.
 * @type {import('./mutants.mjs').Mutant[]}
 */
export const movement = [
  {
    name: 'lease-age-from-the-reply',
    promise: 3,
    breaks: 'The send budget is measured from the reply to the claim, not from before it was sent.',
    tests: { unit: ['services/worker/src/poll-job.test.ts'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'no-send-budget',
    promise: 3,
    breaks: 'A claim is used however old it is.',
    tests: { unit: ['services/worker/src/poll-job.test.ts'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'send-budget-by-the-wall-clock',
    promise: 3,
    breaks: "The send budget is measured on this host's wall clock, which may be set back.",
    tests: { unit: ['services/worker/src/send-guard.test.ts'], simulation: ['--seeds', '600'] },
  },
  {
    name: 'no-write-ahead',
    promise: 3,
    breaks: 'A claim does not write ahead when the next one may be.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/claim.int.test.ts'],
    },
  },
  {
    name: 'write-ahead-without-the-request',
    promise: 3,
    breaks: 'What a claim writes ahead leaves out how long the request may take.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/claim.int.test.ts'],
    },
  },
  {
    name: 'no-learning-of-providers',
    promise: 3,
    breaks: 'What a claim writes ahead leaves out the Retry-After that its provider usually sends.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/claim.int.test.ts'],
    },
  },
  {
    name: 'no-fence',
    promise: 3,
    breaks: 'A result is recorded whatever claim it was brought under.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/apply.int.test.ts'],
    },
  },
  {
    name: 'events-outside-of-the-fence',
    promise: 2,
    breaks: 'Events are appended before it is known whether the state changes.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/apply.int.test.ts'],
    },
  },
  {
    name: 'final-states-change',
    promise: 2,
    breaks: 'A job that is settled takes results.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/apply.int.test.ts',
        'packages/store/tests/cancel.int.test.ts',
      ],
    },
  },
  {
    name: 'resend-applies-again',
    promise: 2,
    breaks: 'A decision that is sent again after a lost reply is applied again.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/apply.int.test.ts'],
    },
  },
  {
    name: 'resend-of-a-claim-is-refused',
    promise: 4,
    breaks: 'A claim that is sent again after a lost reply is told to come back later.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/claim.int.test.ts'],
    },
  },
  {
    name: 'the-clock-of-workers',
    promise: 3,
    breaks: "Whether a job is due is judged by the worker's clock.",
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/claim.int.test.ts',
        'packages/store/tests/movement.int.test.ts',
      ],
    },
  },
  {
    name: 'no-rescue',
    promise: 1,
    breaks: 'A wake-up that is lost stays lost.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/rescue.int.test.ts'],
    },
  },
  {
    name: 'rescue-overlooks-those-who-yield',
    promise: 4,
    breaks: 'Entries that wait behind those of others are taken for lost.',
    tests: { integration: ['packages/store/tests/rescue.int.test.ts'] },
  },
  {
    name: 'left-out-of-the-due-index',
    promise: 1,
    breaks:
      'A job that is to be polled again leaves the due index, so that nobody finds it when its wake-up is lost.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/apply.int.test.ts',
        'packages/store/tests/rescue.int.test.ts',
      ],
    },
  },
  {
    name: 'unused-claims-are-kept',
    promise: 4,
    breaks: 'A claim under which nothing was sent is not handed back.',
    tests: { unit: ['services/worker/src/poll-job.test.ts'] },
  },
  {
    name: 'engine-counts-stalls',
    promise: 1,
    breaks: 'The engine fails an entry whose worker died twice.',
    tests: { integration: ['services/worker/tests/bullmq-adapter.int.test.ts'] },
  },
  {
    name: 'asks-for-a-delete-twice',
    promise: 2,
    breaks: 'A job that is acknowledged again sends another delete request.',
    tests: { integration: ['packages/store/tests/acknowledge.int.test.ts'] },
  },
  {
    name: 'expiry-told-twice',
    promise: 2,
    breaks: 'An expiry that was told is told again by the next worker.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: ['packages/store/tests/expiry-clock.int.test.ts'],
    },
  },
  {
    name: 'published-without-an-append',
    promise: 2,
    breaks: 'An event is published but not appended.',
    tests: {
      simulation: ['--seeds', '600'],
      integration: [
        'packages/store/tests/apply.int.test.ts',
        'packages/store/tests/register.int.test.ts',
      ],
    },
  },
  {
    name: 'appended-without-a-publish',
    promise: 2,
    breaks: 'An event is appended but the doorbell stays silent.',
    tests: {
      integration: [
        'packages/store/tests/apply.int.test.ts',
        'packages/store/tests/register.int.test.ts',
      ],
    },
  },
  {
    name: 'trims-what-nobody-has-read',
    promise: 2,
    breaks:
      'The event stream is trimmed by age and length, whatever its slowest group still needs.',
    tests: { integration: ['packages/store/tests/trim-events.int.test.ts'] },
  },
  {
    name: 'no-write-ahead-in-lua-alone',
    promise: 3,
    breaks: 'As no-write-ahead, in the script but not in what is simulated.',
    tests: {
      equivalence: ['tests/simulation/tests/movement.int.test.ts'],
      integration: ['packages/store/tests/claim.int.test.ts'],
    },
  },
  {
    name: 'fence-in-lua-alone',
    promise: 3,
    breaks: 'As no-fence, in the script but not in what is simulated.',
    tests: {
      equivalence: ['tests/simulation/tests/movement.int.test.ts'],
      integration: ['packages/store/tests/apply.int.test.ts'],
    },
  },
  {
    name: 'gate-in-lua-alone',
    promise: 5,
    breaks: 'As gate-lets-one-more-in, in the script but not in what is simulated.',
    tests: {
      equivalence: ['tests/simulation/tests/movement.int.test.ts'],
      integration: ['packages/store/tests/gate-pace.int.test.ts'],
    },
  },
];
