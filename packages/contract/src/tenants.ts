/** Whom everything belongs to where nobody says otherwise: that of a caller without authentication. */
export const defaultTenant = 'default';

/**
 * Whether a text can be the name of a tenant: 1 to 63 letters, digits, dots, dashes and underscores, beginning
 * with a letter or digit. Names become parts of Redis keys and of ACL patterns, where other signs have a meaning.
 */
export const isTenant = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text);
