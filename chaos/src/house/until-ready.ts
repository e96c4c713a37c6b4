import { eventually } from '@bulkwatch/testkit';
import { request } from 'undici';

/** Waits until a URL answers 200. Rejects after 30 s. */
export const untilReady = (url: string): Promise<void> =>
  eventually(
    async () => {
      const { statusCode, body } = await request(url, { headersTimeout: 2_000 });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode}`);
    },
    { timeoutMs: 30_000, everyMs: 50 },
  );
