import { describe, expect, it } from 'vitest';
import { contentTypeAnomalies } from './content-type.js';

describe('contentTypeAnomalies', () => {
  it.each([
    [undefined],
    ['application/json'],
    ['application/fhir+json; charset=utf-8'],
    ['Application/JSON ;charset=UTF-8'],
    ['text/json'],
    ['application/x-amz-json-1.0'],
    [['application/json', 'application/fhir+json']],
  ])('has nothing to say of %j', (header) => {
    expect(contentTypeAnomalies(header)).toEqual([]);
  });

  it.each([
    ['text/html; charset=utf-8'],
    ['application/fhir+ndjson'],
    ['application/jsonp'],
    ['application/json-seq'],
    ['text/html; like=application/json'],
    ['json'],
    [''],
    [['application/json', 'text/plain']],
  ])('calls %j unexpected', (header) => {
    expect(contentTypeAnomalies(header)).toEqual(['content-type-unexpected']);
  });
});
