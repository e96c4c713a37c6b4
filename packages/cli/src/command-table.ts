import type { Command } from './command.js';
import { acknowledge } from './commands/acknowledge.js';
import { cancel } from './commands/cancel.js';
import { completion } from './commands/completion.js';
import { doctor } from './commands/doctor.js';
import { download } from './commands/download.js';
import { eventsTail } from './commands/events-tail.js';
import { fleet } from './commands/fleet.js';
import { keysCreate } from './commands/keys-create.js';
import { keysList } from './commands/keys-list.js';
import { keysRevoke } from './commands/keys-revoke.js';
import { list } from './commands/list.js';
import { manifest } from './commands/manifest.js';
import { pause } from './commands/pause.js';
import { poll } from './commands/poll.js';
import { providersList } from './commands/providers-list.js';
import { providersPause } from './commands/providers-pause.js';
import { providersResume } from './commands/providers-resume.js';
import { providersShow } from './commands/providers-show.js';
import { refresh } from './commands/refresh.js';
import { register } from './commands/register.js';
import { republish } from './commands/republish.js';
import { resume } from './commands/resume.js';
import { sealRotate } from './commands/seal-rotate.js';
import { show } from './commands/show.js';
import { simulate } from './commands/simulate.js';
import { watch } from './commands/watch.js';
import { webhooksCreate } from './commands/webhooks-create.js';
import { webhooksDelete } from './commands/webhooks-delete.js';
import { webhooksDeliveries } from './commands/webhooks-deliveries.js';
import { webhooksDisable } from './commands/webhooks-disable.js';
import { webhooksEnable } from './commands/webhooks-enable.js';
import { webhooksList } from './commands/webhooks-list.js';
import { webhooksReplay } from './commands/webhooks-replay.js';
import { webhooksRotateSecret } from './commands/webhooks-rotate-secret.js';
import { webhooksShow } from './commands/webhooks-show.js';
import { webhooksTest } from './commands/webhooks-test.js';

/** Every command, in the order of the help. */
export const commandTable: readonly Command[] = [
  register,
  list,
  show,
  watch,
  manifest,
  download,
  cancel,
  pause,
  resume,
  poll,
  refresh,
  republish,
  acknowledge,
  eventsTail,
  providersList,
  providersShow,
  providersPause,
  providersResume,
  webhooksList,
  webhooksShow,
  webhooksCreate,
  webhooksEnable,
  webhooksDisable,
  webhooksRotateSecret,
  webhooksDelete,
  webhooksTest,
  webhooksDeliveries,
  webhooksReplay,
  keysCreate,
  keysList,
  keysRevoke,
  sealRotate,
  doctor,
  fleet,
  simulate,
  completion,
];
