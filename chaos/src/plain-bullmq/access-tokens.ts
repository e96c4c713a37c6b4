import { readFileSync } from 'node:fs';
import { fetch } from 'undici';

interface Credential {
  readonly name: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Tokens of the credentials in a file, each asked for once and kept until a second before it runs out. */
export interface AccessTokens {
  get(credential: string): Promise<string>;
  /** The provider refused it. */
  drop(credential: string): void;
}

export function createAccessTokens(file: string, timeoutMs: number): AccessTokens {
  const { credentials } = JSON.parse(readFileSync(file, 'utf8')) as { credentials: Credential[] };
  const held = new Map<string, { readonly token: string; readonly untilMs: number }>();
  return {
    async get(name) {
      const known = held.get(name);
      if (known && Date.now() < known.untilMs) return known.token;
      const credential = credentials.find((one) => one.name === name);
      if (!credential) throw new Error(`There is no credential ${name}.`);
      const { token, lifeMs } = await request(credential, timeoutMs);
      held.set(name, { token, untilMs: Date.now() + lifeMs - 1_000 });
      return token;
    },
    drop: (name) => void held.delete(name),
  };
}

async function request(
  { tokenUrl, clientId, clientSecret }: Credential,
  timeoutMs: number,
): Promise<{ token: string; lifeMs: number }> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.read' }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const issued = (await response.json()) as { access_token: string; expires_in: number };
  return { token: issued.access_token, lifeMs: issued.expires_in * 1000 };
}
