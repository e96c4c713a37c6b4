import { DiagLogLevel, diag } from '@opentelemetry/api';

const longest = 200;

/** Has what the libraries complain of told, instead of written to the console or nowhere. */
export function reportTroubles(onProblem: (what: string, error: unknown) => void): void {
  const tell = (message: string): void => onProblem('tracing', new Error(readable(message)));
  const silent = (): void => undefined;
  const logger = { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** They put whole errors into JSON, with the stack and the answer of the collector. */
function readable(message: string): string {
  try {
    const { message: text, code } = JSON.parse(message) as { message?: unknown; code?: unknown };
    return [code, text].filter(Boolean).join(': ').slice(0, longest) || 'spans were not taken';
  } catch {
    return message.slice(0, longest);
  }
}
