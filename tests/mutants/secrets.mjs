/**
 * What keeps secrets in.
 * @type {import('./mutants.mjs').Mutant[]}
 */
export const secrets = [
  {
    name: 'redirects-are-followed',
    promise: 6,
    breaks: 'The HTTP client follows redirects by itself, and takes the token along.',
    tests: {
      integration: [
        'packages/egress/tests/fetch-status.int.test.ts',
        'packages/egress/tests/credential.int.test.ts',
      ],
    },
  },
  {
    name: 'token-bound-to-the-host',
    promise: 6,
    breaks: 'A submitted token goes to every port and scheme of its host.',
    tests: {
      unit: ['packages/egress/src/'],
      integration: ['packages/egress/tests/credential.int.test.ts'],
    },
  },
  {
    name: 'credential-goes-everywhere',
    promise: 6,
    breaks: 'What an answer leads to on another origin is asked with the credential.',
    tests: { integration: ['packages/egress/tests/credential.int.test.ts'] },
  },
  {
    name: 'token-over-http',
    promise: 6,
    breaks: 'A status URL may be http where the settings do not allow it.',
    tests: { unit: ['packages/egress/src/'] },
  },
  {
    name: 'token-in-answers',
    promise: 6,
    breaks: 'A token that a provider repeats in its answer goes on into records, events and logs.',
    tests: { integration: ['packages/egress/tests/credential.int.test.ts'] },
  },
  {
    name: 'errors-logged-as-they-are',
    promise: 6,
    breaks: 'An error is logged with all that its library hung on it.',
    tests: { unit: ['packages/runtime/src/logging/'] },
  },
  {
    name: 'secrets-show-in-json',
    promise: 6,
    breaks: 'A secret that is logged or put into an event shows.',
    tests: { unit: ['packages/runtime/src/'] },
  },
  {
    name: 'log-lines-unscrubbed',
    promise: 6,
    breaks: 'What looks like a secret stays in a log line.',
    tests: { unit: ['packages/runtime/src/logging/'] },
  },
  {
    name: 'digests-compared-in-haste',
    promise: 6,
    breaks: 'How long the comparison of an API key takes tells how much of it is right.',
    tests: { unit: ['tests/house/habits.test.ts'] },
  },
  {
    name: 'seals-bound-to-nothing',
    promise: 6,
    breaks: 'A sealed text opens wherever it is moved to.',
    tests: { unit: ['packages/store/src/seal.test.ts'] },
  },
  {
    name: 'status-urls-in-clear',
    promise: 6,
    breaks: 'The query of a status URL, which may be a capability, is kept in clear.',
    tests: { integration: ['packages/store/tests/sealing.int.test.ts'] },
  },
];
