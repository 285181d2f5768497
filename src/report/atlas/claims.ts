import { publishedClaims } from '../claims/published-claims.ts';
import type { PublishedClaim } from '../claims/claim.ts';
import { type ClaimVerdict, claimVerdicts, judgeClaims } from '../claims/verdict.ts';
import { type Figure, forestFigure, type ForestPoint } from '../figures/index.ts';
import { fixed, plural, signed, withRange } from '../format.ts';
import { type Block, figureBlock, note, type Section, text } from './content.ts';
import type { Atlas } from './context.ts';

/** Each published claim beside this study's estimate, with a verdict. */
export function claimsSection(atlas: Atlas, claims: readonly PublishedClaim[] = publishedClaims): Section {
  const verdicts = judgeClaims(atlas, claims);
  const counts = claimVerdicts.flatMap((verdict) => {
    const n = verdicts.filter((own) => own.verdict === verdict).length;
    return n === 0 ? [] : [`${verdict} ${n}`];
  });
  const summary = `${plural(verdicts.length, 'published claim')}: ${counts.join(', ')}.`;
  const elsewhere = verdicts.length > 0 && verdicts.every(({ why }) => why === 'another population');
  const blocks: Block[] = [
    text(
      elsewhere
        ? 'All models of this study are small transformers trained on its own tasks, or scripts. The claims are about language models at large, so every verdict is “cannot tell: another population”; the estimates stand beside the claims for those who want to look.'
        : summary,
    ),
    {
      kind: 'table',
      id: 'claims-table',
      caption:
        'Agrees: the interval excludes 0 in the claimed direction and contains the value. Disagrees: it excludes the value. Cannot tell: it contains both. Not testable: the study has no estimate of it, and why.',
      table: {
        columns: ['claim', 'claimed', 'this study', 'verdict', 'how it was read'],
        rows: verdicts.map((own) => [
          own.claim.statement,
          claimed(own),
          estimated(own),
          `${own.verdict}: ${own.why}`,
          [own.task === undefined ? '' : `Task ${own.task}.`, own.claim.reading ?? ''].join(' ').trim(),
        ]),
      },
    },
    ...[
      claimFigure(verdicts, 'r', 'Claimed and estimated correlations with scale', 'r'),
      claimFigure(
        verdicts,
        '%',
        'Claimed and estimated changes against no coordination',
        'percent of the baseline’s mean score',
      ),
      claimFigure(verdicts, 'partial η²', 'Claimed and estimated sizes of the factors', 'partial η²'),
    ].flatMap((figure) => (figure ? [figureBlock(figure)] : [])),
    note(
      'The published study had other tasks, prompts and models; a verdict says whether this study’s estimate and the published number are compatible, no more.',
    ),
  ];
  // A study that was not made to test the claims says in one line how they stand, and the rest to who asks.
  const testable = verdicts.filter(({ estimate }) => (estimate?.low ?? null) !== null).length;
  const folded = 2 * testable < verdicts.length;
  return {
    id: 'claims',
    title: 'Against the published study',
    blocks: folded ? [{ kind: 'details', summary, blocks }] : blocks,
  };
}

function claimed({ claim: { value, direction, target }, estimate }: ClaimVerdict): string {
  if (value === undefined) return direction > 0 ? 'above 0' : 'below 0';
  if (target.kind === 'scaling') return `r = ${fixed(value)}`;
  return write(value, estimate?.unit);
}

function write(x: number | null | undefined, unit: string | undefined): string {
  return unit === '%' ? `${signed(x, 0)}%` : fixed(x);
}

function estimated({ estimate, claim }: ClaimVerdict): string {
  if (!estimate || estimate.estimate === null) return 'not estimable';
  const { unit, low, high, confidence } = estimate;
  const names = { r: 'r = ', '%': '', 'partial η²': '', score: 'gain ' };
  const name = claim.target.kind === 'strongest-factor' ? 'difference ' : names[unit];
  const numbers = withRange(estimate.estimate, low, high, 2, (x) => write(x, unit));
  return `${name}${numbers} (${Math.round(100 * confidence)}% interval)`;
}

function claimFigure(
  verdicts: readonly ClaimVerdict[],
  unit: string,
  title: string,
  axis: string,
): Figure | undefined {
  const own = verdicts.filter(
    ({ estimate, claim }) =>
      estimate?.unit === unit && estimate.estimate !== null && claim.target.kind !== 'strongest-factor',
  );
  if (own.length === 0) return undefined;
  const confidence = Math.round(100 * (own[0].estimate?.confidence ?? 0.95));
  const points = own.map(({ claim, task, estimate, verdict }): ForestPoint => ({
    row: [claim.id, ...(task === undefined ? [] : [task])].join(', '),
    estimate: estimate?.estimate ?? null,
    low: estimate?.low ?? null,
    high: estimate?.high ?? null,
    reference: claim.value ?? null,
    note: verdict,
  }));
  return forestFigure({
    id: `claims-${unit === '%' ? 'percent' : unit === 'r' ? 'scaling' : 'factors'}`,
    title,
    caption: `Points are this study’s estimates with ${confidence}% intervals; upright ticks are the published values.`,
    points,
    rows: points.map(({ row }) => row),
    rowName: 'claim',
    axis,
    referenceName: 'published',
    zero: unit === 'partial η²' ? null : 0,
    write: (x) => write(x, unit),
  });
}
