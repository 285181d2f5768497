import type { StudyStore } from '../../contracts/index.ts';
import type { Connection } from './connection.ts';
import { episodeWriter, loadEpisode, loadSummaries, loadTimings } from './episode-tables.ts';
import { plainText } from './plain-text.ts';
import { fromReferenceRow, toReferenceColumns, toSettledRun } from '../rows.ts';
import { loadOutcomes, loadStudy, outcomeWriter, saveStudy } from './study-tables.ts';
import { loadTallies, saveTallies } from './tally-table.ts';

/** The study store over an open connection; `onClose` runs after the connection has been closed. */
export function libsqlStore(db: Connection, onClose: () => void = () => {}): StudyStore {
  const { queries } = db;
  const saveOutcome = outcomeWriter(db);
  const saveEpisode = episodeWriter(db, saveOutcome);
  let open = true;
  return {
    saveStudy: async (study) => saveStudy(db, study),
    study: () => db.inTurn(() => loadStudy(db)),
    references: async (key) => {
      const query = queries.selectFrom('reference').selectAll().where('key', '=', key);
      const [row] = await db.inTurn(() => db.all(query));
      return row && fromReferenceRow(row);
    },
    saveReferences: async (key, references) => {
      const row = { key: plainText(key, 'key of references'), ...toReferenceColumns(references) };
      await db.inTurn(() => db.run(queries.replaceInto('reference').values(row)));
    },
    saveEpisode,
    saveOutcome: async (outcome) => db.transaction('saving an outcome to', () => saveOutcome(outcome)),
    addTallies: (amounts) => saveTallies(db, amounts),
    tallies: () => db.inTurn(() => loadTallies(db)),
    settled: async () => {
      const query = queries
        .selectFrom('outcome')
        .select(['hash', 'status', 'input_tokens', 'output_tokens', 'cost_usd']);
      const rows = await db.inTurn(() => db.all(query));
      return new Map(rows.map((row) => [row.hash, toSettledRun(row)]));
    },
    finishedEpisodes: (run) => db.inTurn(() => loadSummaries(db, run)),
    outcomes: () => loadOutcomes(db),
    episode: (run, episode) => db.inTurn(() => loadEpisode(db, run, episode)),
    timings: (run) => db.inTurn(() => loadTimings(db, run)),
    close: async () => {
      if (!open) return;
      open = false;
      await db.inTurn(() => db.close());
      onClose();
    },
  };
}
