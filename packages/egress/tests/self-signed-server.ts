import { generateKeyPairSync, sign } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * An https server on a free loopback port, with a certificate that it signed itself. It answers every request
 * with an empty 200, unless the test says otherwise.
 */
export async function selfSignedServer(
  options: { identity?: SelfSigned; server?: ServerOptions; onRequest?: RequestListener } = {},
): Promise<{
  origin: string;
  requestCount(): number;
  close(): Promise<void>;
}> {
  const { identity = selfSigned(), onRequest = (_request, response) => response.end() } = options;
  let requestCount = 0;
  const server = createServer({ ...identity, ...options.server }, (request, response) => {
    requestCount += 1;
    onRequest(request, response);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    requestCount: () => requestCount,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/**
 * A key and a certificate in DER's smallest form (X.509 version 1, RFC 5280 section 4.1). Made anew
 * each time, so that no key lies in the repository and no tool has to be at hand.
 */
export function selfSigned(name = '127.0.0.1'): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const commonName = sequence(
    tagged(0x06, Buffer.from('550403', 'hex')),
    tagged(0x0c, Buffer.from(name)),
  );
  const subject = sequence(tagged(0x31, commonName));
  const validity = sequence(...['200101000000Z', '491231235959Z'].map((at) => tagged(0x17, at)));
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const serial = tagged(0x02, Buffer.from([1]));
  const content = sequence(serial, ecdsaWithSha256, subject, validity, subject, subjectKey);
  const signature = tagged(
    0x03,
    Buffer.concat([Buffer.of(0), sign('sha256', content, privateKey)]),
  );
  const certificate = sequence(content, ecdsaWithSha256, signature);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));

function tagged(tag: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const { length } = bytes;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), bytes]);
}
