import type { JudgedAddress, PolicyVerdict, RefusalReason, Rehearsal } from '@bulkwatch/egress';
import { maskUrl } from '@bulkwatch/runtime';
import { type Check, failed, ok } from './check.js';
import type { Patient } from './patient.js';

const name = 'url';

/** Whether a status URL would be asked, by which rule, and where it leads; nothing is connected to. */
export async function checkUrl(text: string, tenant: string, { worker }: Patient): Promise<Check> {
  if (!worker)
    return failed(
      name,
      'It cannot be judged without the settings of the worker.',
      'Ask where they are, with BULKWATCH_PROVIDER_ORIGINS at least.',
    );
  const { ConfigurationError, openProviderPolicy, rehearseUrl } = await import('@bulkwatch/egress');
  try {
    const policy = await openProviderPolicy(worker, { onReload: () => undefined });
    const proxied = worker.egressProxy !== undefined;
    return judge(await rehearseUrl(text, { policy, tenant, proxied }), { text, tenant, proxied });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return failed(name, 'It cannot be judged.', 'Mend the tenants file first.');
  }
}

interface Asked {
  readonly text: string;
  readonly tenant: string;
  readonly proxied: boolean;
}

function judge(rehearsal: Rehearsal, { text, tenant, proxied }: Asked): Check {
  const url = maskUrl(text);
  const { verdict, addresses, resolveFailure, trust } = rehearsal;
  const facts = { url, tenant, verdict, trust: trust ?? null, addresses: addresses ?? null };
  if (verdict.kind === 'refused')
    return failed(name, `${url} is refused: ${verdict.reason}.`, adviceOn(verdict.reason), {
      facts,
    });
  const rule = `${url} ${ruleWords(verdict, tenant)}`;
  if (resolveFailure !== undefined)
    return failed(
      name,
      `${rule}, but its name leads nowhere (${resolveFailure}).`,
      'See whether this host can resolve it.',
      { facts },
    );
  if (!addresses)
    return ok(name, `${rule}; ${proxied ? 'the proxy resolves its name' : 'no name to resolve'}.`, {
      facts,
    });
  const denied = addresses.find(({ allowed }) => !allowed);
  const where = `${rule}, and leads to ${addresses.map(addressWords).join(', ')}`;
  if (denied)
    return failed(
      name,
      `${where}; a connection is refused.`,
      adviceOn(denied.word as RefusalReason),
      {
        facts,
      },
    );
  return ok(name, `${where}.`, { facts });
}

const addressWords = ({ address, word }: JudgedAddress): string => `${address} (${word})`;

function ruleWords(verdict: Exclude<PolicyVerdict, { kind: 'refused' }>, tenant: string): string {
  if (verdict.kind === 'any-public-origin') return 'may be asked, as any public origin may';
  const whose = verdict.list === 'own' ? `the list of tenant ${tenant}` : 'the list for all';
  return `is let in by ${verdict.by} of ${whose}`;
}

const ownNetworks: readonly RefusalReason[] = ['loopback', 'private', 'carrier-grade-nat'];

function adviceOn(reason: RefusalReason): string {
  if (ownNetworks.includes(reason))
    return 'If it is inside of your own network, list its origin in BULKWATCH_PRIVATE_ORIGINS, or by its address in BULKWATCH_PROVIDER_ORIGINS.';
  return advices[reason] ?? 'Nothing lets such addresses in.';
}

const asSent = 'Take it exactly as the Content-Location of the kick-off had it.';
const advices: Partial<Record<RefusalReason, string>> = {
  'origin-not-listed':
    'Add its origin to BULKWATCH_PROVIDER_ORIGINS or, where the tenant has a list of its own, to that in BULKWATCH_TENANTS_FILE.',
  'scheme-not-allowed': 'Use https; BULKWATCH_DANGEROUSLY_ALLOW_HTTP is for tests alone.',
  'host-not-qualified': 'Use a whole name, without a dot at its end, or list this very origin.',
  'user-info': 'Leave the user out, and use a credential.',
  fragment: asSent,
  'url-unreadable': asSent,
  'url-too-long': asSent,
};
