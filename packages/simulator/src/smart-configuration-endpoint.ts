import { jsonAnswer } from './answer.js';
import type { Endpoint, Provider } from './provider.js';

/** Where tokens are to be had (SMART App Launch 2.2, "Using .well-known"). */
export function smartConfigurationEndpoint({ tokenUrl }: Provider): Endpoint {
  return () => ({
    answer: jsonAnswer(200, {
      token_endpoint: tokenUrl(),
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
      ],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      scopes_supported: ['system/*.read', 'system/*.rs'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    }),
  });
}
