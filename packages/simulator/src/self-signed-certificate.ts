import { generateKeyPairSync, sign } from 'node:crypto';

/**
 * A key and a certificate that it signed itself, as PEM: X.509 version 1, RFC 5280 section 4.1, the smallest
 * form there is. Made anew each time, so that no key lies in the repository and no tool has to be at hand.
 */
export function selfSignedCertificate(commonName: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = contentOf(commonName, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', content, privateKey)]);
  const certificate = sequence(content, ecdsaWithSha256, der(tags.bitString, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: [
      '-----BEGIN CERTIFICATE-----',
      certificate.toString('base64'),
      '-----END CERTIFICATE-----',
      '',
    ].join('\n'),
  };
}

/** Tags of DER's universal types. */
const tags = {
  integer: 0x02,
  bitString: 0x03,
  objectId: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

function contentOf(commonName: string, subjectKey: Buffer): Buffer {
  const attribute = sequence(objectId('550403'), der(tags.utf8, commonName));
  const name = sequence(der(tags.set, attribute));
  const validity = ['200101000000Z', '491231235959Z'].map((at) => der(tags.utcTime, at));
  const serial = der(tags.integer, Buffer.of(1));
  return sequence(serial, ecdsaWithSha256, name, sequence(...validity), name, subjectKey);
}

function der(tag: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const { length } = bytes;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), bytes]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(tags.sequence, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return der(tags.objectId, Buffer.from(hex, 'hex'));
}

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
