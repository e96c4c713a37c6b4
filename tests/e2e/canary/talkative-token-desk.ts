import type { ServerResponse } from 'node:http';
import { newSecret } from '@bulkwatch/testkit';

interface TokenRequest {
  readonly client: string;
  readonly authorization: string;
  readonly body: string;
  /** How many requests this client has made before. */
  readonly earlier: number;
}

/** A token endpoint that gives each client one kind of trouble, in words that repeat what it was sent. */
export interface TokenDesk {
  /** Every access token that it has issued, and every assertion that it was shown. */
  readonly secrets: ReadonlySet<string>;
  /** The clients that it has given trouble. */
  readonly troubled: ReadonlySet<string>;
  answer(response: ServerResponse, request: TokenRequest): void;
}

interface Trouble {
  /** The requests that meet it: jobs of a credential that has met one wait for a minute or so. */
  readonly meets: (earlier: number) => boolean;
  readonly status: number;
  readonly body: (echo: string) => unknown;
}

const once = (number: number) => (earlier: number) => earlier === number;

const troubles: Readonly<Record<string, Trouble>> = {
  basic: { meets: once(1), status: 500, body: (echo) => echo },
  post: {
    meets: once(1),
    status: 429,
    body: (echo) => ({ error: 'slow_down', error_description: echo }),
  },
  pem: {
    meets: once(1),
    status: 200,
    body: (echo) => ({ access_token: [echo], token_type: echo, expires_in: echo }),
  },
  jwk: {
    meets: once(1),
    status: 400,
    body: (echo) => ({ error: echo, error_description: echo, error_uri: echo }),
  },
  hopeless: {
    meets: () => true,
    status: 401,
    body: (echo) => ({ error: 'invalid_client', error_description: echo }),
  },
};

export function createTokenDesk(): TokenDesk {
  const secrets = new Set<string>();
  const troubled = new Set<string>();
  const json = { 'Content-Type': 'application/json' };
  return {
    secrets,
    troubled,
    answer(response, { client, authorization, body, earlier }) {
      const assertion = new URLSearchParams(body).get('client_assertion');
      if (assertion !== null) secrets.add(assertion);
      const trouble = troubles[client];
      if (trouble?.meets(earlier)) {
        troubled.add(client);
        const echo = `You sent ${authorization} ${body} ${decodeURIComponent(body)}`;
        const headers = {
          ...json,
          'Retry-After': '1',
          'WWW-Authenticate': `Basic realm="${echo}"`,
        };
        return void response
          .writeHead(trouble.status, headers)
          .end(JSON.stringify(trouble.body(echo)));
      }
      const token = newSecret();
      secrets.add(token);
      const issued = { access_token: token, token_type: 'Bearer', expires_in: 60 };
      response.writeHead(200, json).end(JSON.stringify(issued));
    },
  };
}
