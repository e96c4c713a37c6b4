import type { CommandParts } from '../command.js';
import { renderTable } from '../render-table.js';

/** Lists what can be played: by name, with the preset of the provider that it plays. */
export async function listScenarios(
  { out, screen, paint }: Pick<CommandParts, 'out' | 'screen' | 'paint'>,
  json: boolean,
): Promise<void> {
  const { scenarios } = await import('@bulkwatch/simulator');
  const rows = Object.entries(scenarios).map(([name, { plays, tells }]) => ({
    name,
    plays,
    tells,
  }));
  if (json) {
    for (const row of rows) out(JSON.stringify(row));
    return;
  }
  const cells = rows.map(({ name, plays, tells }) => [name, plays, tells]);
  const table = renderTable(['SCENARIO', 'PLAYS', 'TELLS'], cells, {
    columns: screen()?.columns,
    paint,
  });
  for (const line of table) out(line);
}
