import { type Fault, faults } from '../faults.js';
import { family } from './scenario.js';
import { complete, running } from './steps.js';

/** The reason of the poll that meets a fault; none where the answer can be understood all the same. */
const reasonOf: Readonly<Record<Fault, string | undefined>> = {
  reset: 'connection-failed',
  close: 'connection-failed',
  hang: 'timed-out',
  truncate: 'connection-failed',
  'slow-headers': 'timed-out',
  'slow-body': 'timed-out',
  'gzip-bomb': 'response-unreadable',
  'huge-header': 'response-too-large',
  'many-headers': 'response-too-large',
  'endless-body': 'response-too-large',
  'length-too-short': 'response-unreadable',
  'length-too-long': 'timed-out',
  'two-lengths': 'response-unreadable',
  'extra-bytes': undefined,
  'malformed-chunk': 'response-unreadable',
  'bad-status-line': 'response-unreadable',
  'bad-header': 'response-unreadable',
  'bare-newlines': 'response-unreadable',
  'switch-protocols': 'connection-failed',
  informational: undefined,
  // RFC 9110 section 15.2 has clients take it; undici does not.
  continue: 'connection-failed',
  'http-garbage': 'response-unreadable',
};

/** Each fault where it hurts most: the manifest meets it, and comes through at the next try. */
export const faulty = family('fault', faults, ({ tells }, fault) => {
  const reason = reasonOf[fault];
  return {
    plays: 'generic',
    tells: `The manifest meets this once: ${tells}.`,
    script: ({ retryAfterSeconds = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds }), complete({ fault }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: reason === undefined ? [] : [reason],
  };
});
