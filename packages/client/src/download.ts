export {
  type Download,
  downloadExport,
  requireComplete,
} from './download/download-export.js';
export {
  DownloadError,
  type DownloadFault,
  type DownloadReason,
} from './download/download-fault.js';
export type { FileOutcome } from './download/download-file.js';
export type { DownloadIndex, IndexEntry } from './download/download-folder.js';
export type {
  DownloadOptions,
  DownloadRules,
  DownloadSource,
} from './download/download-options.js';
export type { Section } from './download/list-files.js';
export type { Content } from './download/part-file.js';
export type { DownloadProgress, FileProgress } from './download/progress-board.js';
export type { DownloadTokenProvider } from './download/token-book.js';
