import { builtInPresets, genericPreset, protocols, providerPresetSchema } from '@bulkwatch/core';
import { examplePresets } from './example-presets.mjs';
import { code, codes, list, page, table } from './markdown.mjs';

const introduction = `\
A preset is what is known of a provider beyond the protocol that it speaks: data, not code. A job has the one that
its registration names, else the one that the settings give to the origin of its status URL, else \`generic\`,
which assumes nothing. It is looked up at each poll: settings that are mended hold for open jobs too, from the
restart of the worker on.`;

const choosing = `\
## Choosing one

By name, when the job is registered:

\`\`\`json
{ "statusUrl": "https://ehr.example.org/bulk-export/jobs/8d2c0f6e", "preset": "oracle-millennium" }
\`\`\`

By origin, for all jobs that name none, in the settings of both services:

\`\`\`sh
BULKWATCH_PROVIDER_PRESETS=https://ehr.example.org=oracle-millennium,https://fhir.example.net=hapi
\`\`\`

A preset says which protocol is spoken, so that a registration need not. A job whose preset is gone, or now speaks
another protocol, is not polled and not failed: it waits with the reason
[\`preset-missing\`](reasons.md#preset-missing) until the settings are mended.`;

const tableText = `\
An empty cell means: as the specification has it, or as the settings say. Waits are the first one where the
provider names none (default) and the shortest one whatever it names (at least); a Retry-After with 429 or 503 holds
for all jobs of the provider, unless it is one of the job. The gate is what all workers together may ask of the
provider; as it holds for the jobs of all tenants, only the preset that the settings give to an origin has one, not a
preset that a registration names. Accept is ${code(genericPreset.accept)}
unless given, and the delete request a DELETE of the status URL. When an export ends without an Expires, its files
are taken to be kept for as long as the last column says, and the job is marked \`expiryAssumed\`.`;

const ownText = `\
## Your own

\`BULKWATCH_PRESETS_FILE\` names a JSON file of more presets. The name of a built-in one cannot be taken, but a preset
may \`extends\` one and state only what differs; a member that it states replaces the whole of that member. Both
services read the file when they start, refuse to start with a faulty one, and list its faults.`;

const statusFieldText = `\
## The options of \`status-field\`

They say where the status document has what, by [JSON Pointers](https://www.rfc-editor.org/rfc/rfc6901): of several
the first that leads to something counts. The second preset above reads this document as an export that is 40 %
done:`;

const statusFieldExample = { extract: { state: 'collecting', done: 40, files: [] } };

/** What the members of a preset mean, in the order of the page. */
const members = {
  title: "The provider's name, for people. Must be given.",
  source: 'Who says so, and how far it can be trusted.',
  protocol: 'One of the protocols below.',
  accept: 'The Accept header of requests.',
  alternateAccept:
    'The one that is used from then on when the provider has refused the other with 406.',
  headers: "More headers, sent to the provider's own origin only. No place for secrets.",
  retryAfter:
    'Waits between polls: `floorSeconds`, the shortest; `ceilingSeconds`, the longest; `defaultSeconds`, with which the back-off begins where the provider names none. `jobStatuses` (429, 503): those whose Retry-After is the wait of the job that was asked for, where it otherwise holds for all jobs of the provider.',
  gate: 'What all workers together may ask of the provider: `concurrency`, requests in flight; `perSecond`, requests per second on average; `burst`, requests at once.',
  stallAfterHours:
    'How long an export may stand still before it is stalled. Where this is not given, it is a day, or what the exports of the provider have taught.',
  deadlineDays: 'How long a job without a deadline of its own is tracked.',
  progressTexts:
    'Parts of X-Progress by which a 202 tells that the export has `failed` or was `cancelled`: believed at the second sighting.',
  cancelled:
    'By which `statuses` (404, 410), or `codes` of an OperationOutcome under 404, the provider tells that an export was cancelled.',
  retentionHours: 'How long files are kept where no Expires tells.',
  options: 'What the protocol wants to know besides.',
};

/** docs/providers.md */
export function providersPage() {
  return page({
    title: 'Providers',
    source: 'packages/core/src/presets',
    parts: [
      introduction,
      choosing,
      '## Presets',
      tableText,
      presetTable(),
      '## How well it is known',
      list([...builtInPresets].map(([name, { source }]) => `${code(name)}: ${source}`)),
      ownText,
      `\`\`\`json\n${examplePresets()}\n\`\`\``,
      memberTable(),
      '## Protocols',
      protocolTable(),
      statusFieldText,
      `\`\`\`json\n${JSON.stringify(statusFieldExample)}\n\`\`\``,
      optionTable(),
    ],
  });
}

/** The columns of the table of presets, each with how its cell is made. */
const columns = {
  Provider: ({ title }) => title,
  Protocol: ({ protocol }) => code(protocol),
  Waits: waits,
  Gate: gate,
  'Stalled after': ({ stallAfterHours }) =>
    stallAfterHours === undefined ? '' : hours(stallAfterHours),
  Deadline: ({ deadlineDays }) => (deadlineDays === undefined ? '' : `${deadlineDays} days`),
  Headers: headers,
  'Ends under 202': hiddenEnds,
  'Tells of a cancelled export by': cancelled,
  'Delete request': deleteRequest,
  'Files kept': ({ retentionHours }) => (retentionHours === undefined ? '' : hours(retentionHours)),
};

function presetTable() {
  const rows = [...builtInPresets].map(([name, preset]) => [
    code(name),
    ...Object.values(columns).map((cellOf) => cellOf(preset)),
  ]);
  return table(['Preset', ...Object.keys(columns)], rows);
}

function waits({ retryAfter: { floorSeconds, defaultSeconds, ceilingSeconds, jobStatuses = [] } }) {
  const facts = { default: defaultSeconds, 'at least': floorSeconds, 'at most': ceilingSeconds };
  return [
    ...Object.entries(facts)
      .filter(([, seconds]) => seconds !== undefined)
      .map(([word, seconds]) => `${word} ${seconds} s`),
    ...jobStatuses.map((status) => `${status} of the job`),
  ].join(', ');
}

function gate({ gate: { concurrency, perSecond, burst } }) {
  const facts = { '{} in flight': concurrency, '{} per second': perSecond, '{} at once': burst };
  return Object.entries(facts)
    .filter(([, limit]) => limit !== undefined)
    .map(([words, limit]) => words.replace('{}', String(limit)))
    .join(', ');
}

function headers({ accept, headers: more }) {
  const all = { ...(accept !== genericPreset.accept && { Accept: accept }), ...more };
  return codes(Object.entries(all).map(([name, value]) => `${name}: ${value}`));
}

function hiddenEnds({ progressTexts }) {
  return Object.entries(progressTexts)
    .filter(([, texts]) => texts.length > 0)
    .map(([end, texts]) => `X-Progress with ${codes(texts)}: ${end}`)
    .join('; ');
}

/** How the provider tells of it. */
function cancelled({ cancelled: { statuses, codes: issueCodes }, options }) {
  const { values = {}, failure } = options ?? {};
  const words = Object.keys(values).filter((value) => values[value] === 'cancelled');
  return [
    ...statuses.map((status) => code(String(status))),
    ...issueCodes.map((issueCode) => `404 with code ${code(issueCode)}`),
    ...words.map(code),
    ...(failure?.cancelled ?? []).map((value) => `${code(value)} at ${code(failure.at[0])}`),
  ].join(', ');
}

function deleteRequest({ options }) {
  if (options?.cancel === undefined) return '';
  const { method, suffix, body } = options.cancel;
  const parts = [
    method,
    ...(suffix ? [`…${suffix}`] : []),
    ...(body ? [JSON.stringify(body)] : []),
  ];
  return code(parts.join(' '));
}

const hours = (count) => (count % 24 === 0 && count > 72 ? `${count / 24} days` : `${count} h`);

function memberTable() {
  const known = Object.keys(providerPresetSchema.unwrap().shape);
  if (String(known) !== String(Object.keys(members)))
    throw new Error(`the members of a preset are ${known.join()}`);
  const rows = known.map((name) => [code(name), members[name]]);
  return table(['Member', 'Meaning'], rows);
}

function protocolTable() {
  const rows = [...protocols].map(([name, { meaning }]) => [code(name), meaning]);
  return table(['Protocol', 'Speaks it'], rows);
}

function optionTable() {
  const { shape } = protocols.get('status-field').options;
  const rows = Object.entries(shape).map(([name, { description }]) => [code(name), description]);
  return table(['Option', 'Meaning'], rows);
}
