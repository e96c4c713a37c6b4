import { keys } from '@bulkwatch/store/parts';
import type { KeySpace } from '../redis/key-space.js';
import { type Fields, isFinal, type JobShadow, numberIn, textIn } from './job-shadow.js';
import type { Law } from './law.js';
import { secretIn } from './secrets.js';

const fieldsMax = 80;
const bytesMax = 32_768;

/** What holds of every record after every script. */
export function judgeRecord(space: KeySpace, law: Law, shadow: JobShadow, fields: Fields): void {
  const { jobId } = shadow;
  const demand = (isKept: boolean, what: () => string) => law.demand(isKept, what, jobId);
  const state = textIn(fields, 'state') ?? '';
  const epoch = numberIn(fields, 'epoch');
  const version = numberIn(fields, 'version');
  demand(!isFinal(shadow.state) || state === shadow.state, () => `${shadow.state} became ${state}`);
  demand(epoch === shadow.epoch, () => `epoch ${shadow.epoch} became ${epoch}`);
  demand(version >= shadow.version, () => `version ${shadow.version} became ${version}`);
  shadow.state = state;
  shadow.version = version;

  const endings = isFinal(state) ? 1 : 0;
  demand(shadow.endings === endings, () => `${shadow.endings} events of its end, though ${state}`);
  const isOpen = !isFinal(state) || fields.has('refreshUntil') || fields.has('deleteUntil');
  const isDue = space.find(keys.due, 'zset')?.scores.has(jobId) ?? false;
  demand(isOpen === isDue, () => `${state}, and ${isDue ? '' : 'not '}in the due index`);
  const health = textIn(fields, 'health') ?? 'ok';
  const isUnwell = !isFinal(state) && (fields.has('pausedAt') || health !== 'ok');
  const isIndexed = space.find(keys.health, 'zset')?.scores.has(jobId) ?? false;
  demand(
    isUnwell === isIndexed,
    () => `${state}, ${health}, and ${isIndexed ? '' : 'not '}in the index of poll health`,
  );
}

/** What holds of everything that is written to a record. */
export function judgeContents(law: Law, { jobId }: JobShadow, fields: Fields): void {
  let bytes = 0;
  for (const [name, value] of fields) {
    bytes += name.length + value.length;
    const secret = secretIn(String(value));
    law.demand(secret === undefined, () => `${secret} is in clear in ${name}`, jobId);
  }
  law.demand(
    fields.size <= fieldsMax && bytes <= bytesMax,
    () => `a record of ${fields.size} fields and ${bytes} bytes`,
    jobId,
  );
}
