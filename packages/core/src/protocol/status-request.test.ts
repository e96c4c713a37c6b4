import { describe, expect, it } from 'vitest';
import { presetCalled, statusUrl } from '../../tests/tracked.js';
import { genericPreset } from '../presets/built-in-presets.js';
import type { PollMemory } from './poll-memory.js';
import { deleteByStatusUrl, statusRequest } from './status-request.js';

const preset = { ...genericPreset, headers: { Prefer: 'respond-async' } };
const request = (memory: PollMemory = {}) => statusRequest({ statusUrl, memory }, preset);
const elsewhere = 'https://ehr.example/elsewhere';

describe('statusRequest', () => {
  it('gets the status URL, with the headers of the preset', () => {
    expect(request()).toStrictEqual({
      method: 'GET',
      url: statusUrl,
      headers: { Prefer: 'respond-async', Accept: 'application/fhir+json, application/json;q=0.9' },
    });
  });

  it('goes where the answers before have sent us', () => {
    const cursor = { kind: 'page', url: `${elsewhere}/2` } as const;

    expect(request({ movedTo: elsewhere }).url).toBe(elsewhere);
    expect(request({ movedTo: elsewhere, cursor }).url).toBe(cursor.url);
  });

  it('keeps the headers of the preset within the origin', () => {
    const cursor = { kind: 'page', url: 'https://other.example/2' } as const;

    expect(request({ cursor }).headers).toStrictEqual({ Accept: preset.accept });
  });

  it('asks for what the provider takes', () => {
    expect(request({ alternateAccept: true }).headers).toMatchObject({
      Accept: 'application/json',
    });
  });
});

describe('deleteByStatusUrl', () => {
  it('deletes the status URL, wherever the answers before have sent us', () => {
    const cursor = { kind: 'result', url: 'https://other.example/2' } as const;
    const deletion = (memory: PollMemory) =>
      deleteByStatusUrl({ statusUrl, memory }, presetCalled('generic'));

    expect(deletion({ cursor })).toMatchObject({ method: 'DELETE', url: statusUrl });
    expect(deletion({ movedTo: elsewhere, cursor }).url).toBe(elsewhere);
  });
});
