import type { RunStatus, StudyStore } from '../contracts/index.ts';
import type { Connection } from './connection.ts';
import { episodeWriter, loadEpisode, loadSummaries, loadTimings } from './episode-tables.ts';
import { plainText } from './plain-text.ts';
import { fromReferenceRow, toReferenceColumns } from './rows.ts';
import { loadOutcomes, loadStudy, outcomeWriter, saveStudy } from './study-tables.ts';

/** The study store over an open connection; `onClose` runs after the connection has been closed. */
export function libsqlStore(db: Connection, onClose: () => void = () => {}): StudyStore {
  const { queries } = db;
  const saveOutcome = outcomeWriter(db);
  const saveEpisode = episodeWriter(db, saveOutcome);
  let open = true;
  return {
    saveStudy: async (study) => saveStudy(db, study),
    study: async () => loadStudy(db),
    references: async (key) => {
      const [row] = db.all(queries.selectFrom('reference').selectAll().where('key', '=', key));
      return row && fromReferenceRow(row);
    },
    saveReferences: async (key, references) => {
      const row = { key: plainText(key, 'key of references'), ...toReferenceColumns(references) };
      db.run(queries.replaceInto('reference').values(row));
    },
    saveEpisode: async (episode, timing, outcome) => saveEpisode(episode, timing, outcome),
    saveOutcome: async (outcome) => db.transaction('saving an outcome to', () => saveOutcome(outcome)),
    statuses: async () => {
      const rows = db.all(queries.selectFrom('outcome').select(['hash', 'status']));
      return new Map(rows.map((row) => [row.hash, row.status as RunStatus]));
    },
    finishedEpisodes: async (run) => loadSummaries(db, run),
    outcomes: () => loadOutcomes(db),
    episode: async (run, episode) => loadEpisode(db, run, episode),
    timings: async (run) => loadTimings(db, run),
    close: async () => {
      if (!open) return;
      open = false;
      db.close();
      onClose();
    },
  };
}
