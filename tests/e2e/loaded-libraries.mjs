import { createRequire } from 'node:module';

// Preloaded by tests: at its end the process says how many files of OpenTelemetry it has loaded, but for those of its API,
// which does nothing by itself and which prom-client brings along.
const { cache } = createRequire(import.meta.url);
process.on('exit', () => {
  const files = Object.keys(cache).filter((file) => /@opentelemetry\/(?!api\/)/.test(file));
  process.stdout.write(`${JSON.stringify({ loaded: files.length })}\n`);
});
