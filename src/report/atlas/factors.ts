import type { TermResult } from '../../analysis/index.ts';
import { type Figure, forestFigure } from '../figures/index.ts';
import { fixed, list, pText, withRange } from '../format.ts';
import { type Block, figureBlock, note, type Section, text } from './content.ts';
import type { Atlas } from './context.ts';

/** Which factors matter, by their share of the variation; primary tests and the field's usual tables. */
export function factorsSection(atlas: Atlas): Section {
  const { results } = atlas;
  const section = { id: 'factors', title: 'What matters' };
  if (!results || results.primary.length === 0) {
    return { ...section, blocks: [text(`No factor can be tested yet. ${atlas.nothingToTest ?? ''}`)] };
  }
  const ranked = rankedTerms(results.primary);
  return {
    ...section,
    blocks: [
      ...sentences(ranked),
      figureBlock(factorFigure(atlas, ranked)),
      ...moderationBlocks(atlas),
      ...secondaryBlocks(atlas),
    ],
  };
}

/** By generalised η², largest first. */
function rankedTerms(terms: readonly TermResult[]): TermResult[] {
  return [...terms].sort((a, b) => (b.generalizedEtaSquared ?? -1) - (a.generalizedEtaSquared ?? -1));
}

/** The adjusted p; "at most" where the resamples could give no smaller one. */
export function adjustedText({ p, adjustedP, floor }: TermResult): string {
  const atFloor = p !== null && adjustedP !== null && p <= floor * (1 + 1e-9);
  return pText(adjustedP, atFloor ? adjustedP : 0);
}

const figure = 'factor-effects';

function sentences(ranked: readonly TermResult[]): Block[] {
  const known = ranked.filter(({ generalizedEtaSquared }) => generalizedEtaSquared !== null);
  if (known.length === 0) return [];
  const [first] = known;
  const beyond = ranked.filter(({ adjustedP }) => adjustedP !== null && adjustedP < 0.05);
  const open = ranked.filter((term) => !beyond.includes(term) && term.p !== null);
  const eta = fixed(first.generalizedEtaSquared);
  return [
    {
      kind: 'text',
      text: [
        'The largest share of the variation goes with ',
        { strong: first.term },
        ' (',
        { text: `generalised η² ${eta}`, figure },
        `). ${beyond.length > 0 ? `Beyond chance, after adjustment over all terms: ${list(beyond.map(({ term }) => term))}.` : 'No term is beyond chance after adjustment over all terms.'}`,
        ...(open.length > 0 ? [` Not shown: ${list(open.map(({ term }) => term))}.`] : []),
      ],
    },
    note(
      'A main effect of the task mostly reflects how hard its instances are. What matters for choosing a strategy is ' +
        'whether the gain depends on a factor, which is tested below.',
    ),
  ];
}

function factorFigure(atlas: Atlas, ranked: readonly TermResult[]): Figure {
  const rows = ranked.map(({ term }) => term);
  const styles = new Map([
    ['generalised η²', { color: 'var(--series-0)', symbol: 'circle' as const }],
    ['partial η²', { color: 'var(--base-0)', symbol: 'diamond' as const }],
  ]);
  const plain = atlas.results?.plan.block.length === 0;
  return forestFigure({
    id: figure,
    title: 'Factors and interactions by their share of the variation',
    caption: `Generalised η² ranks the terms: the term’s share of all variation, comparable between designs. Partial η² is its share of what the other terms leave, with a 90% interval from the classical test, for comparison with the literature. p is of the primary test (${plain ? 'HC3-studentised permutation' : 'sign flips of whole blocks, without equal variances'}), adjusted over all terms.`,
    points: ranked.flatMap((term) => [
      {
        row: term.term,
        series: 'generalised η²',
        estimate: term.generalizedEtaSquared,
        low: null,
        high: null,
        p: term.adjustedP,
        note: adjustedText(term),
        reason: term.reason,
      },
      {
        row: term.term,
        series: 'partial η²',
        estimate: term.partialEtaSquared,
        low: term.partialEtaSquaredLow,
        high: term.partialEtaSquaredHigh,
        p: term.adjustedP,
        reason: term.reason,
      },
    ]),
    rows,
    rowName: 'term',
    series: styles,
    seriesName: 'measure',
    axis: 'share of variation',
    zero: null,
    domain: [0, 1],
    write: (x) => fixed(x),
  });
}

/** What the gain depends on, against each baseline. */
function moderationBlocks({ results }: Atlas): Block[] {
  const moderation = (results?.moderation ?? []).filter(({ terms }) => terms.length > 0);
  if (moderation.length === 0) return [];
  return [
    {
      kind: 'table',
      id: 'moderation',
      caption:
        'Primary: what the gain depends on. Tests of the paired gains over a baseline, with their own adjustment; a term with the strategy says that strategies differ in how they depend on it.',
      table: {
        columns: ['gain over', 'depends on', 'generalised η²', 'p', 'adjusted p', 'note'],
        rows: moderation.flatMap(({ baseline, terms }) =>
          rankedTerms(terms).map((term) => [
            baseline,
            term.term,
            fixed(term.generalizedEtaSquared, 3),
            pText(term.p, term.floor),
            adjustedText(term),
            term.reason ?? '',
          ]),
        ),
      },
    },
  ];
}

/** The primary table in full, and the field's usual ones, marked as secondary. */
function secondaryBlocks(atlas: Atlas): Block[] {
  const { results } = atlas;
  if (!results) return [];
  const { primary, secondary } = results;
  const blocks: Block[] = [
    {
      kind: 'table',
      id: 'primary-tests',
      caption: 'Primary analysis: all tests. No equal variances are assumed.',
      table: {
        columns: ['term', 'test', 'statistic', 'df', 'p', 'adjusted p', 'partial η² [90%]', 'partial ω²'],
        rows: primary.map((term) => [
          term.term,
          term.method,
          fixed(term.value),
          term.dimension,
          pText(term.p, term.floor),
          adjustedText(term),
          withRange(term.partialEtaSquared, term.partialEtaSquaredLow, term.partialEtaSquaredHigh),
          fixed(term.partialOmegaSquared),
        ]),
      },
    },
  ];
  if (secondary.strata) {
    blocks.push({
      kind: 'table',
      id: 'classical-strata',
      caption: 'Secondary: the classical F tests by error stratum, which assume equal variances.',
      table: {
        columns: ['stratum', 'term', 'F', 'df', 'error df', 'p', 'partial η²', 'generalised η²'],
        rows: secondary.strata.map((row) => [
          row.stratum,
          row.term,
          fixed(row.f),
          row.df,
          row.errorDf,
          pText(row.p),
          fixed(row.partialEtaSquared),
          fixed(row.generalizedEtaSquared, 3),
        ]),
      },
    });
  }
  if (secondary.plain) {
    blocks.push({
      kind: 'table',
      id: 'plain-anova',
      caption:
        'Secondary: the field’s usual fixed-effects analysis of variance, which takes every run as independent of every other. They are not, as runs of a seed share their instances: its p-values can be far too small.',
      table: {
        columns: [
          'term',
          'df',
          'F (III)',
          'p (III)',
          'F (II)',
          'p (II)',
          'p (HC3)',
          'p (permutation)',
          'partial η²',
          'note',
        ],
        rows: secondary.plain.map((row) => [
          row.term,
          row.df,
          fixed(row.f.III),
          pText(row.p.III),
          fixed(row.f.II),
          pText(row.p.II),
          pText(row.hc3P),
          pText(row.permutationP),
          fixed(row.partialEtaSquared),
          row.reason ?? '',
        ]),
      },
    });
  } else if (secondary.reason !== undefined) {
    blocks.push(note(`The plain analysis of variance is not estimable: ${secondary.reason}.`));
  }
  return [{ kind: 'details', summary: 'All tests, primary and secondary', blocks }];
}
