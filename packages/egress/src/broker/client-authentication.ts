import * as oauth from 'oauth4webapi';
import type { ClientCredential } from '../credential.js';

/** How the credential's client says at this token endpoint who it is. */
export function clientAuthentication(
  credential: ClientCredential,
  tokenUrl: URL,
): oauth.ClientAuth {
  switch (credential.kind) {
    case 'client-secret-basic':
      return oauth.ClientSecretBasic(credential.clientSecret.reveal());
    case 'client-secret-post':
      return oauth.ClientSecretPost(credential.clientSecret.reveal());
    case 'smart-backend':
      return oauth.PrivateKeyJwt(credential.signingKey, {
        [oauth.modifyAssertion]: (header, payload) => asSmartWantsIt(header, payload, tokenUrl),
      });
  }
}

type Json = Parameters<oauth.ModifyAssertionFunction>[0];

/**
 * SMART App Launch 2.2, "Client Authentication: Asymmetric": the audience is the token URL, and the assertion
 * expires within five minutes; three allow for clocks that are two minutes fast or three slow. `iat` and `nbf`
 * are not asked for, and would be refused by a server whose clock is behind ours.
 */
function asSmartWantsIt(header: Json, payload: Json, tokenUrl: URL): void {
  header['typ'] = 'JWT';
  payload['aud'] = tokenUrl.href;
  payload['exp'] = Number(payload['iat']) + 180;
  delete payload['iat'];
  delete payload['nbf'];
}
