/** What the reader of a dashboard can choose. */
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { series } from './promql.js';

/** The data source that the reader has chosen. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export type Variable = () => VariableModel;

export const chosenDatasource: Variable = () =>
  new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').build();

/** Scrape jobs of Bulkwatch: all of them stand for what they are, so that nobody else's processes come in. */
export const chosenJobs: Variable = () =>
  query('job', 'Job', 'label_values(bulkwatch_build_info, job)')
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' })
    .build();

/** Processes of these jobs. */
export const chosenInstances: Variable = () =>
  query('instance', 'Instance', 'label_values(bulkwatch_build_info{job=~"$job"}, instance)')
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' })
    .build();

/** One provider, or `other` for all that have no figures of their own. */
export const chosenProvider: Variable = () =>
  query('provider', 'Provider', `label_values(${series('bulkwatch_provider_open_jobs')}, provider)`)
    .multi(false)
    .includeAll(false)
    .build();

function query(name: string, label: string, text: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(text)
    .definition(text)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
