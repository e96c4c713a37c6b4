import { outcomeAnswer } from './answer.js';
import {
  createExportEndpoint,
  listExportsEndpoint,
  listScenariosEndpoint,
  recordEndpoint,
} from './control-endpoints.js';
import type { ExportScript } from './export-script.js';
import { fileEndpoint } from './file-endpoint.js';
import { kickOffEndpoint } from './kick-off-endpoint.js';
import type { Endpoint, Provider } from './provider.js';
import { smartConfigurationEndpoint } from './smart-configuration-endpoint.js';
import { cancelEndpoint, deleteEndpoint, pageEndpoint, pollEndpoint } from './status-endpoint.js';
import { tokenEndpoint } from './token-endpoint.js';

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Endpoint>>;
}

export const tokenPath =
  '/tenants/ec2458f2-1e24-41c8-b71b-0e701af7583d/protocols/oauth2/profiles/smart-v1/token';

/** Every path that the simulator knows: Oracle Health's first, then its own. */
export function routesOf(provider: Provider, kickedOff: ExportScript): readonly Route[] {
  const kickOff = kickOffEndpoint(provider, kickedOff);
  return [
    {
      path: /^\/tenants\/[^/]+\/protocols\/oauth2\/profiles\/smart-v1\/token$/,
      methods: { POST: tokenEndpoint(provider) },
    },
    {
      path: /^\/r4\/[^/]+\/\.well-known\/smart-configuration$/,
      methods: { GET: smartConfigurationEndpoint(provider) },
    },
    {
      path: /^\/r4\/([\w.~-]{1,128})\/Group\/([\w.~-]{1,128})\/(?:\$|%24)export$/,
      methods: { GET: kickOff, POST: kickOff },
    },
    {
      path: /^\/r4\/([^/]+)\/bulk-export\/jobs\/([^/:]+):cancel$/,
      methods: { POST: cancelEndpoint(provider) },
    },
    {
      path: /^\/r4\/([^/]+)\/bulk-export\/jobs\/([^/]+)$/,
      methods: {
        GET: pollEndpoint(provider),
        DELETE: deleteEndpoint(provider),
        PATCH: cancelEndpoint(provider),
      },
    },
    {
      path: /^\/r4\/([^/]+)\/bulk-export\/jobs\/([^/]+)\/pages\/([^/]+)$/,
      methods: { GET: pageEndpoint(provider) },
    },
    {
      path: /^\/r4\/([^/]+)\/bulk-export\/files\/([^/]+)\/(\d+)$/,
      methods: { GET: fileEndpoint(provider) },
    },
    {
      path: /^\/_simulator\/exports$/,
      methods: { GET: listExportsEndpoint(provider), POST: createExportEndpoint(provider) },
    },
    { path: /^\/_simulator\/scenarios$/, methods: { GET: listScenariosEndpoint } },
    { path: /^\/_simulator\/record$/, methods: { GET: recordEndpoint(provider) } },
  ];
}

export interface Match {
  readonly endpoint: Endpoint;
  readonly captured: readonly string[];
}

/** Finds who answers; a path or method that nobody knows is answered by 404 or 405. */
export function match(routes: readonly Route[], method: string, path: string): Match {
  for (const route of routes) {
    const captured = route.path.exec(path)?.slice(1);
    if (captured === undefined) continue;
    const endpoint = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
    return { endpoint: endpoint ?? notAllowed(Object.keys(route.methods)), captured };
  }
  return { endpoint: notFound, captured: [] };
}

const notFound: Endpoint = () => ({
  answer: outcomeAnswer(404, { code: 'not-found', text: 'There is no such path.' }),
});

const notAllowed =
  (methods: readonly string[]): Endpoint =>
  () => {
    const text = 'This path does not take the method.';
    return {
      answer: outcomeAnswer(405, { code: 'not-supported', text }, { Allow: methods.join(', ') }),
    };
  };
