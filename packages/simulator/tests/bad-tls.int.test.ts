import { connect } from 'node:tls';
import { type BadTls, type BadTlsKind, startBadTls } from '@bulkwatch/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let badTls: BadTls;
beforeAll(async () => {
  badTls = await startBadTls();
});
afterAll(() => badTls.stop());

/** The code that a handshake fails with, `secured` when it succeeds, or `silence` after a while. */
const handshake = (kind: BadTlsKind, rejectUnauthorized = true) =>
  new Promise<string>((resolve) => {
    const { port } = new URL(badTls.origins[kind]);
    const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized });
    const end = (what: string) => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(300, () => end('silence'));
    socket.on('secureConnect', () => end('secured'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });

describe('an origin with bad TLS', () => {
  it.each([
    ['plain-http', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['silent', 'silence'],
    ['hangs-up', 'ECONNRESET'],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('%s ends the handshake with %s', async (kind, code) => {
    expect(await handshake(kind)).toBe(code);
    expect(badTls.requestCount()).toBe(0);
  });

  it('is secured for whoever does not look at the certificate', async () => {
    expect(await handshake('self-signed', false)).toBe('secured');
  });
});
