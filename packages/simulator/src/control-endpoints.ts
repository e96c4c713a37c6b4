import { z } from 'zod';
import { jsonAnswer } from './answer.js';
import type { SimulatedExport } from './export-book.js';
import type { ExportScript } from './export-script.js';
import { playRequestSchema, scriptOf } from './play-request.js';
import type { Endpoint, Provider } from './provider.js';
import { readBody } from './read-body.js';
import { scenarios } from './scenarios.js';

const maxBytes = 1_048_576;

/** `GET /_simulator/exports`: every export and how often it was polled. */
export function listExportsEndpoint(provider: Provider): Endpoint {
  return () => ({ answer: jsonAnswer(200, { exports: provider.exports.all().map(summary) }) });
}

/** `POST /_simulator/exports`: an ExportScript as JSON, or the name of a scenario, begins an export. */
export function createExportEndpoint(provider: Provider): Endpoint {
  return async ({ request }) => {
    const body = await readBody(request, maxBytes);
    if (body.kind === 'too-large') {
      return { answer: jsonAnswer(413, { error: `The script is larger than ${maxBytes} bytes.` }) };
    }
    try {
      const { id, statusUrl } = provider.exports.create(requestedScript(body.text));
      return { answer: jsonAnswer(201, { id, statusUrl }, { Location: statusUrl }) };
    } catch (error) {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      return { answer: jsonAnswer(400, { error: message }) };
    }
  };
}

/** `GET /_simulator/record?exportId=&toleranceMs=`: the record, and what it says of the clients' manners. */
export function recordEndpoint({ recorder: { record } }: Provider): Endpoint {
  return ({ url }) => {
    const exportId = url.searchParams.get('exportId') ?? undefined;
    const toleranceMs = Number(url.searchParams.get('toleranceMs') ?? 0) || 0;
    const early = record.earlyPolls(toleranceMs);
    const view = {
      requests: exportId === undefined ? record.requests : record.requestsOf(exportId),
      forgotten: record.forgotten,
      earlyPolls: exportId === undefined ? early : early.filter((one) => one.exportId === exportId),
      maxConcurrency: record.maxConcurrency(exportId),
      tokenRequests: record.tokenRequests,
    };
    return { answer: jsonAnswer(200, view) };
  };
}

/** `GET /_simulator/scenarios`: all that can be asked for by name. */
export const listScenariosEndpoint: Endpoint = () => ({
  answer: jsonAnswer(200, {
    scenarios: Object.entries(scenarios).map(([name, scenario]) => ({
      name,
      ...scenario,
      script: undefined,
    })),
  }),
});

function requestedScript(text: string): ExportScript {
  const request = JSON.parse(text) as unknown;
  const isPlay = typeof request === 'object' && request !== null && 'scenario' in request;
  return isPlay ? scriptOf(playRequestSchema.parse(request)) : (request as ExportScript);
}

const summary = ({ id, statusUrl, polls, deleted }: SimulatedExport) => ({
  id,
  statusUrl,
  polls,
  deleted,
});
