import { expect, it } from 'vitest';
import { defaultProtocol, protocolOf, protocols } from './protocols.js';

it('finds a protocol by its name, and says which one is not there', () => {
  expect(protocolOf({ protocol: defaultProtocol })).toBe(protocols.get('fhir-bulk'));
  expect(() => protocolOf({ protocol: 'soap' })).toThrow('there is no protocol soap');
});
