/** Tokens of the simulation, and capabilities in its URLs. */
const secrets = /secret-\d+-\d+|capability-\d+/;

/** The first secret that stands in a text in clear. */
export const secretIn = (text: string): string | undefined => secrets.exec(text)?.[0];
