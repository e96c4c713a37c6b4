import { Halt } from './halt.mjs';

/**
 * Calls the API and gives its JSON.
 * @param {string} url
 * @param {unknown} [body] makes it a POST
 * @throws {Halt} with the problem that the API names.
 */
export async function callApi(url, body) {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Halt(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
