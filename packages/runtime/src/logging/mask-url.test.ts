import { describe, expect, it } from 'vitest';
import { maskUrl } from './mask-url.js';

describe('maskUrl', () => {
  it.each([
    ['https://ehr.example.org/jobs/1', 'https://ehr.example.org/jobs/1'],
    ['https://ehr.example.org/jobs/1?token=canary', 'https://ehr.example.org/jobs/1?…'],
    ['https://ehr.example.org:8443/jobs?canary', 'https://ehr.example.org:8443/jobs?…'],
    ['https://user:canary@ehr.example.org/', 'https://ehr.example.org/'],
    ['https://ehr.example.org/#canary', 'https://ehr.example.org/'],
    ['https://ehr.example.org/a#canary?canary', 'https://ehr.example.org/a'],
    ['redis://:canary@127.0.0.1:6379/2', 'redis://127.0.0.1:6379/2'],
    ['/v1/jobs/1?canary', '/v1/jobs/1?…'],
    ['https://user:canary@:x/?canary', 'https://:x/?…'],
    ['canary@host', 'host'],
    ['', ''],
  ])('shows %s as %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });
});
