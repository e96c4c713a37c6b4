import { describe, expect, it } from 'vitest';
import { commandTable } from './command-table.js';
import { exitCodes } from './exit-codes.js';
import { findCommand } from './find-command.js';
import { help, helpOf } from './help.js';

describe.each(commandTable.map((command) => [command.name, command] as const))(
  'bulkwatch %s',
  (name, command) => {
    it('is found by its name, and is in the help', () => {
      expect(findCommand([...name.split(' '), 'x'])).toEqual({ command, rest: ['x'] });
      expect(help()).toContain(`  bulkwatch ${name} `);
    });

    it('has no option in its usage that it does not take', () => {
      const shown = [...command.usage.matchAll(/--([\w-]+)/g)].map((match) => match[1]);

      expect(shown.filter((option) => !Object.hasOwn(command.options, option ?? ''))).toEqual([]);
    });

    it('writes JSON, takes no key as an argument, and explains its options', () => {
      expect(Object.keys(command.options)).toContain('json');
      expect(Object.keys(command.options)).not.toContain('api-key');
      for (const [option, { does }] of Object.entries(command.options)) {
        expect(helpOf(command)).toContain(`--${option}`);
        expect(helpOf(command)).toContain(does);
      }
    });
  },
);

it('no two ends of a run have one exit code', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code);

  expect(new Set(codes).size).toBe(codes.length);
});
