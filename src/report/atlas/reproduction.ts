import type { AnalysisResults } from '../../analysis/index.ts';
import { list } from '../format.ts';
import { type Block, text } from './content.ts';
import type { StudyModel, StudyStrategy } from '../../contracts/index.ts';
import type { Atlas } from './context.ts';

/** How to do the study again, and what it was made of. */
export function reproduction(atlas: Atlas): Block[] {
  const { study, results, command, version, hashes = {} } = atlas;
  const { definition } = study;
  const seeds = Array.isArray(definition.seeds) ? definition.seeds : [];
  const rows: (readonly (string | number | null)[])[] = [
    ['AgentMesh-STM', version],
    ['prompt revision', numberOr(definition.promptRevision)],
    [
      'seeds',
      seeds.length > 20 ? `${seeds.slice(0, 20).join(', ')} and ${seeds.length - 20} more` : seeds.join(', '),
    ],
    ['episodes per run', numberOr(definition.episodes)],
    ...(results
      ? [
          ['resamples of the tests', results.plan.resamples],
          ['seed of the analysis', String(results.plan.seed)],
        ]
      : []),
    ...Object.entries(hashes),
  ];
  return [
    text('This command reproduces the study; runs that are there already are not played again:'),
    { kind: 'code', code: command },
    {
      kind: 'table',
      id: 'versions',
      caption: 'Versions, seeds and hashes.',
      table: { columns: ['what', 'value'], rows },
    },
    {
      kind: 'details',
      summary: 'Models, strategies and tasks with their revisions',
      blocks: [
        {
          kind: 'table',
          id: 'parts',
          caption:
            'Everything the runs are made of. A fingerprint covers weights and whatever else fixes the behaviour.',
          table: {
            columns: ['kind', 'label', 'id', 'revision', 'what it is'],
            rows: [
              ...atlas.models.map((level) => [
                'model',
                level.label,
                level.id,
                level.revision ?? null,
                modelFacts(level),
              ]),
              ...atlas.strategies.map((level) => [
                'strategy',
                level.label,
                level.id,
                level.revision ?? null,
                without(level),
              ]),
              ...atlas.tasks.map((level) => [
                'task',
                level.label,
                level.id,
                level.revision ?? null,
                level.type ?? '',
              ]),
            ],
          },
        },
      ],
    },
    ...(results
      ? [
          {
            kind: 'details' as const,
            summary: 'The plan of the analysis, fixed before any score is read',
            blocks: planBlocks(results),
          },
        ]
      : []),
    {
      kind: 'details',
      summary: 'Definition of the study, defaults included',
      blocks: [{ kind: 'code', code: JSON.stringify(definition, null, 2) }],
    },
  ];
}

function planBlocks({ plan }: AnalysisResults): Block[] {
  return [
    text(`Multiplicity: ${plan.multiplicity}.`),
    {
      kind: 'table',
      id: 'planned-tests',
      caption: 'Tests.',
      table: { columns: ['term', 'test'], rows: plan.tests.map(({ term, test }) => [term, test]) },
    },
    {
      kind: 'table',
      id: 'planned-families',
      caption: 'Families of contrasts.',
      table: {
        columns: ['family', 'adjustment', 'places'],
        rows: plan.families.map(({ title, method, places }) => [title, method, places.length]),
      },
    },
  ];
}

function modelFacts({ facts, population, fingerprint }: StudyModel): string {
  const { total, active } = facts?.parameters ?? {};
  const known =
    Object.keys(fingerprint ?? {}).length > 0 ? [`fingerprint ${JSON.stringify(fingerprint)}`] : [];
  return [
    ...(population === undefined ? [] : [population]),
    total === undefined ? 'unknown size' : `${total} parameters`,
    ...(active === undefined || active === total ? [] : [`${active} active`]),
    facts?.architecture ?? 'unknown architecture',
    ...known,
  ].join(', ');
}

function without({ without: parts, title = '' }: StudyStrategy): string {
  return parts.length > 0 ? `${title}, without ${list(parts)}` : title;
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
