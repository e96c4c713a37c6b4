import { describe, expect, it } from 'vitest';
import { alertNames, alertRules } from './support/alert-rules.js';
import { filesOf, readText } from './support/infra-files.js';

describe.each(alertRules)('$alert', ({ alert, labels, annotations, for: wait }) => {
  it('says how bad it is, what happened, and what to do', () => {
    expect(labels?.['severity']).toMatch(/^(critical|warning)$/);
    expect(annotations?.['summary']).toMatch(/\S.*\.$/);
    expect(annotations?.['description']).toMatch(/\S.*\.$/);
    expect(annotations?.['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
  });

  it('waits until it is sure', () => {
    expect(wait).toMatch(/^[1-9]\d*m$/);
  });

  it('has a runbook with every part that one is looked up for', () => {
    const text = readText(`docs/runbooks/${alert}.md`);
    expect(text.split('\n')[0]).toBe(`# ${alert}`);
    expect(text.match(/^## .+$/gm)).toEqual([
      '## What it means',
      '## What users feel',
      '## Look here first',
      '## Do this',
    ]);
  });
});

describe('runbooks', () => {
  const runbooks = filesOf('docs/runbooks', '.md');

  it('are there for alerts and for nothing else', () => {
    expect(runbooks).toEqual(alertNames.map((name) => `${name}.md`).sort());
  });

  it.each(runbooks)('%s links only to runbooks that exist', (name) => {
    const links = [...readText(`docs/runbooks/${name}`).matchAll(/\]\(([^)/]+)\)/g)];
    expect(runbooks).toEqual(expect.arrayContaining(links.map(([, target]) => target)));
  });
});
