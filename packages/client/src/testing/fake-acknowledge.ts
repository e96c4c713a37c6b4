import type { AcknowledgeInput, Job, RegistrationInput } from '@bulkwatch/contract';
import { answer, problemAnswer } from './fake-answer.js';
import type { FakeJob, FakeJobs } from './fake-jobs.js';

/** What a registration says of the acknowledgement of its job. */
export const awaitedBy = ({
  requiredSubscribers = [],
  deleteOnAcknowledge = false,
}: RegistrationInput): Pick<Job, 'requiredSubscribers' | 'deleteOnAcknowledge'> => ({
  requiredSubscribers,
  deleteOnAcknowledge,
});

/** `POST /v1/jobs/{id}/acknowledge` of the fake. Its provider takes a delete request at once. */
export function acknowledge(
  jobs: FakeJobs,
  { job }: FakeJob,
  { body }: { readonly body: string },
): Response {
  if (job.state !== 'completed') return problemAnswer('job-not-completed');
  const { subscriber } = JSON.parse(body) as AcknowledgeInput;
  const names = job.acknowledgements.map((one) => one.subscriber);
  if (names.includes(subscriber)) return answer(200, job);
  const at = new Date().toISOString();
  const isDone = job.requiredSubscribers.every((name) => [...names, subscriber].includes(name));
  const acknowledgedAt = job.acknowledgedAt ?? (isDone ? at : null);
  const members: Partial<Job> = {
    acknowledgements: [...job.acknowledgements, { subscriber, at }],
    acknowledgedAt,
    deletedAtProviderAt:
      job.deletedAtProviderAt ?? (job.deleteOnAcknowledge ? acknowledgedAt : null),
  };
  return answer(200, jobs.change(job.id, { members }));
}
