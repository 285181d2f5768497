import type { StudyReader, StudyRecord } from '../../contracts/index.ts';
import { exportEpisodes } from './episodes.ts';
import { exportJudgements } from './judgements.ts';
import { exportMeasures } from './measures.ts';
import {
  episodeColumns,
  judgementColumns,
  measureColumns,
  questionColumns,
  runColumns,
  traceColumns,
} from './parquet-columns.ts';
import type { ParquetColumns } from './parquet.ts';
import { exportQuestions } from './questions.ts';
import type { Row } from './row.ts';
import { exportRuns } from './runs.ts';
import { exportTraces, type ExportTracesOptions } from './traces.ts';

/** What the rows of an export are. */
export const exportTableNames = [
  'runs',
  'episodes',
  'traces',
  'questions',
  'measures',
  'judgements',
] as const;
export type ExportTableName = (typeof exportTableNames)[number];

/** What may be asked of a table; those that cannot give it ignore it. */
export interface ExportTableOptions extends Pick<ExportTracesOptions, 'actions'> {
  /** Adds to `runs` when each started and how long it took. */
  readonly timings?: boolean;
}

interface ExportTable {
  readonly rows: (store: StudyReader, options: ExportTableOptions) => AsyncIterable<Row>;
  /** Of its Parquet file, in the order of its rows. */
  readonly columns: (study: StudyRecord, options: ExportTableOptions) => ParquetColumns;
}

export const exportTables: Readonly<Record<ExportTableName, ExportTable>> = {
  runs: { rows: exportRuns, columns: runColumns },
  episodes: { rows: exportEpisodes, columns: ({ runs }) => episodeColumns(runs) },
  traces: { rows: exportTraces, columns: ({ runs }) => traceColumns(runs) },
  questions: { rows: exportQuestions, columns: ({ runs }) => questionColumns(runs) },
  measures: { rows: exportMeasures, columns: ({ runs }) => measureColumns(runs) },
  judgements: { rows: exportJudgements, columns: ({ runs }) => judgementColumns(runs) },
};
