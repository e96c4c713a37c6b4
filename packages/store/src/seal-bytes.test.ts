import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from './seal.js';
import { sealHeadMaxBytes, sealHeadOf } from './seal-bytes.js';

const sealer = createSealer(() => new Map([['k1', Buffer.alloc(32, 1)]]));
const other = createSealer(() => new Map([['k1', Buffer.alloc(32, 2)]]));
const stranger = createSealer(() => new Map([['k2', Buffer.alloc(32, 2)]]));

describe('sealed bytes', () => {
  it('open to what they were, for the same context only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.string(), fc.string(), async (bytes, context, wrong) => {
        const sealed = await sealer.sealBytes(bytes, context);
        expect(await sealer.openBytes(sealed, context)).toEqual(Buffer.from(bytes));
        if (wrong !== context) expect(await sealer.openBytes(sealed, wrong)).toBeUndefined();
      }),
    );
  });

  it.each([1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 7])(
    'may be many: %d',
    async (length) => {
      const bytes = Buffer.alloc(length, 'bulk');
      const sealed = await sealer.sealBytes(bytes, 'job');
      expect(sealed.length).toBeLessThan(length + sealHeadMaxBytes + 16);
      expect(bytes.equals((await sealer.openBytes(sealed, 'job')) ?? Buffer.alloc(0))).toBe(true);
    },
  );

  it('let others run while they are sealed and opened', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const sealed = await sealer.sealBytes(Buffer.alloc(32 * 1024 * 1024), 'job');
    const whileSealing = turns;
    await sealer.openBytes(sealed, 'job');
    clearInterval(timer);
    expect(whileSealing).toBeGreaterThan(2);
    expect(turns - whileSealing).toBeGreaterThan(2);
  });

  it('open with no other key, and not when a byte was changed, added or taken', async () => {
    const sealed = Buffer.from(await sealer.sealBytes(Buffer.from('token'), 'job'));
    expect(await other.openBytes(sealed, 'job')).toBeUndefined();
    expect(await stranger.openBytes(sealed, 'job')).toBeUndefined();
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await sealer.openBytes(changed, 'job')).toBeUndefined();
      expect(await sealer.openBytes(sealed.subarray(0, index), 'job')).toBeUndefined();
    }
    expect(await sealer.openBytes(Buffer.concat([sealed, sealed]), 'job')).toBeUndefined();
  });

  it('begin with a head that no other sealing has, and show nothing of what they hold', async () => {
    const [once, again] = await Promise.all(
      [1, 2].map(() => sealer.sealBytes(Buffer.from('canary'), 'job')),
    );
    const head = sealHeadOf(once ?? Buffer.alloc(0));
    expect(head).toMatchObject({ keyId: 'k1', text: expect.stringMatching(/^v1b\.k1\./) });
    expect(head?.text).not.toBe(sealHeadOf(again ?? Buffer.alloc(0))?.text);
    expect(Buffer.from(once ?? []).toString('latin1')).not.toContain('canary');
  });

  it.each(['', '{"output":[]}', 'v1b.k1.', 'v1b.k1.AAAAAAAAAAAAAAA.x', 'v1.k1.AAAAAAAAAAAAAAAA.x'])(
    'are not what begins with %j',
    (text) => expect(sealHeadOf(Buffer.from(text))).toBeUndefined(),
  );
});
