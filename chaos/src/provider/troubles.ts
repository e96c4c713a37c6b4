import { type ExportStep, type Fault, faultNames } from '@bulkwatch/simulator';

/**
 * Answers that a poll may get once, on the way to the end of an export. None of them says anything of the export, so
 * that none may end its job: each is tried again.
 */
export type Trouble = keyof typeof answers | Fault;

const waiting = { answer: 'in-progress' } as const;
const ok = { answer: 'status', status: 200 } as const;
const asJson = { 'Content-Type': 'application/json' };

const answers = {
  'server-error': { answer: 'status', status: 500 },
  'bad-gateway': { answer: 'status', status: 502, body: '<html>Bad gateway</html>' },
  'unavailable-for-a-second': { answer: 'status', status: 503, retryAfterSeconds: 1 },
  'unavailable-until': { answer: 'status', status: 503, retryAfterSeconds: '{{now+2}}' },
  'too-many-requests': { answer: 'status', status: 429, retryAfterSeconds: 1 },
  'too-many-requests-unsaid': { answer: 'status', status: 429 },
  'token-refused-once': { answer: 'status', status: 401 },
  'done-but-not-yet': {
    ...ok,
    headers: { 'X-Export-Status': '202 Accepted' },
    retryAfterSeconds: 1,
  },
  'html-for-a-manifest': { ...ok, body: '<html>One moment</html>' },
  'list-for-a-manifest': { ...ok, body: [] },
  'half-a-manifest': { ...ok, headers: asJson, body: '{"transactionTime":"2026-01-01T00:00:0' },
  'deep-manifest': { ...ok, headers: asJson, body: `{"a":${'['.repeat(20_000)}` },
  'doubled-members': { ...ok, headers: asJson, body: '{"output":[],"output":[{}],"__proto__":{}}' },
  'bytes-that-are-no-text': { ...ok, headers: asJson, body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) },
  'wait-as-text': { ...waiting, retryAfterSeconds: 'in a while' },
  'wait-negative': { ...waiting, retryAfterSeconds: '-5' },
  'wait-twice': { ...waiting, headers: { 'Retry-After': ['1', '0'] } },
  'wait-in-the-past': { ...waiting, retryAfterSeconds: '{{now-3600}}' },
  'wait-until': { ...waiting, retryAfterSeconds: '{{now+2}}' },
  'wait-in-epoch-seconds': { ...waiting, retryAfterSeconds: '{{epoch+2}}' },
  'progress-of-a-novel': { ...waiting, retryAfterSeconds: 1, progress: 'x'.repeat(9_000) },
  'progress-with-markup': { ...waiting, retryAfterSeconds: 1, progress: '<b>${jndi:x}</b> 4200%' },
  'redirect-to-nowhere': { answer: 'status', status: 302 },
} as const satisfies Readonly<Record<string, ExportStep>>;

/** Faults that last as long as a client waits are made short, so that an export is not held up by most of its time. */
const shortly = new Set<Fault>(['slow-body', 'slow-headers']);

/** Every trouble there is. */
export const troubleNames: readonly Trouble[] = [
  ...(Object.keys(answers) as (keyof typeof answers)[]),
  ...faultNames,
];

/** The answer with that trouble. */
export function troubleStep(trouble: Trouble): ExportStep {
  if (isAnswer(trouble)) return answers[trouble];
  return {
    ...waiting,
    // No wait is asked for: what goes out whole may be unreadable all the same, and was then asked in vain.
    fault: trouble,
    ...(shortly.has(trouble) && { lastsMs: 400 }),
  };
}

const isAnswer = (trouble: Trouble): trouble is keyof typeof answers =>
  Object.hasOwn(answers, trouble);
