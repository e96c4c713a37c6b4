import {
  acknowledgementSchema,
  acknowledgeSchema,
  amendmentSchema,
  batchResultSchema,
  createdWebhookEndpointSchema,
  exportEventSchema,
  exportLogEntrySchema,
  jobActionsResultSchema,
  jobActionsSchema,
  jobListSchema,
  jobSchema,
  manifestSchema,
  manifestSummarySchema,
  newWebhookEndpointSchema,
  outputFileSchema,
  pauseSchema,
  pollListSchema,
  pollNowSchema,
  pollSchema,
  problemSchema,
  providerDetailSchema,
  providerListSchema,
  providerSchema,
  refreshSchema,
  registrationSchema,
  replayWebhookSchema,
  resetSchema,
  rotatedWebhookSecretSchema,
  rotateWebhookSecretSchema,
  scorecardSchema,
  webhookDeliveryListSchema,
  webhookDeliverySchema,
  webhookDisabledEventSchema,
  webhookEndpointAmendmentSchema,
  webhookEndpointListSchema,
  webhookEndpointSchema,
  webhookReplaySchema,
  webhookTestEventSchema,
  webhookTestSchema,
} from '@bulkwatch/contract';
import { z } from 'zod';

/** The shapes of the contract by their name in the OpenAPI document. */
const schemas = {
  Registration: registrationSchema,
  Amendment: amendmentSchema,
  Acknowledge: acknowledgeSchema,
  Acknowledgement: acknowledgementSchema,
  PollNow: pollNowSchema,
  Refresh: refreshSchema,
  JobActions: jobActionsSchema,
  JobActionsResult: jobActionsResultSchema,
  Job: jobSchema,
  JobList: jobListSchema,
  Poll: pollSchema,
  PollList: pollListSchema,
  Manifest: manifestSchema,
  ManifestSummary: manifestSummarySchema,
  OutputFile: outputFileSchema,
  BatchResult: batchResultSchema,
  ExportEvent: exportEventSchema,
  ExportLogEntry: exportLogEntrySchema,
  Reset: resetSchema,
  Provider: providerSchema,
  ProviderDetail: providerDetailSchema,
  ProviderList: providerListSchema,
  Pause: pauseSchema,
  Scorecard: scorecardSchema,
  NewWebhookEndpoint: newWebhookEndpointSchema,
  CreatedWebhookEndpoint: createdWebhookEndpointSchema,
  WebhookEndpoint: webhookEndpointSchema,
  WebhookEndpointList: webhookEndpointListSchema,
  WebhookEndpointAmendment: webhookEndpointAmendmentSchema,
  RotateWebhookSecret: rotateWebhookSecretSchema,
  RotatedWebhookSecret: rotatedWebhookSecretSchema,
  WebhookTest: webhookTestSchema,
  WebhookDelivery: webhookDeliverySchema,
  WebhookDeliveryList: webhookDeliveryListSchema,
  ReplayWebhook: replayWebhookSchema,
  WebhookReplay: webhookReplaySchema,
  WebhookDisabledEvent: webhookDisabledEventSchema,
  WebhookTestEvent: webhookTestEventSchema,
  Problem: problemSchema,
  Reason: problemSchema.shape.reason,
} as const satisfies Record<string, z.ZodType>;
export type SchemaName = keyof typeof schemas;

export const schemaRef = (name: SchemaName): object => ({ $ref: `#/components/schemas/${name}` });

/** The JSON Schemas (2020-12) of all shapes. What answers hold may grow, so they are open and requests are not. */
export function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => simplify(jsonSchema),
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(
      ([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema] as const,
    ),
  );
}

/** The JSON Schema (2020-12) of one shape, with all that it refers to in it. */
export function wholeSchema(name: SchemaName): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schemas[name], {
    io: 'input',
    override: ({ jsonSchema }) => simplify(jsonSchema),
  });
}

/** The parameters that a query may have: by name, the JSON Schema of each. */
export function queryParameters(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, {
    io: 'input',
    override: ({ jsonSchema }) => simplify(jsonSchema),
  });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: listOf(schema),
  }));
}

/** A parameter that may come once or more often is a list to OpenAPI. */
function listOf(schema: unknown): unknown {
  const { anyOf } = schema as { anyOf?: readonly { type?: string }[] };
  return anyOf?.find(({ type }) => type === 'array') ?? schema;
}

/** Leaves out what only restates the type: the bounds of exact integers, and the letters of an instant. */
function simplify(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === 'date-time') delete schema.pattern;
}
