type Value = string | number | boolean | undefined;

/** A query of what is defined. Labels become one `label=key:value` each. */
export function queryOf(
  values: Readonly<Record<string, Value>>,
  labels: Readonly<Record<string, string>> = {},
): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) query.append(name, String(value));
  for (const [key, value] of Object.entries(labels)) query.append('label', `${key}:${value}`);
  return query;
}
