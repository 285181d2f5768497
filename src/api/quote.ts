import {
  type PlannedRun,
  type RunOutcome,
  type StudyRecord,
  type StudyReader,
  sumUsage,
  wholeUsage,
} from '../contracts/index.ts';
import { minimumDetectableContrast } from '../stats/power.ts';

/** What a study, or a part of it, comes to. What nobody reports is absent, never 0. */
export interface Estimate {
  readonly runs: number;
  readonly calls: number;
  readonly tokens?: number;
  readonly usd?: number;
}

/** The smallest true difference from a baseline that the study finds. */
export interface DetectableEffect {
  /** What is compared, and with which of its levels. */
  readonly factor: 'strategy' | 'model';
  readonly baseline: string;
  readonly power: number;
  readonly alpha: number;
  /** Comparisons that share alpha (Bonferroni). */
  readonly comparisons: number;
  readonly seeds: number;
  /** Degrees of freedom of the pilot's deviations: with few of them, the sizes are rough. */
  readonly degreesOfFreedom: number;
  readonly contrasts: readonly {
    readonly level: string;
    /** Standard deviation of the difference between seeds of one task, score units. */
    readonly deviation: number;
    /** Score units, averaged over tasks. */
    readonly detectable: number;
  }[];
}

/** What a study will cost and what it can find, from its first runs. */
export interface StudyQuote {
  readonly name: string;
  readonly directory?: string;
  readonly pilot: {
    readonly seeds: readonly number[];
    readonly runs: number;
    readonly failed: number;
    /** Different errors of failed runs, the first few. */
    readonly errors: readonly string[];
  };
  readonly whole: Estimate;
  readonly toDo: Estimate;
  /** About how long the rest takes at the study's concurrency, if the services keep their pace. */
  readonly toDoMs?: number;
  readonly concurrency: number;
  /** Cells without a finished run: their costs are taken from the other cells of their model. */
  readonly unknownCells: readonly string[];
  /** Absent when the pilot has too few finished runs, or nothing is compared. */
  readonly effect?: DetectableEffect;
  /** The study's own limits, and whether the whole study is expected to stay within them. */
  readonly budget?: { readonly tokens?: number; readonly usd?: number; readonly enough: boolean };
}

interface Row {
  readonly run: PlannedRun;
  readonly outcome?: RunOutcome;
  readonly wallMs?: number;
}

const power = 0.8;
const alpha = 0.05;

/** @param pilotSeeds the seeds whose runs were played for it */
export async function quoteFrom(
  store: StudyReader,
  study: StudyRecord,
  { pilotSeeds, concurrency }: { readonly pilotSeeds: readonly number[]; readonly concurrency: number },
): Promise<StudyQuote> {
  const rows: Row[] = [];
  const seen = new Set<string>();
  for await (const { run, outcome } of store.outcomes()) {
    if (seen.has(run.hash)) continue;
    seen.add(run.hash);
    if (outcome?.status !== 'done') rows.push({ run, ...(outcome && { outcome }) });
    else {
      const wallMs = (await store.episodes(run.hash)).reduce((sum, episode) => sum + episode.wallMs, 0);
      rows.push({ run, outcome, wallMs });
    }
  }
  const costs = cellCosts(rows);
  const open = rows.filter(({ outcome }) => !outcome);
  const failed = rows.filter(({ outcome }) => outcome && outcome.status !== 'done');
  const whole = estimate(rows, costs);
  const toDo = estimate(open, costs);
  const times = open.map(({ run }) => costs.of(run)?.wallMs);
  const lanes = Math.max(1, Math.min(concurrency, open.length));
  const known = times.filter((ms) => ms !== undefined);
  const effect = detectable(rows, study);
  const limits = study.definition.budget as { readonly tokens?: number; readonly usd?: number } | undefined;
  return {
    name: study.name,
    pilot: {
      seeds: pilotSeeds,
      runs: rows.length - open.length,
      failed: failed.length,
      errors: [...new Set(failed.map(({ outcome }) => outcome?.error ?? ''))].slice(0, 5),
    },
    whole,
    toDo,
    ...(known.length === times.length && {
      toDoMs: known.reduce((sum, ms) => sum + ms, 0) / lanes,
    }),
    concurrency,
    unknownCells: costs.unknown,
    ...(effect && { effect }),
    ...(limits && Object.keys(limits).length > 0 && { budget: { ...limits, enough: within(whole, limits) } }),
  };
}

function within(whole: Estimate, limits: { readonly tokens?: number; readonly usd?: number }): boolean {
  return (whole.tokens ?? 0) <= (limits.tokens ?? Infinity) && (whole.usd ?? 0) <= (limits.usd ?? Infinity);
}

interface Cost {
  readonly calls: number;
  readonly tokens?: number;
  readonly usd?: number;
  readonly wallMs: number;
}

const cellOf = ({ model, strategy, task, factors }: PlannedRun) =>
  JSON.stringify([model, strategy, task, factors]);

/** The mean cost of a finished run per cell; of all of its model's where the cell has none. */
function cellCosts(rows: readonly Row[]) {
  const byCell = new Map<string, Row[]>();
  const byModel = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.outcome?.status !== 'done') continue;
    for (const [map, key] of [
      [byCell, cellOf(row.run)],
      [byModel, row.run.model],
    ] as const) {
      map.set(key, [...(map.get(key) ?? []), row]);
    }
  }
  const means = new Map<string, Cost | undefined>();
  const mean = (own: readonly Row[] | undefined): Cost | undefined => {
    if (!own || own.length === 0) return undefined;
    const outcomes = own.flatMap(({ outcome }) => outcome ?? []);
    const share = (total: number | undefined) => (total === undefined ? undefined : total / own.length);
    const { inputTokens, outputTokens, costUsd } = sumUsage(outcomes.map(wholeUsage));
    const tokens =
      inputTokens === undefined && outputTokens === undefined
        ? undefined
        : (inputTokens ?? 0) + (outputTokens ?? 0);
    return {
      calls: outcomes.reduce((sum, { decisions }) => sum + decisions, 0) / own.length,
      tokens: share(tokens),
      usd: share(costUsd),
      wallMs: own.reduce((sum, { wallMs = 0 }) => sum + wallMs, 0) / own.length,
    };
  };
  const of = (run: PlannedRun): Cost | undefined => {
    const key = cellOf(run);
    if (!means.has(key)) means.set(key, mean(byCell.get(key)) ?? mean(byModel.get(run.model)));
    return means.get(key);
  };
  const unknown = new Set(rows.filter(({ run }) => !byCell.has(cellOf(run))).map(({ run }) => labelOf(run)));
  return { of, unknown: [...unknown] };
}

function labelOf({ model, strategy, task, factors }: PlannedRun): string {
  return [
    model,
    strategy,
    task,
    ...Object.entries(factors).map(([name, level]) => `${name} ${JSON.stringify(level)}`),
  ].join(', ');
}

/** Finished runs count with what they came to, the others with the mean of their cell. */
function estimate(rows: readonly Row[], costs: ReturnType<typeof cellCosts>): Estimate {
  const total = { calls: 0, tokens: 0, usd: 0 };
  const counted = { tokens: false, usd: false };
  for (const { run } of rows) {
    const cost = costs.of(run);
    if (!cost) continue;
    total.calls += cost.calls;
    for (const part of ['tokens', 'usd'] as const) {
      const value = cost[part];
      if (value === undefined) continue;
      total[part] += value;
      counted[part] = true;
    }
  }
  return {
    runs: rows.length,
    calls: Math.round(total.calls),
    ...(counted.tokens && { tokens: Math.round(total.tokens) }),
    ...(counted.usd && { usd: total.usd }),
  };
}

/**
 * Differences of every level from the baseline within blocks (task, seed), averaged over the study's other factors;
 * their deviation is pooled within tasks, as the analysis pools it.
 */
function detectable(rows: readonly Row[], study: StudyRecord): DetectableEffect | undefined {
  const levelsOf = (factor: 'strategy' | 'model') => [...new Set(rows.map(({ run }) => run[factor]))];
  const factor = levelsOf('strategy').length > 1 ? 'strategy' : 'model';
  const levels = levelsOf(factor);
  if (levels.length < 2) return undefined;
  const described = study.definition.strategies as readonly {
    readonly label: string;
    readonly baseline?: boolean;
  }[];
  const baseline =
    (factor === 'strategy' ? described.find((entry) => entry.baseline)?.label : undefined) ?? levels[0];
  const tasks = [...new Set(rows.map(({ run }) => run.task))];
  const seeds = new Set(rows.map(({ run }) => run.seed)).size;
  const comparisons = levels.length - 1;

  /** Score by everything but the compared factor. */
  const scores = new Map<string, number>();
  const key = ({ model, strategy, task, seed, factors }: PlannedRun, level: string) =>
    JSON.stringify([factor === 'strategy' ? model : strategy, task, seed, factors, level]);
  for (const { run, outcome } of rows)
    if (outcome?.score !== undefined) scores.set(key(run, run[factor]), outcome.score);

  let degreesOfFreedom = 0;
  const contrasts = levels
    .filter((level) => level !== baseline)
    .flatMap((level) => {
      const blocks = new Map<string, Map<number, number[]>>();
      for (const { run } of rows) {
        if (run[factor] !== level) continue;
        const own = scores.get(key(run, level));
        const other = scores.get(key(run, baseline));
        if (own === undefined || other === undefined) continue;
        const task = blocks.get(run.task) ?? new Map<number, number[]>();
        blocks.set(run.task, task.set(run.seed, [...(task.get(run.seed) ?? []), own - other]));
      }
      let squares = 0;
      let df = 0;
      for (const task of blocks.values()) {
        const differences = [...task.values()].map(meanOf);
        const mean = meanOf(differences);
        squares += differences.reduce((sum, d) => sum + (d - mean) ** 2, 0);
        df += differences.length - 1;
      }
      if (df < 1) return [];
      degreesOfFreedom = Math.max(degreesOfFreedom, df);
      const deviation = Math.sqrt(squares / df);
      const design = { blocksPerGroup: seeds, groups: tasks.length, deviation, alpha, comparisons };
      return [{ level, deviation, detectable: deviation > 0 ? minimumDetectableContrast(design, power) : 0 }];
    });
  if (contrasts.length === 0 || seeds < 2) return undefined;
  return { factor, baseline, power, alpha, comparisons, seeds, degreesOfFreedom, contrasts };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
