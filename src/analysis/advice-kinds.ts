import type { JsonObject, StudyDefinition, StudyRecord } from '../contracts/index.ts';

/** The factor of studies that compare how advice reaches a model; a setting of the study, so no option has its name. */
const factorName = 'advice';

/** How advice reaches models, as it stands beside every gain. Undefined where it is a factor, or nobody advises. */
export function adviceWords({ advice }: StudyDefinition): string | undefined {
  return advice && kindWords(advice.kind, advice.n);
}

function kindWords(kind: unknown, answers?: number): string {
  if (kind === 'samples') return answers === undefined ? 'advice by samples' : `advice by ${answers} samples`;
  return kind === 'words' ? 'advice in words' : `advice by ${String(kind)}`;
}

/** A baseline as gains over it are named: with how advice reached the models, because that is part of what was gained. */
export function gainedOver(baseline: string, { advice }: { readonly advice?: string } = {}): string {
  return advice === undefined ? baseline : `${baseline} (${advice})`;
}

/**
 * A run under the name of its strategy and of the kind of advice, where a study compares kinds: gains by different
 * kinds of advice are different things, so they are levels of one factor, side by side, and nothing is averaged over
 * them.
 */
export function withAdviceApart<Row extends { readonly strategy: string; readonly factors: JsonObject }>(
  row: Row,
): Row {
  const { [factorName]: kind, ...factors } = row.factors;
  return kind === undefined ? row : { ...row, strategy: apart(row.strategy, kind), factors };
}

/** The study with strategies by kinds of advice in place of the factor. */
export function studyWithAdviceApart(study: StudyRecord): StudyRecord {
  const { definition } = study;
  const { factors, strategies } = definition;
  const kinds = factors.find(({ name }) => name === factorName)?.levels;
  if (!kinds) return study;
  return {
    ...study,
    definition: {
      ...definition,
      factors: factors.filter(({ name }) => name !== factorName),
      strategies: kinds.flatMap((kind) =>
        strategies.map((strategy) => ({ ...strategy, label: apart(strategy.label, kind) })),
      ),
    },
    runs: study.runs.map(withAdviceApart),
  };
}

function apart(strategy: string, kind: unknown): string {
  return `${strategy} (${kindWords(kind)})`;
}
