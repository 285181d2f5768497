import type { JsonObject, StudyRecord } from '../contracts/index.ts';

/** The factor of studies that compare how advice reaches a model; a setting of the study, so no option has its name. */
const factorName = 'advice';

/** How advice reaches models, as it stands beside every gain. Undefined where it is a factor, or nobody advises. */
export function adviceWords({ advice }: JsonObject): string | undefined {
  if (typeof advice !== 'object' || advice === null || Array.isArray(advice)) return undefined;
  const { kind, n } = advice as { readonly kind?: unknown; readonly n?: unknown };
  return kindWords(kind, n);
}

function kindWords(kind: unknown, answers?: unknown): string {
  if (kind === 'samples')
    return answers === undefined ? 'advice by samples' : `advice by ${Number(answers)} samples`;
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
  const factors = (definition.factors ?? []) as unknown as readonly {
    name: string;
    levels: readonly string[];
  }[];
  const kinds = factors.find(({ name }) => name === factorName)?.levels;
  if (!kinds) return study;
  const strategies = (definition.strategies ?? []) as unknown as readonly { readonly label: string }[];
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
