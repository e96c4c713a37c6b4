import { jobSchema } from '@bulkwatch/contract';
import { expect, it } from 'vitest';
import { createFakeBulkwatch } from '../testing.js';

it('is acknowledged, and deleted at its provider, when all have it that are required', async () => {
  const bulkwatch = createFakeBulkwatch();
  const { client } = bulkwatch;
  const { job } = await client.registerJob({
    statusUrl: 'https://ehr.example.org/bulk-export/jobs/1',
    requiredSubscribers: ['loader', 'archive'],
    deleteOnAcknowledge: true,
  });
  const acknowledge = (subscriber: string) => client.acknowledgeJob(job.id, { subscriber });
  await expect(acknowledge('loader')).rejects.toMatchObject({ reason: 'job-not-completed' });
  bulkwatch.complete(job.id);

  await acknowledge('loader');
  await acknowledge('loader');
  expect(await acknowledge('somebody')).toMatchObject({
    acknowledgements: [{ subscriber: 'loader' }, { subscriber: 'somebody' }],
    acknowledgedAt: null,
    deletedAtProviderAt: null,
  });
  const acknowledged = await acknowledge('archive');
  expect(jobSchema.parse(acknowledged)).toMatchObject({
    acknowledgedAt: expect.any(String) as string,
    deletedAtProviderAt: expect.any(String) as string,
  });
  expect(await acknowledge('archive')).toEqual(acknowledged);
});
