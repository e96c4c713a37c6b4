/** What a parameter `label` names. Label names hold no colon, values may. */
export function keyAndValue(label: string): [key: string, value: string] {
  const colon = label.indexOf(':');
  return [label.slice(0, colon), label.slice(colon + 1)];
}
