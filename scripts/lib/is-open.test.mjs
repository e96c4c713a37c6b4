import { expect, it } from 'vitest';
import { isOpen } from './is-open.mjs';

const anonymous = (value) => ({ BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: value });

it.each([
  ['nothing is said', {}, true],
  ['it is asked for', anonymous('true'), true],
  ['it is ruled out', anonymous('false'), false],
  ['what is said makes no sense', anonymous('yes'), false],
  ['others can reach the api', { BULKWATCH_API_HOST: '0.0.0.0' }, false],
  ['there is an identity provider', { BULKWATCH_JWT_ISSUER: 'https://login.example.org' }, false],
])('when %s', (_when, env, open) => {
  expect(isOpen(env)).toBe(open);
});
