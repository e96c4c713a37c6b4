import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiDocument } from '../src/open-api/open-api-document.js';
import { originForm } from '../src/origin-form.js';
import { routeTable } from '../src/route-table.js';

type Node = Readonly<Record<string, unknown>>;
interface ResponseNode {
  readonly headers?: Readonly<Record<string, Node>>;
  readonly content?: Readonly<Record<string, { readonly schema: Node }>>;
}
export interface Answer {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly target: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export const openApi = openApiDocument(routeTable) as unknown as Node & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Node>>>>;
};
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const ajv = new Ajv2020({
  strict: true,
  // A second schema may speak of members whose types the first one gives.
  strictTypes: false,
  allErrors: true,
  formats: { 'date-time': instant, 'uri-reference': true },
  keywords: ['x-line-schema', 'x-message-schema', ...Object.keys(openApi)],
});
ajv.addSchema(closed(openApi) as object, 'open-api');

/** Answers may grow for their readers; a test wants to hear of each member that no page names. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const node = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  const isShape = node['type'] === 'object' && typeof node['properties'] === 'object';
  return isShape ? { additionalProperties: false, ...node } : node;
}

const compiled = new Map<string, ValidateFunction>();

/** Validates against the schema at this JSON Pointer of the document; returns what is wrong. */
function faultsAt(pointer: string, value: unknown): string[] {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `open-api#${encodeURI(pointer)}` });
  compiled.set(pointer, validate);
  return validate(value) ? [] : [ajv.errorsText(validate.errors)];
}

const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** What an answer has that the OpenAPI document does not say, or lacks that it says. */
export function undocumented(answer: Answer): string[] {
  const found = pointerOf(answer);
  if (found === undefined) return [`status ${answer.status} is not documented`];
  const node = at(found) as ResponseNode & { readonly $ref?: string };
  const pointer = node.$ref === undefined ? found : node.$ref.slice(1);
  const response = at(pointer) as ResponseNode;
  return [...faultsOfHeaders(response, answer), ...faultsOfBody(pointer, response, answer)];
}

/** Where the document tells of an answer of this status, to this call or to what is none. */
function pointerOf({ method, target, status }: Answer): string | undefined {
  const path = pathOf(target);
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = path === undefined ? undefined : openApi.paths[path]?.[verb];
  if (path !== undefined && (operation?.['responses'] as Node | undefined)?.[status] !== undefined)
    return `/paths/${escape(path)}/${verb}/responses/${status}`;
  if (path === undefined && status === 404) return '/components/responses/RouteNotFound';
  if (!operation && path !== undefined && status === 405)
    return '/components/responses/MethodNotAllowed';
  // What every call may answer, so may what is no call: it is not told apart before the caller is known.
  const isCommon = [400, 401, 408, 429, 431, 500, 503].includes(status);
  return operation || !isCommon
    ? undefined
    : `/paths/${escape('/v1/jobs')}/get/responses/${status}`;
}

function pathOf(target: string): string | undefined {
  const [path = ''] = originForm(target).split(/[?#]/, 1);
  const patterns = Object.keys(openApi.paths).map((template) => {
    const pattern = template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
    return { template, pattern: new RegExp(`^${pattern}$`) };
  });
  // A path without parameters is the better match.
  const matches = patterns.filter(({ pattern }) => pattern.test(path));
  return (matches.find(({ template }) => template === path) ?? matches[0])?.template;
}

function at(pointer: string): unknown {
  const parts = pointer.slice(1).split('/');
  return parts.reduce<unknown>(
    (node, part) => (node as Node | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
    openApi,
  );
}

function faultsOfHeaders(response: ResponseNode, { headers, status }: Answer): string[] {
  return Object.entries(response.headers ?? {}).flatMap(([name, told]) => {
    const row = '$ref' in told ? openApi.components['headers']?.[name] : told;
    const value = headers[name.toLowerCase()];
    if (value === undefined) return row?.['required'] ? [`${status} lacks the header ${name}`] : [];
    return faultsAt(`/components/headers/${name}/schema`, value);
  });
}

function faultsOfBody(pointer: string, { content = {} }: ResponseNode, answer: Answer): string[] {
  const { method, headers, text, status } = answer;
  if (method === 'HEAD') return text === '' ? [] : ['HEAD has a body'];
  const { 'content-type': type = '' } = headers as { readonly 'content-type'?: string };
  const [mediaType = ''] = type.split(';');
  if (Object.keys(content).length === 0) return text === '' ? [] : [`${status} has a body`];
  const schema = content[mediaType]?.schema;
  if (!schema) return [`${status} is not documented as ${mediaType}`];
  const place = `${pointer}/content/${escape(mediaType)}/schema`;
  if ('x-line-schema' in schema)
    return text
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => faultsAt(`${place}/x-line-schema`, JSON.parse(line)));
  return faultsAt(place, mediaType.endsWith('json') ? JSON.parse(text) : text);
}
