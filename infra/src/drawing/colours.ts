import type { FieldConfig } from '@grafana/grafana-foundation-sdk/dashboard';

/** Grafana's dark theme. */
export const theme = {
  page: '#111217',
  panel: '#181b1f',
  border: '#2c2e33',
  text: '#ccccdc',
  faint: '#9a9ba6',
  grid: '#2b2e34',
  unfilled: '#26282e',
} as const;

/** Its classic palette: the colour of a line goes by its place. */
const palette = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#ffb357',
  '#37872d',
  '#fade2a',
  '#447ebc',
  '#c15c17',
  '#96d98d',
  '#ca95e5',
] as const;

const named: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  red: '#f2495c',
  text: theme.text,
};

export const lineColour = (index: number): string => palette[index % palette.length] ?? theme.text;

/** The colour of the last threshold that a value has reached. */
export function thresholdColour(value: number, field: FieldConfig | undefined): string {
  const steps = field?.thresholds?.steps ?? [];
  const reached = steps.findLast((step) => step.value === null || value >= step.value);
  return named[reached?.color ?? 'text'] ?? theme.text;
}
