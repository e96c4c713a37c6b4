import fc from 'fast-check';
import { openApi } from './open-api-check.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
}

/** Values that a JSON Schema of the OpenAPI document describes, as far as schemas of the contract go. */
export function arbitraryOf(schema: unknown): fc.Arbitrary<unknown> {
  const node = schema as Schema;
  if (node.$ref !== undefined) return arbitraryOf(component(node.$ref));
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.anyOf) return fc.oneof(...node.anyOf.map(arbitraryOf));
  const [type] = [node.type ?? 'string'].flat();
  if (type === 'object') return objectOf(node);
  if (type === 'array') return fc.array(arbitraryOf(node.items ?? {}), { maxLength: 4 });
  if (type === 'integer')
    return fc.integer({ min: node.minimum ?? -5, max: node.maximum ?? 5_000 });
  if (type === 'number') return fc.double({ noNaN: true });
  if (type === 'boolean') return fc.boolean();
  return textOf(node);
}

function component(ref: string): unknown {
  return openApi.components['schemas']?.[ref.replace('#/components/schemas/', '')];
}

function objectOf({ properties, required, ...node }: Schema): fc.Arbitrary<unknown> {
  if (!properties)
    return fc.dictionary(
      arbitraryOf(node.propertyNames ?? {}) as fc.Arbitrary<string>,
      arbitraryOf(node.additionalProperties),
      { maxKeys: 4 },
    );
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, arbitraryOf(part)] as const),
  );
  return fc.record(model, { requiredKeys: [...(required ?? [])] });
}

function textOf({ format, pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((instant) => instant.toISOString());
  const text =
    pattern === undefined
      ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) })
      : fc.stringMatching(new RegExp(pattern));
  return text.filter((made) => made.length >= minLength && made.length <= maxLength);
}
