import { describe, expect, it } from 'vitest';
import { contextOf, readStatus, receivedAt, statusUrl } from '../../../tests/tracked.js';
import { readRedirect } from './read-redirect.js';

const hints = { retryAfter: {}, requestId: 'r-1' };
const answer = (status: number, location?: string | readonly string[]) => ({
  status,
  headers: { location },
  body: new Uint8Array(),
  receivedAt,
});
const read = (status: number, location?: string | readonly string[]) =>
  readRedirect(answer(status, location), hints, contextOf());

describe('readRedirect', () => {
  it.each([
    ['/bulk-export/jobs/2', 'https://ehr.example/bulk-export/jobs/2'],
    ['2?page=1', 'https://ehr.example/bulk-export/jobs/2?page=1'],
    ['//files.example/a#part', 'https://files.example/a'],
    [' https://EHR.example:443/b ', 'https://ehr.example/b'],
  ])('takes %j for %s', (location, url) => {
    expect(read(302, location)).toMatchObject({ kind: 'elsewhere', as: 'redirect', url });
  });

  it('takes the first of several that can be followed', () => {
    expect(read(302, ['', 'https://a.example/'])).toMatchObject({ url: 'https://a.example/' });
  });

  it('holds a permanent redirect only within the origin', () => {
    for (const status of [301, 308]) {
      expect(read(status, '/b')).toMatchObject({ as: 'moved' });
      expect(read(status, 'https://other.example/b')).toMatchObject({ as: 'redirect' });
    }
    for (const status of [302, 307]) expect(read(status, '/b')).toMatchObject({ as: 'redirect' });
  });

  it.each([
    ['http://ehr.example/in-clear?token=secret', ' to http://ehr.example'],
    ['https://user:secret@files.example:8443/a?token=secret', ' to https://files.example:8443'],
    ['HTTP://169.254.169.254/latest', ' to http://169.254.169.254'],
    [`https://long.example/${'x'.repeat(2048)}`, ' to https://long.example'],
    ['javascript:alert(1)', ''],
    ['https://', ''],
    ['', ''],
  ])('does not follow %j, and tells only its origin', (location, told) => {
    expect(read(307, location)).toMatchObject({
      kind: 'poll-failed',
      reason: 'redirect-refused',
      detail: `HTTP 307${told}`,
      requestId: 'r-1',
    });
  });

  it('goes from http to http, which whoever allows http has chosen', () => {
    const reading = readStatus(answer(302, 'http://b.example/'), { url: 'http://a.example/' });

    expect(reading).toMatchObject({ kind: 'elsewhere', url: 'http://b.example/' });
  });
});

describe('a result elsewhere', () => {
  it('is where a 303 says, relative to what was asked', () => {
    expect(readStatus(answer(303, '/fhir/$job-result?id=7'))).toMatchObject({
      kind: 'elsewhere',
      as: 'result',
      url: 'https://ehr.example/fhir/$job-result?id=7',
    });
  });

  it('is where a 201 says, but only once', () => {
    const cursor = { kind: 'result', url: statusUrl } as const;

    expect(readStatus(answer(201, '/a'))).toMatchObject({ kind: 'elsewhere', as: 'result' });
    expect(readStatus(answer(201, '/a'), { memory: { cursor } })).toMatchObject({
      kind: 'poll-failed',
      reason: 'response-unreadable',
    });
  });

  it.each([201, 303])('is nowhere when a %d does not say', (status) => {
    expect(readStatus(answer(status))).toMatchObject({
      kind: 'poll-failed',
      reason: 'response-unreadable',
      detail: `HTTP ${status}`,
    });
  });
});
