import { bring, passUntilExpiry } from './bring-commands.js';
import {
  acknowledge,
  amend,
  cancel,
  operatorPause,
  pauseOne,
  pollNow,
  refresh,
  republish,
  resumeOne,
} from './control-commands.js';
import type { Finding } from './decisions.js';
import type { Deed } from './model.js';
import {
  apply,
  claim,
  pass,
  passUntilDue,
  type Registration,
  register,
} from './movement-commands.js';
import { resend } from './resend.js';
import {
  loseRecord,
  mendHealth,
  olderRelease,
  reseal,
  takeRequest,
  tellExpiries,
  tend,
} from './upkeep-commands.js';

const hour = 3_600_000;
const job = 0;

const registered = (changes: Partial<Registration> = {}): Deed =>
  register({ tenant: 'clinic', export: 1, provider: 0, firstDelayMs: 0, ...changes });

const waiting: Finding = {
  ends: false,
  how: 'complete',
  again: {
    delayMs: hour,
    requestedDelayMs: 60_000,
    health: 'ok',
    inProgress: true,
    progressed: false,
    failureCount: 0,
    backoffCount: 0,
    suspectCount: 0,
  },
  pageNumber: undefined,
  expiresInMs: undefined,
  facts: { method: 'GET', status: 202, durationMs: 20, verdict: 'up' },
};
const blocked: Finding = {
  ...waiting,
  again: { ...waiting.again, health: 'auth-blocked', reason: 'auth-rejected', failureCount: 1 },
};
const complete: Finding = { ...waiting, ends: true, expiresInMs: 48 * hour };
const completed = (changes: Partial<Registration> = {}): Deed[] => [
  registered(changes),
  bring({ job, finding: { ...complete, pageNumber: 1 } }),
];

const tendCompleted = (kept: { pollsMs?: number; manifestsMs?: number; jobsMs?: number }): Deed =>
  tend({
    tenant: 'clinic',
    state: 'completed',
    limit: 1,
    jobsMs: '',
    pollsMs: '',
    manifestsMs: '',
    ...kept,
  });

interface Course {
  readonly what: string;
  readonly deeds: readonly Deed[];
  /** What it is there for. */
  readonly comesTo: readonly string[];
}

/** Lists of commands that chance seldom puts together, each sent again once. */
export const courses: readonly Course[] = [
  {
    what: 'jobs are cancelled, one with a delete request while its poll is in flight',
    deeds: [
      registered(),
      registered({ export: 2, provider: 1 }),
      cancel({ job, deleteAtProvider: false }),
      resend(),
      cancel({ job, deleteAtProvider: false }),
      claim({ job: 1, dice: 0 }),
      cancel({ job: 1, deleteAtProvider: true }),
      resend(),
      apply({ claim: 0, finding: complete }),
      bring({ job: 1, finding: complete }),
      cancel({ job: 1, deleteAtProvider: true }),
    ],
    comesTo: [
      'cancel cancelled',
      'cancel cancelled-before',
      'cancel cancelling',
      'apply complete stale',
      'claim claimed delete',
    ],
  },
  {
    what: 'a sealed text is changed while it is sealed anew, and quotas run out',
    deeds: [
      registered(),
      reseal({ job, meanwhile: false }),
      resend(),
      reseal({ job, meanwhile: true }),
      ...Array.from({ length: 4 }, () =>
        takeRequest({ caller: 'ann', requests: 3, windowMs: 20_000 }),
      ),
    ],
    comesTo: ['resealed', 'changed', 'within the quota', 'beyond the quota'],
  },
  {
    what: 'a new token wakes what waits for credentials',
    deeds: [
      registered(),
      bring({ job, finding: blocked }),
      amend({ job, hasToken: true }),
      resend(),
    ],
    comesTo: ['amend amended open sooner'],
  },
  {
    what: 'a deadline moves while a job is held by its pause',
    deeds: [
      registered(),
      pauseOne({ job, by: 'ann' }),
      resend(),
      claim({ job, dice: 0 }),
      amend({ job, deadlineMs: hour }),
      resend(),
      amend({ job, deadlineMs: hour }),
      pollNow({ job, force: true, floorMs: 0 }),
      resumeOne({ job }),
      resend(),
    ],
    comesTo: [
      'amend amended open while paused sooner',
      'amend amended open while paused',
      'poll now paused by force',
      'resume done what was held',
    ],
  },
  {
    what: 'somebody wants to have a job polled now',
    deeds: [
      registered(),
      bring({ job, finding: waiting }),
      pollNow({ job, force: false, floorMs: 0 }),
      pass({ ms: 60_001 }),
      pollNow({ job, force: false, floorMs: 120_000 }),
      resend(),
      pollNow({ job, force: true, floorMs: 120_000 }),
      resend(),
      claim({ job, dice: 0 }),
      pollNow({ job, force: true, floorMs: 0 }),
    ],
    comesTo: [
      'poll now early',
      'poll now done due',
      'poll now done due by force',
      'poll now done by force',
    ],
  },
  {
    what: 'a provider and then everything is paused, and let go on',
    deeds: [
      registered(),
      operatorPause({ provider: 'https://a.example', by: 'ann' }),
      resend(),
      claim({ job, dice: 0 }),
      operatorPause({ provider: undefined, by: 'bob' }),
      operatorPause({ provider: undefined, by: 'ann' }),
      operatorPause({ provider: 'https://a.example', by: '' }),
      passUntilDue({ job }),
      claim({ job, dice: 0 }),
      operatorPause({ provider: undefined, by: '' }),
      passUntilDue({ job }),
      claim({ job, dice: 0 }),
    ],
    comesTo: [
      'claim early provider-paused',
      'claim early all-paused',
      'operator pauses again',
      'claim claimed poll',
    ],
  },
  {
    what: 'fresh links are asked for, and again with another token',
    deeds: [
      ...completed({ hasToken: true }),
      refresh({ job, hasToken: false }),
      refresh({ job, hasToken: true }),
      resend(),
      bring({ job, finding: blocked }),
      pass({ ms: 60_001 }),
      refresh({ job, hasToken: true }),
      resend(),
      bring({ job, finding: complete }),
      refresh({ job, hasToken: true }),
      bring({ job, finding: { ...complete, how: 'fail' } }),
    ],
    comesTo: [
      'refresh no-token',
      'refresh done due',
      'refresh done again due',
      'apply refreshed settled',
      'apply refresh-failed settled',
    ],
  },
  {
    what: 'the last acknowledgement has the export deleted',
    deeds: [
      ...completed({ hasToken: true, subscribers: ['lake', 'mart'], deletes: true }),
      acknowledge({ job, subscriber: 'lake', hasToken: false }),
      amend({ job, subscribers: ['lake', 'audit'] }),
      resend(),
      acknowledge({ job, subscriber: 'audit', hasToken: true }),
      resend(),
      amend({ job, deletes: false }),
      refresh({ job, hasToken: true }),
      bring({ job, finding: { ...complete, how: 'fail' } }),
      acknowledge({ job, subscriber: 'audit', hasToken: true }),
      bring({ job, finding: complete }),
      tellExpiries(),
    ],
    comesTo: [
      'acknowledge acknowledged asks for delete',
      'amend amended completed',
      'amend deleted completed',
      'refresh deleted',
      'apply clean-up-failed settled',
      'apply cleaned-up settled',
    ],
  },
  {
    what: 'nobody has to acknowledge any more, and nothing is to be deleted',
    deeds: [
      ...completed({ hasToken: true, subscribers: ['lake'], deletes: true }),
      acknowledge({ job, subscriber: 'mart', hasToken: false }),
      amend({ job, deletes: false }),
      resend(),
      amend({ job, subscribers: [] }),
      resend(),
    ],
    comesTo: ['amend amended completed'],
  },
  {
    what: 'a record is gone whose files were to expire',
    deeds: [...completed(), loseRecord({ job }), passUntilExpiry(), tellExpiries(), tellExpiries()],
    comesTo: ['an expiry comes near'],
  },
  {
    what: 'a job is removed with the pages of its manifest',
    deeds: [...completed(), pass({ ms: 50 * hour }), tendCompleted({ jobsMs: hour })],
    comesTo: ['removed a job'],
  },
  {
    what: 'more subscribers acknowledge than are kept',
    deeds: [
      ...completed(),
      ...Array.from({ length: 120 }, (_, n) =>
        acknowledge({ job, subscriber: `s${n}`, hasToken: false }),
      ),
    ],
    comesTo: ['acknowledge too-many'],
  },
  {
    what: 'files expire, acknowledged, waited for or neither',
    deeds: [
      ...completed(),
      passUntilExpiry(),
      tellExpiries(),
      resend(),
      pass({ ms: 48 * hour }),
      tellExpiries(),
      ...completed({ export: 2, subscribers: ['lake'] }).slice(0, 1),
      bring({ job: 1, finding: complete }),
      passUntilExpiry(),
      tellExpiries(),
      acknowledge({ job: 1, subscriber: 'lake', hasToken: false }),
      pass({ ms: 48 * hour }),
      tellExpiries(),
    ],
    comesTo: [
      'told expiring unasked',
      'told expired unasked',
      'told expiring missing',
      'told expired given',
    ],
  },
  {
    what: 'what was kept long enough is removed, bit by bit',
    deeds: [
      ...completed(),
      tendCompleted({ pollsMs: 0 }),
      tendCompleted({ manifestsMs: 0 }),
      pass({ ms: 50 * hour }),
      tendCompleted({ manifestsMs: 0 }),
      tendCompleted({}),
      republish({ job }),
      resend(),
      cancel({ job, deleteAtProvider: true }),
      tendCompleted({ jobsMs: hour }),
    ],
    comesTo: ['removed a timeline', 'removed a manifest', 'removed a job', 'tended a page'],
  },
  {
    what: 'an older release knows nothing of the index of poll health',
    deeds: [
      registered(),
      bring({ job, finding: blocked }),
      olderRelease({ job, health: 'unreachable' }),
      mendHealth(),
      resend(),
      pauseOne({ job, by: 'ann' }),
      mendHealth(),
      resumeOne({ job }),
      olderRelease({ job, health: 'ok' }),
      mendHealth(),
      mendHealth(),
    ],
    comesTo: ['health mended', 'health was right'],
  },
];
