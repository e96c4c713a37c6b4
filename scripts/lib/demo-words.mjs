import { demoClient } from '@bulkwatch/simulator';
import { credentialName } from './demo-house.mjs';
import { usersRedis } from './users-redis.mjs';

/** What the demo says at its end: all addresses while it stays up, else where to look next. */
export function whereThingsAre(house, { folder, keep }) {
  return keep ? addresses(house, folder) : nextSteps;
}

const nextSteps = `
Every job ended as it should. Where to look next:
  npm run demo -- --keep      the same, and it stays up for you to play with
  README.md                   what it is, a tour with curl, a subscriber in ten lines
  ARCHITECTURE.md             the rooms of the house and the doors between them
  docs/configuration.md       every setting; npm start runs it against your own providers
`;

function addresses({ simulator, redisUrl, ports, api }, folder) {
  return `
Every job ended as it should, and everything stays up until Ctrl-C:
  API        ${api}
  Metrics    http://127.0.0.1:${ports.apiOps}/metrics (api), http://127.0.0.1:${ports.workerOps}/metrics (worker)
  Health     http://127.0.0.1:${ports.apiOps}/readyz, http://127.0.0.1:${ports.workerOps}/readyz
  Redis      ${maskPassword(redisUrl)} (stream {bulkwatch}:events)
  Provider   ${simulator.origin} (client ${demoClient.id}, secret ${demoClient.secret})
  Logs       ${folder}

For the tour and the subscriber in README.md, in another terminal:
  API=${api} SIMULATOR=${simulator.origin}
${usersRedis(process.env) ? '' : `  export BULKWATCH_REDIS_URL=${redisUrl}\n`}
Kick off one more export at the provider, and register its status URL:
  TOKEN=$(curl -s -u ${demoClient.id}:${demoClient.secret} -d grant_type=client_credentials ${simulator.tokenUrl} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  STATUS_URL=$(curl -s -o /dev/null -D - -H "Authorization: Bearer $TOKEN" -H 'Prefer: respond-async' '${simulator.origin}/r4/demo/Group/all/$export' | tr -d '\\r' | sed -n 's/^[Cc]ontent-[Ll]ocation: //p')
  curl -s ${api}/v1/jobs -H 'content-type: application/json' -d "{\\"statusUrl\\":\\"$STATUS_URL\\",\\"credential\\":\\"${credentialName}\\"}"
`;
}

function maskPassword(url) {
  return url.replace(/\/\/[^@/]*@/, '//');
}
