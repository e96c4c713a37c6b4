import { dashboards } from '../../config.js';
import { createDashboard } from '../dashboard.js';
import { chosenProvider } from '../variables.js';
import { allProviders } from './all-providers.js';
import { answers } from './answers.js';
import { gate } from './gate.js';
import { health } from './health.js';

export const provider = createDashboard({
  uid: dashboards.provider,
  title: 'Bulkwatch: Provider',
  description: 'How is one provider, what does it answer, and what holds its polls back?',
  variables: [chosenProvider],
  sections: [health, answers, gate, allProviders],
});
