import type { PlannedRun, StudyRecord } from '../../contracts/index.ts';
import type { ParquetColumns, ParquetType } from './parquet.ts';
import type { ExportRunsOptions } from './runs.ts';
import { factorNames, isJudged } from './runs.ts';
import type { ExportTracesOptions } from './traces.ts';

/** The columns of `exportRuns` for a design. */
export function runColumns(
  study: Pick<StudyRecord, 'runs' | 'definition'>,
  options: ExportRunsOptions = {},
): ParquetColumns {
  return {
    ...identityColumns(study.runs),
    status: 'text',
    score: 'number',
    return: 'number',
    episodes: 'integer',
    steps: 'integer',
    decisions: 'integer',
    unparsable: 'integer',
    masses: 'integer',
    slightMasses: 'integer',
    ...usage,
    ...(isJudged(study) && judgeUsage),
    error: 'text',
    ...(options.timings && ({ startedAt: 'time', wallMs: 'number', slowestMs: 'number' } as const)),
  };
}

/** The columns of `exportEpisodes` for a design. */
export function episodeColumns(runs: readonly PlannedRun[]): ParquetColumns {
  return {
    ...identityColumns(runs),
    episode: 'integer',
    item: 'text',
    score: 'number',
    return: 'number',
    steps: 'integer',
    decisions: 'integer',
    unparsable: 'integer',
    notJudged: 'integer',
    shortSteps: 'integer',
    ...usage,
  };
}

/** The columns of `exportTraces` for a design. */
export function traceColumns(
  runs: readonly PlannedRun[],
  options: Pick<ExportTracesOptions, 'prefixes'> = {},
): ParquetColumns {
  return {
    ...identityColumns(runs),
    episode: 'integer',
    step: 'integer',
    agent: 'integer',
    ...(options.prefixes && ({ prefix: 'text' } as const)),
    prompt: 'text',
    answer: 'text',
    availableActions: { list: 'integer' },
    availableActionWords: { list: 'text' },
    distribution: { list: 'number' },
    mass: 'number',
    answered: 'integer',
    answeredWord: 'text',
    confidence: 'number',
    advice: { list: 'number' },
    policy: { list: 'number' },
    action: 'integer',
    actionWord: 'text',
    broadcast: 'integer',
    broadcastWord: 'text',
    message: 'text',
    feedback: 'text',
    privileged: 'flag',
    unparsable: 'flag',
    unread: 'integer',
    calls: 'integer',
    ...usage,
    sent: { list: 'text' },
    reward: 'number',
  };
}

/** The columns of `exportQuestions` for a design. */
export function questionColumns(runs: readonly PlannedRun[]): ParquetColumns {
  return {
    ...identityColumns(runs),
    episode: 'integer',
    step: 'integer',
    agent: 'integer',
    question: 'integer',
    acted: 'flag',
    form: 'text',
    notes: 'text',
    sees: { list: 'integer' },
    by: 'text',
    sample: 'integer',
    supposed: 'flag',
    prompt: 'text',
    answer: 'text',
    text: 'text',
    distribution: { list: 'number' },
    mass: 'number',
    answered: 'integer',
    answeredWord: 'text',
    confidence: 'number',
    unparsable: 'flag',
    unread: 'integer',
    calls: 'integer',
    ...usage,
    sent: { list: 'text' },
  };
}

/** The columns of `exportJudgements` for a design. */
export function judgementColumns(runs: readonly PlannedRun[]): ParquetColumns {
  return {
    ...identityColumns(runs),
    episode: 'integer',
    step: 'integer',
    judgement: 'integer',
    judge: 'text',
    sample: 'integer',
    prefix: 'text',
    prompt: 'text',
    answer: 'text',
    ...usage,
    sent: { list: 'text' },
  };
}

/** The columns of `exportMeasures` for a design. */
export function measureColumns(runs: readonly PlannedRun[]): ParquetColumns {
  return { ...identityColumns(runs), episode: 'integer', step: 'integer', measure: 'text', value: 'number' };
}

const judgeUsage = { judgeInputTokens: 'count', judgeOutputTokens: 'count', judgeCostUsd: 'number' } as const;
const usage = { inputTokens: 'count', outputTokens: 'count', costUsd: 'number' } as const;

function identityColumns(runs: readonly PlannedRun[]): ParquetColumns {
  const levels = factorNames(runs).map(
    (name) => [`factor.${name}`, typeOfLevels(runs.map((run) => run.factors[name]))] as const,
  );
  return {
    run: 'text',
    model: 'text',
    strategy: 'text',
    task: 'text',
    seed: 'integer',
    ...Object.fromEntries(levels),
  };
}

/** Numbers and flags stay what they are; any other or mixed levels are text. */
function typeOfLevels(levels: readonly unknown[]): ParquetType {
  const given = levels.filter((level) => level !== undefined && level !== null);
  if (given.length > 0 && given.every((level) => typeof level === 'number')) return 'number';
  if (given.length > 0 && given.every((level) => typeof level === 'boolean')) return 'flag';
  return 'text';
}
