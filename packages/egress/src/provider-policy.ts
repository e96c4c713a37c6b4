import { isIP } from 'node:net';
import { coversOrigin } from '@bulkwatch/runtime';
import { classifyAddress } from './guard/address-class.js';
import { mayReach, type OriginTrust } from './guard/origin-trust.js';
import type { Refusal, RefusalReason } from './guard/refusal.js';

/**
 * Which URLs may be asked at all; checked at registration and again before every request. It looks at the URL
 * alone: what a name resolves to is judged where the connection is made, with `trustIn`.
 */
export interface ProviderPolicy {
  /** Undefined when this tenant may have the URL asked. */
  refuse(url: URL, tenant: string): Refusal | undefined;
  /** The same, with the rule that lets the URL in: for who wants to know why. */
  judge(url: URL, tenant: string): PolicyVerdict;
  /** How far an origin, as `URL.origin` spells it, is trusted, whoever asks. */
  trustIn(origin: string): OriginTrust;
}

/** What a policy says of a URL. */
export type PolicyVerdict =
  /** An origin or a pattern lists it: of the tenant's own list, or of the one for all. */
  | { readonly kind: 'listed'; readonly by: string; readonly list: 'own' | 'shared' }
  /** Nobody listed it, and any public origin may be asked. */
  | { readonly kind: 'any-public-origin' }
  | ({ readonly kind: 'refused' } & Refusal);

export interface ProviderPolicyOptions {
  /** Origins and patterns as `canonicalOriginPattern` spells them, for the tenants without a list of their own. */
  readonly origins: readonly string[];
  /** Lists of tenants, in place of `origins`. */
  readonly originsByTenant?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Exact origins whose names may resolve to addresses of the operator's own networks. */
  readonly privateOrigins?: readonly string[] | undefined;
  /** Whether a listed origin may be http. */
  readonly allowHttp: boolean;
  /** Whether https origins that nobody listed are allowed too, where they are public. */
  readonly allowAnyPublicOrigin?: boolean | undefined;
}

/** Characters of a URL. */
const urlLengthMax = 2048;

/** A policy of lists. An exact origin whose host is an address or `localhost` is allowed to be private by that. */
export function createProviderPolicy(options: ProviderPolicyOptions): ProviderPolicy {
  const { origins, originsByTenant = new Map<string, readonly string[]>() } = options;
  const named = new Set([origins, ...originsByTenant.values()].flat());
  // A list of a tenant's own outranks the mode; and what is inside is for whom it is listed.
  const isOpenTo = (tenant: string) =>
    options.allowAnyPublicOrigin === true && !originsByTenant.has(tenant);
  const inside = new Set([...(options.privateOrigins ?? []), ...[...named].filter(isByAddress)]);
  function judge(url: URL, tenant: string): PolicyVerdict {
    const own = originsByTenant.get(tenant);
    const listed = own ?? origins;
    const reason = formFault(url, options.allowHttp) ?? hostFault(url, listed.includes(url.origin));
    if (reason) return { kind: 'refused', reason };
    const by = listed.find((pattern) => coversOrigin(pattern, url.origin));
    if (by !== undefined) return { kind: 'listed', by, list: own ? 'own' : 'shared' };
    return isOpenTo(tenant) && !inside.has(url.origin) && url.protocol === 'https:'
      ? { kind: 'any-public-origin' }
      : { kind: 'refused', reason: 'origin-not-listed' };
  }
  return {
    judge,
    refuse(url, tenant) {
      const verdict = judge(url, tenant);
      return verdict.kind === 'refused' ? { reason: verdict.reason } : undefined;
    },
    trustIn(origin) {
      if (inside.has(origin)) return 'private';
      return named.has(origin) ? 'named' : 'unnamed';
    },
  };
}

function formFault(url: URL, allowHttp: boolean): RefusalReason | undefined {
  const isHttp = url.protocol === 'http:' && allowHttp;
  if (url.protocol !== 'https:' && !isHttp) return 'scheme-not-allowed';
  if (url.username !== '' || url.password !== '') return 'user-info';
  if (url.hash !== '') return 'fragment';
  return url.href.length > urlLengthMax ? 'url-too-long' : undefined;
}

/** Addresses by their class; names by their form, since a name of one label is one of the local network. */
function hostFault(url: URL, isNamed: boolean): RefusalReason | undefined {
  const host = hostOf(url);
  if (isIP(host) !== 0) {
    const word = classifyAddress(host);
    return word === 'public' || mayReach(word, isNamed ? 'private' : 'unnamed') ? undefined : word;
  }
  const labels = host.split('.');
  if (labels.includes('')) return 'host-not-qualified';
  return labels.length === 1 && !isNamed ? 'host-not-qualified' : undefined;
}

/** Less the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

function isByAddress(origin: string): boolean {
  if (origin.includes('*')) return false;
  const host = hostOf(new URL(origin));
  return host === 'localhost' || isIP(host) !== 0;
}
