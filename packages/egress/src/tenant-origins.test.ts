import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
import { loadTenantOrigins } from './tenant-origins.js';

const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-tenants-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: unknown): string {
  const file = join(folder, 'tenants.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function problemsOf(file: string): Promise<readonly ConfigurationProblem[]> {
  try {
    await loadTenantOrigins(file, { allowHttp: false });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadTenantOrigins', () => {
  it('has none without a file', async () => {
    const none = { providers: new Map(), webhooks: new Map() };
    expect(await loadTenantOrigins(undefined, { allowHttp: false })).toEqual(none);
  });

  it('reads origins and patterns in their one spelling', async () => {
    const file = fileOf({
      tenants: {
        acme: { providerOrigins: ['HTTPS://EHR.example:443/', 'https://*.Clinic.example'] },
        frozen: { providerOrigins: [], webhookOrigins: ['https://HOOKS.example'] },
        posted: { webhookOrigins: [] },
      },
    });

    expect(await loadTenantOrigins(file, { allowHttp: false })).toEqual({
      providers: new Map([
        ['acme', ['https://ehr.example', 'https://*.clinic.example']],
        ['frozen', []],
      ]),
      webhooks: new Map([
        ['frozen', ['https://hooks.example']],
        ['posted', []],
      ]),
    });
  });

  it('reads http origins where http is allowed', async () => {
    const file = fileOf({ tenants: { acme: { providerOrigins: ['http://127.0.0.1:9000'] } } });

    const { providers } = await loadTenantOrigins(file, { allowHttp: true });
    expect(providers.get('acme')).toHaveLength(1);
    expect(await problemsOf(file)).toEqual([
      {
        where: '/tenants/acme/providerOrigins/0',
        message: 'must be https; http is for tests only',
      },
    ]);
  });

  it('names everything that is wrong, and no value', async () => {
    const file = fileOf({
      tenants: {
        acme: { providerOrigins: ['https://canary.example/path', 7], origins: [] },
        zeta: {},
        'no/name': { providerOrigins: [] },
      },
      more: 1,
    });
    const problems = await problemsOf(file);

    expect(problems.map(({ where }) => where).sort()).toEqual([
      '/more',
      '/tenants/acme/origins',
      '/tenants/acme/providerOrigins/0',
      '/tenants/acme/providerOrigins/1',
      '/tenants/no~1name',
      '/tenants/zeta',
    ]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  it.each([
    ['{', 'is not valid JSON'],
    ['[]', 'expected object'],
    ['{}', 'expected record'],
  ])('says what is wrong with a file of %s', async (text, message) => {
    const [problem] = await problemsOf(fileOf(text));

    expect(problem?.message).toContain(message);
  });

  it('says that a file cannot be read', async () => {
    expect(await problemsOf(join(folder, 'absent.json'))).toEqual([
      { where: 'the file', message: 'cannot be read (ENOENT)' },
    ]);
  });
});
