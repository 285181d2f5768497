import { aggregates, levelsWithGaps } from './aggregates.ts';
import { arrange, type Arranged } from './arranged.ts';
import { furtherTables } from './further/index.ts';
import { cellMeans, plainCellMeans } from './cell-means.ts';
import {
  ablations,
  comparedLevels,
  contrastFamilies,
  headroomGains,
  mostLevelsInPairs,
  pairwise,
  simpleEffects,
} from './contrast-analysis.ts';
import { costLines } from './costs.ts';
import { blockDiagnostics, plainDiagnostics } from './diagnostics.ts';
import { firstSeeds, followLooks, lookNotes } from './looks.ts';
import { missingness } from './missingness.ts';
import { plainContrasts, plainModel, plainPrimary, plainTerms, residualOf, secondaryPlain } from './plain.ts';
import type { AnalysisPlan } from './plan.ts';
import { powerLines } from './power-lines.ts';
import { classicalStrata, moderationTerms, primaryTerms } from './primary.ts';
import { recommendations } from './recommendations.ts';
import type { AnalysisResults } from './results.ts';
import type { RunTable } from './run-table.ts';
import type { BlockDesign } from '../stats/index.ts';
import { architectureLines, scalingResults } from './scaling-analysis.ts';
import { verdictFamilies } from './verdicts.ts';

/**
 * Carries out a plan on a table of runs. The same plan and table give the same results to the last bit.
 *
 * @throws InputError when the table cannot be analysed at all; what merely cannot be estimated is `null` with a
 *   reason
 */
export function analyze(plan: AnalysisPlan, table: RunTable): AnalysisResults {
  return plan.block.length > 0 ? analyzeBlocks(plan, table) : analyzePlain(plan, table);
}

function analyzeBlocks(plan: AnalysisPlan, whole: RunTable): AnalysisResults {
  const followed = plan.until && followLooks(plan, whole);
  // What was dropped early has fewer seeds: everything but the verdicts compares all levels on those that all have.
  const table = followed && followed.looks.length > 0 ? firstSeeds(whole, followed.common) : whole;
  const arranged = arrange(plan, table);
  const { design, absent } = arranged;
  const contrasts = contrastFamilies(arranged, plan);
  const verdicts = followed ? followed.families : verdictFamilies(arranged, plan, table);
  const costs = costLines(arranged, plan, table);
  return {
    format: 1,
    plan,
    data: { runs: design.runs, blocks: design.blockCount, complete: design.complete },
    primary: primaryTerms(arranged, plan),
    moderation: plan.baselines.map((baseline) => ({
      baseline,
      terms: moderationTerms(arranged, plan, baseline),
    })),
    contrasts,
    pairwise: pairwise(arranged, plan),
    simpleEffects: simpleEffects(arranged, plan),
    verdicts,
    recommendations: recommendations(arranged, plan, verdicts, costs),
    cellMeans: cellMeans(arranged, plan),
    costs,
    headroom: headroomGains(arranged, plan),
    ...scalingResults(arranged, plan, table),
    architecture: architectureLines(arranged, plan),
    ablations: ablations(table, plan),
    aggregates: aggregates(arranged, plan),
    missingness: missingness(table, plan, arranged),
    diagnostics: blockDiagnostics(arranged, plan, table),
    power: powerLines(arranged, plan, contrasts),
    secondary: { strata: classicalStrata(arranged), ...secondaryPlain(plan, table) },
    ...(followed && { looks: followed.looks }),
    ...furtherResults(plan, table, arranged),
    notes: [
      ...plan.notes,
      ...(followed ? lookNotes(followed) : []),
      ...(comparedLevels(plan).length > mostLevelsInPairs
        ? [
            `${plan.comparedFactor} has more than ${mostLevelsInPairs} levels: not all of their pairs are compared`,
          ]
        : []),
      ...absent.map(
        ({ factor, level }) => `${factor} ${level} has no run with a ${plan.responseName} and is left out`,
      ),
      ...levelsWithGaps(arranged, plan).map(
        ({ level, place }) =>
          `${plan.comparedFactor} ${level} has no run with a ${plan.responseName} in some cells (${place}): it is ` +
          'left out wherever these count, and terms over them are not estimable. Bring such runs, or leave the level out',
      ),
      ...(design.complete ? [] : ['some blocks lack runs: cell means are least squares, errors CR2']),
      ...fewerBlocks(design),
      ...repeatedRows(design),
    ],
  };
}

/** Groups of blocks, such as tasks, that have fewer blocks than others: their averages still count alike. */
function fewerBlocks(design: BlockDesign): string[] {
  const most = Math.max(...design.groups.map(({ blocks }) => blocks.length));
  return design.groups.flatMap(({ blocks, levels }) => {
    if (blocks.length === most) return [];
    const name = design.between.map((factor, i) => `${factor.name} ${factor.levels[levels[i]]}`).join(', ');
    return [`${name} has ${blocks.length} of ${most} blocks; all of them are used`];
  });
}

/** Rows that share a block and all levels are one measurement. */
function repeatedRows({ groups, runs }: BlockDesign): string[] {
  const cells = groups
    .flatMap(({ blocks }) => blocks)
    .reduce((sum, block) => sum + block.cells.reduce((n, x) => n + (Number.isNaN(x) ? 0 : 1), 0), 0);
  if (runs === cells) return [];
  return [`${runs - cells} row(s) repeat the block and all levels of another one: such rows are averaged`];
}

/** What was asked for by name. */
function furtherResults(
  plan: AnalysisPlan,
  table: RunTable,
  arranged?: Arranged,
): Pick<AnalysisResults, 'further'> {
  const { also = [], ownContrasts = [], alternative = 'two-sided' } = plan;
  if (also.length === 0 && ownContrasts.length === 0) return {};
  return { further: furtherTables({ plan, table, arranged, alternative }, also, ownContrasts) };
}

function analyzePlain(plan: AnalysisPlan, table: RunTable): AnalysisResults {
  const model = plainModel(plan, table);
  return {
    format: 1,
    plan,
    data: { runs: model.n, blocks: 0, complete: model.rank === model.r.count },
    primary: plainPrimary(model, plan),
    moderation: [],
    contrasts: plainContrasts(model, plan),
    pairwise: null,
    simpleEffects: [],
    verdicts: [],
    recommendations: [],
    cellMeans: plainCellMeans(model, plan),
    costs: [],
    headroom: [],
    scaling: [],
    scalingPoints: [],
    architecture: [],
    ablations: [],
    aggregates: null,
    missingness: missingness(table, plan, undefined),
    diagnostics: plainDiagnostics(plan, table),
    power: [],
    secondary: { strata: null, plain: plainTerms(model, plan), residual: residualOf(model) },
    ...furtherResults(plan, table),
    notes: plan.notes,
  };
}
