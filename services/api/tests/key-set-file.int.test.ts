import { writeFile } from 'node:fs/promises';
import { systemClock } from '@bulkwatch/runtime';
import { eventually } from '@bulkwatch/testkit';
import { errors, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { loadKeySet } from '../src/auth/load-key-set.js';
import { tokenIssuer } from './token-issuer.js';
import { withFiles } from './with-files.js';

test('the keys of an issuer follow their file, and a broken one keeps the last', async () => {
  const [first, second] = [await tokenIssuer(), await tokenIssuer()];
  const files = await withFiles({ 'jwks.json': first.jwks });
  const file = files.path('jwks.json');
  const reloads: [outcome: string, problem: string | undefined][] = [];
  const keySet = await loadKeySet(
    { jwtJwksFile: file },
    {
      policy: { trustIn: () => 'named' },
      clock: systemClock,
      onFetch: () => undefined,
      onRefusal: () => undefined,
      onReload: (outcome, problem) => reloads.push([outcome, problem]),
      everyMs: 10,
    },
  );
  if (!keySet) throw new Error('there is a file');
  const token = await second.token({});
  await expect(jwtVerify(token, keySet.find)).rejects.toBeInstanceOf(errors.JOSEError);

  await writeFile(file, second.jwks);
  await eventually(() => expect(reloads).toEqual([['loaded', undefined]]));
  await expect(jwtVerify(token, keySet.find)).resolves.toMatchObject({ payload: {} });
  await writeFile(file, '{"keys": "hunter2"}');
  await eventually(() => expect(reloads[1]?.[1]).toContain('holds no JWKS'));

  await expect(jwtVerify(token, keySet.find)).resolves.toMatchObject({ payload: {} });
  expect(JSON.stringify(reloads)).not.toContain('hunter2');
  await keySet.close();
  await files.remove();
});
