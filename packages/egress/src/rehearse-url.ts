import { isIP } from 'node:net';
import { type Lookup, resolveName, systemAddresses } from './guard/guarded-connect.js';
import { type JudgedAddress, judgeAddresses } from './guard/judge-addresses.js';
import type { OriginTrust } from './guard/origin-trust.js';
import type { RefusalReason } from './guard/refusal.js';
import { hostOf, type PolicyVerdict, type ProviderPolicy } from './provider-policy.js';

export interface RehearsalOptions {
  readonly policy: Pick<ProviderPolicy, 'judge' | 'trustIn'>;
  readonly tenant: string;
  /** With a forward proxy, it resolves the names, and this host does not. */
  readonly proxied: boolean;
  readonly lookup?: Lookup | undefined;
}

/** What a request to a URL would come to, up to the connection. */
export interface Rehearsal {
  readonly verdict: PolicyVerdict;
  /** How far its origin is trusted; undefined where the URL cannot be read. */
  readonly trust: OriginTrust | undefined;
  /** Where its host leads, judged; undefined where that is not for us to find out, or was not found out. */
  readonly addresses: readonly JudgedAddress[] | undefined;
  /** Code of the resolver's error, such as `ENOTFOUND`. */
  readonly resolveFailure: string | undefined;
}

/**
 * Judges a URL as every request is judged, by the same functions, and opens no connection: first the URL, then, where
 * that passes, the addresses of its host.
 */
export async function rehearseUrl(text: string, options: RehearsalOptions): Promise<Rehearsal> {
  if (!URL.canParse(text)) return refused('url-unreadable');
  const { policy, tenant, proxied, lookup = systemAddresses } = options;
  const url = new URL(text);
  const verdict = policy.judge(url, tenant);
  const trust = policy.trustIn(url.origin);
  const told = { verdict, trust, addresses: undefined, resolveFailure: undefined };
  const host = hostOf(url);
  if (verdict.kind === 'refused') return told;
  if (isIP(host) !== 0) return { ...told, addresses: judgeAddresses([host], trust) };
  if (proxied) return told;
  try {
    const found = await resolveName(host, lookup);
    const addresses = found.map(({ address }) => address);
    return { ...told, addresses: judgeAddresses(addresses, trust) };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return { ...told, resolveFailure: code };
  }
}

const refused = (reason: RefusalReason): Rehearsal => ({
  verdict: { kind: 'refused', reason },
  trust: undefined,
  addresses: undefined,
  resolveFailure: undefined,
});
