import { createHash } from 'node:crypto';
import type { Fault } from '@bulkwatch/core';
import { Secret } from '@bulkwatch/runtime';
import type { Credential, TokenPlace } from './credential.js';
import type { CredentialEntry } from './credential-entry.js';
import { readSigningKey } from './credential-signing-key.js';
import {
  type GivenText,
  type GivenTexts,
  readGivenTexts,
  type TextPlaces,
} from './credential-texts.js';
import { faultOfTls, type TlsIdentity } from './credential-tls.js';

/** A credential, or all that is wrong with it. */
export type OpenedCredential = Credential | { readonly faults: readonly Fault[] };

/** Makes a credential of an entry, and of the files and variables that it names. */
export async function openCredential(
  entry: CredentialEntry,
  places: TextPlaces,
): Promise<OpenedCredential> {
  const { texts, faults } = await readGivenTexts(entry, places);
  if (faults.length > 0) return { faults };
  const opened = await open(entry.credential, texts);
  if (!('member' in opened)) return opened;
  return { faults: [{ path: [...entry.path, opened.member], message: opened.message }] };
}

type Entry = CredentialEntry['credential'];
interface MemberFault {
  readonly member: string;
  readonly message: string;
}

/** The schema sees to it that what a kind needs is given. */
const notGiven: GivenText = { text: '', member: '' };

async function open(entry: Entry, texts: GivenTexts): Promise<Credential | MemberFault> {
  const tls = tlsOf(texts);
  const tlsFault = tls && faultOfTls(tls);
  if (tlsFault !== undefined) return { member: 'tls', message: tlsFault };
  const { name, origins, tenants } = entry;
  const binding = {
    name,
    origins,
    ...(tenants !== undefined && { tenants }),
    ...(tls !== undefined && { tls }),
    fingerprint: fingerprintOf(entry, texts),
  };
  switch (entry.kind) {
    case 'none':
      return { kind: entry.kind, ...binding };
    case 'static-bearer': {
      const { text, member } = texts.token ?? notGiven;
      return isHeaderText(text)
        ? { kind: entry.kind, ...binding, token: new Secret(text) }
        : { member, message: 'is no token' };
    }
    case 'smart-backend': {
      const { text, member } = texts.privateKey ?? notGiven;
      const signingKey = await readSigningKey(text, entry.kid);
      if ('fault' in signingKey)
        return { member: signingKey.fault === 'kid' ? 'kid' : member, message: signingKey.message };
      return { kind: entry.kind, ...binding, ...clientOf(entry), signingKey };
    }
    case 'client-secret-basic':
    case 'client-secret-post': {
      const clientSecret = new Secret((texts.clientSecret ?? notGiven).text);
      return { kind: entry.kind, ...binding, ...clientOf(entry), clientSecret };
    }
  }
}

/** What can stand in an Authorization header, and so be a bearer token (RFC 6750 section 2.1). */
export const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

function tlsOf({ ca, cert, key }: GivenTexts): TlsIdentity | undefined {
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca !== undefined && { ca: ca.text }),
    ...(cert !== undefined && { cert: cert.text }),
    ...(key !== undefined && { key: new Secret(key.text) }),
  };
}

function clientOf(
  entry: Extract<Entry, { clientId: string }>,
): TokenPlace & { clientId: string; scope?: string } {
  const { clientId, scope, tokenUrl, fhirBaseUrl = '', tokenOrigins = [] } = entry;
  return {
    clientId,
    ...(scope !== undefined && { scope }),
    ...(tokenUrl === undefined ? { fhirBaseUrl, tokenOrigins } : { tokenUrl }),
  };
}

/** Never stored: it is made of secrets, and a weak one could be guessed from it. */
const fingerprintOf = (entry: Entry, texts: GivenTexts): string =>
  createHash('sha256')
    .update(JSON.stringify([entry, texts]))
    .digest('base64url');
