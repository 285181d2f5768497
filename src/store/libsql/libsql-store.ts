import type { StudyDefinition, StudyReader, StudyWriter } from '../../contracts/index.ts';
import type { Connection } from './connection.ts';
import { episodeWriter, loadEpisode, loadEpisodes } from './episode-tables.ts';
import { storableText } from './storable-text.ts';
import { fromReferenceRow, toReferenceColumns, toSettledRun } from '../rows.ts';
import { loadPage, loadProgress } from './run-queries.ts';
import { loadSpending, saveReserve, saveSettlement } from './spending-table.ts';
import { judgeColumns, loadOutcomes, loadStudy, outcomeWriter, saveStudy } from './study-tables.ts';
import { loadTallies, saveTallies } from './tally-table.ts';

/** A study over an open connection; `onClose` runs after the connection has been closed. */
export function libsqlReader(db: Connection, onClose: () => void = () => {}): StudyReader {
  const { queries } = db;
  let open = true;
  return {
    version: () => db.inTurn(() => db.pragma('data_version')),
    head: () =>
      db.inTurn(() => {
        const [row] = db.all(queries.selectFrom('study').select(['name', 'definition']));
        return row && { name: row.name, definition: JSON.parse(row.definition) as StudyDefinition };
      }),
    study: () => db.inTurn(() => loadStudy(db)),
    progress: () => db.inTurn(() => loadProgress(db)),
    runs: (query) => db.inTurn(() => loadPage(db, query)),
    outcomes: () => loadOutcomes(db),
    settled: async () => {
      const query = queries
        .selectFrom('outcome')
        .leftJoin('judged_outcome as by_judges', 'by_judges.hash', 'outcome.hash')
        .select(['outcome.hash', 'status', 'outcome.input_tokens', 'outcome.output_tokens'])
        .select(['outcome.cost_usd', ...judgeColumns('by_judges.hash')]);
      const rows = await db.inTurn(() => db.all(query));
      return new Map(rows.map((row) => [row.hash, toSettledRun(row)]));
    },
    episodes: (run) => db.inTurn(() => loadEpisodes(db, run)),
    episode: (run, episode) => db.inTurn(() => loadEpisode(db, run, episode)),
    tallies: () => db.inTurn(() => loadTallies(db)),
    spending: () => db.inTurn(() => loadSpending(db)),
    close: async () => {
      if (!open) return;
      open = false;
      await db.inTurn(() => db.close());
      onClose();
    },
  };
}

/** The same, to write to as well. */
export function libsqlWriter(db: Connection, onClose?: () => void): StudyWriter {
  const { queries } = db;
  const saveOutcome = outcomeWriter(db);
  return {
    ...libsqlReader(db, onClose),
    saveStudy: async (study) => saveStudy(db, study),
    references: async (key) => {
      const query = queries.selectFrom('reference').selectAll().where('key', '=', key);
      const [row] = await db.inTurn(() => db.all(query));
      return row && fromReferenceRow(row);
    },
    saveReferences: async (key, references) => {
      const row = { key: storableText(key, 'key of references'), ...toReferenceColumns(references) };
      await db.inTurn(() => db.run(queries.replaceInto('reference').values(row)));
    },
    saveEpisode: episodeWriter(db, saveOutcome),
    saveOutcome: async (outcome) => db.transaction('saving an outcome to', () => saveOutcome(outcome)),
    addTallies: (amounts) => saveTallies(db, amounts),
    reserve: (worker, most, limits) => saveReserve(db, worker, most, limits),
    settle: (worker, lost) => saveSettlement(db, worker, lost),
  };
}
