import { createHash } from 'node:crypto';
import type { Fault } from '@bulkwatch/core';
import { Secret } from '@bulkwatch/runtime';
import type { Credential, TokenPlace } from './credential.js';
import type { CredentialEntry } from './credential-entry.js';
import { type NamedFiles, readNamedFiles } from './credential-files.js';
import { readSigningKey } from './credential-signing-key.js';
import { faultOfTls, type TlsIdentity } from './credential-tls.js';
import type { ReadText } from './read-text-file.js';

/** A credential, or all that is wrong with it. */
export type OpenedCredential = Credential | { readonly faults: readonly Fault[] };

/** Makes a credential of an entry and the files that it names, relative to that folder. */
export async function openCredential(
  entry: CredentialEntry,
  folder: string,
  readText: ReadText,
): Promise<OpenedCredential> {
  const { texts, faults } = await readNamedFiles(entry, folder, readText);
  if (faults.length > 0) return { faults };
  const opened = await open(entry.credential, texts);
  if (!('member' in opened)) return opened;
  return { faults: [{ path: [...entry.path, opened.member], message: opened.message }] };
}

type Entry = CredentialEntry['credential'];
type Texts = NamedFiles['texts'];
interface MemberFault {
  readonly member: string;
  readonly message: string;
}

async function open(entry: Entry, texts: Texts): Promise<Credential | MemberFault> {
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
      const token = entry.token ?? texts.tokenFile ?? '';
      return isHeaderText(token)
        ? { kind: entry.kind, ...binding, token: new Secret(token) }
        : { member: entry.token === undefined ? 'tokenFile' : 'token', message: 'is no token' };
    }
    case 'smart-backend': {
      const signingKey = await readSigningKey(texts.privateKeyFile ?? '', entry.kid);
      if ('member' in signingKey) return signingKey;
      return { kind: entry.kind, ...binding, ...clientOf(entry), signingKey };
    }
    case 'client-secret-basic':
    case 'client-secret-post': {
      const clientSecret = new Secret(entry.clientSecret ?? texts.clientSecretFile ?? '');
      return { kind: entry.kind, ...binding, ...clientOf(entry), clientSecret };
    }
  }
}

/** What can stand in an Authorization header, and so be a bearer token (RFC 6750 section 2.1). */
export const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

function tlsOf({ caFile, certFile, keyFile }: Texts): TlsIdentity | undefined {
  if (caFile === undefined && certFile === undefined) return undefined;
  return {
    ...(caFile !== undefined && { ca: caFile }),
    ...(certFile !== undefined && { cert: certFile }),
    ...(keyFile !== undefined && { key: new Secret(keyFile) }),
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
const fingerprintOf = (entry: Entry, texts: Texts): string =>
  createHash('sha256')
    .update(JSON.stringify([entry, texts]))
    .digest('base64url');
