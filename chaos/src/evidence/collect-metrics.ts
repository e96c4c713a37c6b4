import { appendFileSync } from 'node:fs';
import { request } from 'undici';
import type { HousePart } from '../house/house-part.js';

/** Asks every part of the house for its metrics and puts them by. A part that does not answer is left out. */
export async function collectMetrics(parts: readonly HousePart[], file: string): Promise<void> {
  const asked = parts.flatMap(({ opsUrl }) => (opsUrl === undefined ? [] : [opsUrl]));
  const texts = asked.map(async (opsUrl) => {
    const { body } = await request(`${opsUrl}/metrics`, {
      headersTimeout: 2_000,
      bodyTimeout: 2_000,
    });
    appendFileSync(file, await body.text());
  });
  await Promise.allSettled(texts);
}
