import { settingGroups, settingsTable } from '@bulkwatch/runtime';
import { code, list, page } from './markdown.mjs';

const introduction = `\
Both services read their settings from environment variables when they start. Files that hold secrets are
followed (see below); whatever else is changed takes a restart. A service that
cannot use its settings says so and exits with code 1: every problem is listed at once, by name and without
its value. An unknown \`BULKWATCH_\` name counts as a problem, since it is most likely misspelt. Only
${settingsTable
  .filter((row) => 'required' in row)
  .map(({ env }) => code(env))
  .join(' and ')} must be set.`;

const readers = new Intl.ListFormat('en-GB');

const forms = list([
  'A **duration** is a whole number with a unit: `500ms`, `30s`, `5m`, `24h`, `30d`.',
  'A **size** is a whole number with a unit: `512b`, `64kb`, `16mb`, `1gb`. A kb has 1024 bytes.',
  'An **empty** text counts as unset.',
  'A **secret** may be given as a file, which the name with `_FILE` at its end names; one trailing newline is dropped. Setting both is a problem. No secret is ever logged.',
  'A secret that came out of **a file follows it**: within three seconds of a change what is connected to from then on is connected to with the new one. So do seal keys, the credentials and tenants files with the files that they name, and the keys of an issuer (JWKS). A file that cannot be used leaves the old version in force; the log and `bulkwatch_secret_file_reloads_total` tell (credentials and tenants: `bulkwatch_credential_reloads_total`, `bulkwatch_tenants_reloads_total`). Swapped links, as of mounted Kubernetes secrets, are noticed; a file mounted with `subPath` never changes.',
  'A setting that only the **other service** reads is ignored, so both can share one environment file; [.env.example](../.env.example) lists all of them.',
  'A name with **`DANGEROUSLY`** in it lowers safety.',
]);

/** docs/configuration.md */
export function configurationPage() {
  return page({
    title: 'Configuration',
    source: 'packages/runtime/src/settings',
    parts: [introduction, forms, ...settingGroups.flatMap(group)],
  });
}

function group(name) {
  const rows = settingsTable.filter((row) => row.group === name);
  return [`## ${name}`, ...rows.map(setting)];
}

function setting(row) {
  const facts = [
    `Default: ${initially(row)}`,
    `Accepts: ${row.kind.accepts}`,
    `Read by: ${readers.format(row.services)}`,
    ...(row.secret
      ? [`Secret: may be given as the file that ${code(`${row.env}_FILE`)} names`]
      : []),
    `When to change it: ${row.whenToChange}`,
  ];
  return [`### ${code(row.env)}`, row.description, list(facts)].join('\n\n');
}

function initially(row) {
  if (row.required) return 'none, **it must be set**';
  return row.default === undefined ? 'none' : code(row.default);
}
