/**
 * What keeps providers and their answers from doing harm.
 * @type {import('./mutants.mjs').Mutant[]}
 */
export const containment = [
  {
    name: 'names-lead-anywhere',
    promise: 7,
    breaks: 'The addresses that a name resolves to are not judged, as in DNS rebinding.',
    tests: { integration: ['packages/egress/tests/guarded-agent.int.test.ts'] },
  },
  {
    name: 'json-without-limits',
    promise: 7,
    breaks: 'The JSON of an answer may be nested as deep, and have as many values, as it likes.',
    tests: { unit: ['packages/core/src/protocol/bodies/'] },
  },
  {
    name: 'json-outgrows-its-thread',
    promise: 7,
    breaks:
      'A text is parsed though what it becomes outgrows the heap of its thread, which ends the process.',
    tests: { unit: ['packages/core/src/protocol/bodies/'] },
  },
  {
    name: 'bodies-without-end',
    promise: 7,
    breaks: 'A body is read on beyond its limit.',
    tests: { unit: ['packages/egress/src/read-body.test.ts'] },
  },
  {
    name: 'bodies-crowd-each-other-out',
    promise: 7,
    breaks: 'Large bodies that are read at the same time may take any memory together.',
    tests: { unit: ['packages/egress/src/'] },
  },
  {
    name: 'server-errors-end-exports',
    promise: 1,
    breaks: 'A 500 that a proxy sent is taken for the end of the export.',
    tests: { unit: ['packages/core/src/'] },
  },
];
