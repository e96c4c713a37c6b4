/**
 * Makes an API key, begins a few exports at the simulator, registers them through the API, ends the key again, since
 * nobody else needs it, and says where to look.
 * Reads API_URL, SIMULATOR_URL and the path of the command line tool, CLI; that reads where Redis is.
 */
import { execFileSync } from 'node:child_process';

const { API_URL: apiUrl, SIMULATOR_URL: simulatorUrl, CLI: cli } = process.env;

const bulkwatch = (command) =>
  execFileSync(process.execPath, [cli, ...command.split(' ')], { encoding: 'utf8' }).trim();

const apiKey = bulkwatch(
  'keys create --tenant default --name demo --scope jobs:write --expires 1h',
);

const running = (times, retryAfterSeconds, progress = 'in-progress') => ({
  answer: 'in-progress',
  times,
  retryAfterSeconds,
  progress,
});
const done = { answer: 'complete' };

/** What each export is called, and how the simulator plays it: see docs/simulator.md. */
const exports = {
  quick: [running(2, 2), done],
  patient: [running(30, 20), done],
  'with percentages': [
    running(1, 5, '10%'),
    running(1, 5, '35%'),
    running(1, 5, '70%'),
    running(1, 5, '95%'),
    done,
  ],
  'behind an error': [running(1, 3), { answer: 'status', status: 502, times: 2 }, done],
  // Being told to slow down holds for all polls of the provider, so that the others pause with it.
  'rate limited': [running(1, 3), { answer: 'status', status: 429, retryAfterSeconds: 3 }, done],
  unknown: [running(2, 3), { answer: 'status', status: 404 }],
};

try {
  await registerAll();
} finally {
  bulkwatch(`keys revoke ${apiKey.slice(4, 20)}`);
}
console.log(`
Watch them, with a key of your own:
  KEY=$(docker compose run --rm -T cli keys create --tenant default --name me --scope jobs:read --expires 1d)
  curl -s -H "Authorization: Bearer $KEY" 'http://127.0.0.1:8080/v1/jobs?label=demo:compose'
  Grafana       http://127.0.0.1:3000
  Prometheus    http://127.0.0.1:9090/alerts
  Alertmanager  http://127.0.0.1:9093`);

async function registerAll() {
  for (const [reference, steps] of Object.entries(exports)) {
    const { statusUrl } = await post(`${simulatorUrl}/_simulator/exports`, { steps });
    const registration = {
      statusUrl,
      credential: 'simulator',
      retryAfter: '1',
      reference,
      labels: { demo: 'compose' },
    };
    const job = await post(`${apiUrl}/v1/jobs`, registration, {
      authorization: `Bearer ${apiKey}`,
    });
    console.log(`registered "${reference}" as ${job.id}`);
  }
}

async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
