import { expect, it } from 'vitest';
import { originForm } from './origin-form.js';

it.each([
  ['/v1/jobs?limit=1', '/v1/jobs?limit=1'],
  ['//v1/jobs', '//v1/jobs'],
  ['http://localhost:8080/v1/jobs?limit=1', '/v1/jobs?limit=1'],
  ['HTTPS://localhost/a/../b', '/a/../b'],
  ['http://localhost', '/'],
  ['http://localhost?limit=1', '/?limit=1'],
  ['*', '/'],
  ['x://y', '/'],
  ['http://?x', '/'],
  ['http://[::1', '/'],
  ['', '/'],
  ['/v1/jobs/\\#', '/v1/jobs/\\'],
  ['/v1/jobs#?limit=1', '/v1/jobs'],
  ['/v1/jobs/\\\t?limit=\u00a01', '/v1/jobs/\\%09?limit=%C2%A01'],
])('reads the target %s as %s', (target, path) => {
  expect(originForm(target)).toBe(path);
});
