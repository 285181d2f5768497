import { sql } from 'kysely';
import type {
  JsonObject,
  PlannedRun,
  RunOutcome,
  RunRow,
  StudyDefinition,
  StudyRecord,
} from '../../contracts/index.ts';
import { sha256 } from '../../core/index.ts';
import type { Connection } from './connection.ts';
import { storableText } from './storable-text.ts';
import { type RowInsert, rowInsert } from './row-insert.ts';
import {
  fromOutcomeRow,
  type JudgeColumns,
  type NamedMassColumns,
  toOutcomeRow,
  toUsageColumns,
} from '../rows.ts';
import type { OutcomeTable, Tables } from '../tables.ts';
import { requireFinite, strictJson } from '../trace-codec.ts';

export async function saveStudy(db: Connection, study: StudyRecord): Promise<void> {
  const { queries } = db;
  const rows = study.runs.map((run, position) => ({
    position,
    hash: storableText(run.hash, 'run hash'),
    model: storableText(run.model, 'model label'),
    strategy: storableText(run.strategy, 'strategy label'),
    task: storableText(run.task, 'task label'),
    seed: run.seed,
    factors: strictJson(run.factors, 'the factors of a run'),
  }));
  // The keys of the rows stand in one order, so their plain JSON is canonical.
  const designHash = sha256(JSON.stringify(rows));
  const row = {
    id: 1,
    name: storableText(study.name, 'study name'),
    definition: strictJson(study.definition, 'the definition of a study'),
    design_hash: designHash,
  };
  await db.transaction('saving the study to', () => {
    const [before] = db.all(queries.selectFrom('study').select('design_hash'));
    db.run(
      queries
        .insertInto('study')
        .values(row)
        .onConflict((c) => c.column('id').doUpdateSet(row)),
    );
    if (before?.design_hash === designHash) return;
    db.run(queries.deleteFrom('planned_run'));
    const insert = rowInsert(db, 'planned_run', plannedColumns);
    for (const planned of rows) insert(planned);
  });
}

export function loadStudy(db: Connection): StudyRecord | undefined {
  const { queries } = db;
  // One statement, so that a reader never meets the name of one study and the runs of another.
  const rows = db.all(
    queries
      .selectFrom('study')
      .leftJoin('planned_run', (join) => join.onTrue())
      .select(['study.name', 'planned_run.position', 'planned_run.hash', 'planned_run.model'])
      .select(['planned_run.strategy', 'planned_run.task', 'planned_run.seed', 'planned_run.factors'])
      .select(sql<string | null>`iif(coalesce(position, 0) = 0, definition, null)`.as('definition'))
      .orderBy('planned_run.position'),
  );
  if (rows.length === 0) return undefined;
  return {
    name: rows[0].name,
    definition: JSON.parse(rows[0].definition ?? '{}') as StudyDefinition,
    runs: rows.filter((row) => row.position !== null).map((row) => toPlannedRun(row as PlannedColumns)),
  };
}

type PlannedColumns = Omit<Tables['planned_run'], 'position'>;

const plannedColumns = ['position', 'hash', 'model', 'strategy', 'task', 'seed', 'factors'] as const;

export function toPlannedRun(row: PlannedColumns): PlannedRun {
  const { hash, model, strategy, task, seed } = row;
  return { hash, model, strategy, task, seed, factors: JSON.parse(row.factors) as JsonObject };
}

/** The current design with its outcomes. */
export async function* loadOutcomes(db: Connection): AsyncGenerator<RunRow> {
  // Read at once: a statement that stays open while the caller works would keep the log from being shortened.
  const query = runRows(db).orderBy('planned_run.position');
  for (const row of await db.inTurn(() => db.all(query))) yield toRunRow(row);
}

/** Planned runs with their outcomes, if they have one. */
export function runRows(db: Connection) {
  return db.queries
    .selectFrom('planned_run')
    .leftJoin('outcome', 'outcome.hash', 'planned_run.hash')
    .leftJoin('judged_outcome as by_judges', 'by_judges.hash', 'outcome.hash')
    .leftJoin('mass_outcome as masses', 'masses.hash', 'outcome.hash')
    .select(['planned_run.hash', 'planned_run.model', 'planned_run.strategy', 'planned_run.task'])
    .select(['planned_run.seed', 'planned_run.factors'])
    .select(['outcome.status', 'outcome.score', 'outcome.return', 'outcome.episodes', 'outcome.steps'])
    .select(['outcome.decisions', 'outcome.unparsable', 'outcome.input_tokens', 'outcome.output_tokens'])
    .select(['outcome.cost_usd', 'outcome.error'])
    .select(judgeColumns('by_judges.hash'))
    .select(massColumns);
}

/** What judges used, of a query that joins it as `by_judges`. @param key its column that is never NULL */
export function judgeColumns<Key extends 'by_judges.hash' | 'by_judges.episode_id'>(key: Key) {
  return [
    `${key} as judged`,
    'by_judges.input_tokens as judge_input_tokens',
    'by_judges.output_tokens as judge_output_tokens',
    'by_judges.cost_usd as judge_cost_usd',
  ] as const;
}

/** Candidate masses, of a query that joins them as `masses`. */
export const massColumns = ['masses.known as known_masses', 'masses.slight as slight_masses'] as const;

export function toRunRow(row: PlannedColumns & { status: string | null }): RunRow {
  const run = toPlannedRun(row);
  return row.status === null
    ? { run }
    : { run, outcome: fromOutcomeRow(row as unknown as OutcomeTable & JudgeColumns & NamedMassColumns) };
}

const outcomeColumns = [
  'hash',
  'status',
  'score',
  'return',
  'episodes',
  'steps',
  'decisions',
  'unparsable',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'error',
] as const;

const judgedColumns = ['hash', 'input_tokens', 'output_tokens', 'cost_usd'] as const;
const massesOfOutcome = ['hash', 'known', 'slight'] as const;

export function outcomeWriter(db: Connection): (outcome: RunOutcome) => void {
  let upsert: RowInsert<(typeof outcomeColumns)[number]> | undefined;
  let upsertJudged: RowInsert<(typeof judgedColumns)[number]> | undefined;
  let upsertMass: RowInsert<(typeof massesOfOutcome)[number]> | undefined;
  return (outcome) => {
    requireFinite(outcome.score ?? 0, 'score');
    requireFinite(outcome.return ?? 0, 'return');
    upsert ??= rowInsert(db, 'outcome', outcomeColumns, true);
    upsert(toOutcomeRow(outcome));
    const { hash, judgeUsage, mass } = outcome;
    // Whether judges are asked is part of the hash, so another outcome of the run has them too.
    if (judgeUsage) {
      upsertJudged ??= rowInsert(db, 'judged_outcome', judgedColumns, true);
      upsertJudged({ hash, ...toUsageColumns(judgeUsage) });
    }
    if (mass) {
      upsertMass ??= rowInsert(db, 'mass_outcome', massesOfOutcome, true);
      upsertMass({ hash, ...mass });
    }
  };
}
