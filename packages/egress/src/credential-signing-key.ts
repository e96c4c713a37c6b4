import { createPrivateKey, type KeyObject } from 'node:crypto';
import { parseJson } from '@bulkwatch/core';
import { type CryptoKey, importPKCS8 } from 'jose';

/** The key that signs a client's assertions; it cannot be exported again. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly kid: string;
}

/** What of the two is to be mended, and how. */
export interface SigningKeyFault {
  readonly fault: 'key' | 'kid';
  readonly message: string;
}

/**
 * Reads a private key in PEM or as a JWK. An RSA key signs with RS384, a P-384 key with ES384: the two that
 * every SMART server takes (SMART App Launch 2.2, "Client Authentication: Asymmetric"). The `kid`, under
 * which the server finds the public key, is given or that of the JWK.
 */
export async function readSigningKey(
  text: string,
  givenKid: string | undefined,
): Promise<SigningKey | SigningKeyFault> {
  const jwk = asJwk(text);
  const kid = givenKid ?? jwk?.kid;
  if (typeof kid !== 'string' || kid === '') {
    return { fault: 'kid', message: 'is required, here or in the JWK' };
  }
  const key = privateKeyOf(jwk ?? text);
  if (key === undefined) return unusable('holds no private key, in PEM (PKCS #8) or as a JWK');
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) return unusable('must be an RSA key of 2048 bits or a P-384 key');
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kid, key: await importPKCS8(pem, algorithm) };
}

const unusable = (message: string): SigningKeyFault => ({ fault: 'key', message });

type Jwk = { readonly kid?: unknown };

/** JSON is never PEM; what looks like JSON but is none holds no key either. */
function asJwk(text: string): Jwk | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  return parseJson(text) ?? {};
}

function privateKeyOf(key: string | Jwk): KeyObject | undefined {
  try {
    return createPrivateKey(typeof key === 'string' ? key : { key, format: 'jwk' });
  } catch {
    // What OpenSSL has to say may quote the file.
    return undefined;
  }
}

/** RFC 7518 section 3.3 wants RSA keys of 2048 bits or more. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa' && modulusLength >= 2048) return 'RS384';
  return asymmetricKeyType === 'ec' && namedCurve === 'secp384r1' ? 'ES384' : undefined;
}
