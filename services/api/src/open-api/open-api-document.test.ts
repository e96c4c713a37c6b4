import { describe, expect, it } from 'vitest';
import { routeTable } from '../route-table.js';
import { openApiDocument } from './open-api-document.js';

const document = openApiDocument(routeTable);
const text = JSON.stringify(document);

interface Operation {
  readonly operationId: string;
  readonly security: readonly { readonly bearer?: readonly string[] }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
const operationOf = (path: string, method: string) =>
  document.paths[path]?.[method] as Operation | undefined;

function resolve(ref: string): unknown {
  const parts = ref.replace('#/', '').split('/');
  return parts.reduce<unknown>(
    (node, part) => (node as Record<string, unknown> | undefined)?.[part],
    document,
  );
}

describe('the OpenAPI document', () => {
  it.each(routeTable)('has $method $path with its scope', ({ method, path, scope, name }) => {
    const operation = operationOf(path.replace(/:(\w+)/, '{$1}'), method);

    expect(operation).toMatchObject({ operationId: name, security: [{ bearer: [scope] }] });
    const statuses = Object.keys(operation?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining(['400', '401', '403', '429', '500', '503']));
    expect(statuses[0]).toMatch(/^20[0-24]$/);
  });

  it('names each operation once', () => {
    const names = text.match(/"operationId":"\w+"/g) ?? [];

    expect(names.length).toBe(routeTable.length + 3);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what receivers of webhooks are sent', () => {
    const { post } = document.webhooks.event;

    expect(post.parameters.map((parameter) => (parameter as { name: string }).name)).toEqual([
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ]);
    expect(post.requestBody.content).toHaveProperty(['application/cloudevents+json']);
  });

  it('refers only to what it holds', () => {
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);

    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((ref) => resolve(ref) === undefined)).toEqual([]);
  });

  it('has no part that nothing refers to', () => {
    const { schemas = {}, headers = {} } = document.components;
    const parts = [
      ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
      ...Object.keys(headers).map((name) => `#/components/headers/${name}`),
    ];

    expect(parts.filter((ref) => !text.includes(`"${ref}"`))).toEqual([]);
  });

  it('leaves answers open to new members, and requests closed to unknown ones', () => {
    const { Job, Problem, Registration, Amendment } = document.components['schemas'] ?? {};

    for (const shape of [Job, Problem]) expect(shape).not.toHaveProperty('additionalProperties');
    for (const shape of [Registration, Amendment])
      expect(shape).toMatchObject({ additionalProperties: false });
  });
});
