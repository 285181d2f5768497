import type { ChainPart, ScenePanel, TablePanel } from '../../../contracts/index.ts';
import type { Job, ShopState } from './shop.ts';
import { colourNames, ownParts } from './view.ts';

/** Every job as the chain of its stages, and every machine; or one agent's own next parts and machine. */
export function assemblyScene(
  names: readonly string[],
  state: ShopState,
  viewer?: number,
): readonly ScenePanel[] {
  return viewer === undefined ? wholeShop(names, state) : ownQueue(names, state, viewer);
}

function wholeShop(names: readonly string[], state: ShopState): readonly ScenePanel[] {
  const { instance, progress, open } = state;
  return [
    {
      kind: 'chains',
      chains: instance.jobs.map((job, j) => ({
        label: `Job ${j + 1}`,
        note: `worth ${job.value}, due by ${job.due}${ending(job, progress[j], open[j])}`,
        parts: job.stages.map(({ agent, duration, colour }, k) => ({
          agent,
          length: duration,
          label: `${names[agent]} ${colourNames[colour]}`,
          status: statusOf(state, j, k),
        })),
      })),
    },
    machines(names, state, (agent) => agent >= 0),
  ];
}

function ending(job: Job, progress: number, open: number): string {
  if (open === 1) return '';
  return progress === job.stages.length ? ', finished' : ', too late to pay';
}

function statusOf({ progress, active, open }: ShopState, job: number, stage: number): ChainPart['status'] {
  if (stage < progress[job]) return 'done';
  if (open[job] === 0) return 'lost';
  if (stage > progress[job]) return 'later';
  return active[job] === 1 ? 'active' : 'next';
}

function machines(
  names: readonly string[],
  { colour, busy, job }: ShopState,
  shown: (agent: number) => boolean,
): TablePanel {
  return {
    kind: 'table',
    title: 'Machines',
    header: ['agent', 'colour', 'works on', 'free in'],
    rows: names.flatMap((name, agent) =>
      shown(agent)
        ? [
            [
              name,
              colourNames[colour[agent]],
              busy[agent] > 0 ? `job ${job[agent] + 1}` : 'nothing',
              String(busy[agent]),
            ],
          ]
        : [],
    ),
  };
}

function ownQueue(names: readonly string[], state: ShopState, viewer: number): readonly ScenePanel[] {
  return [
    machines(names, state, (agent) => agent === viewer),
    {
      kind: 'table',
      title: 'Your next parts',
      header: ['job', 'arrives', 'colour', 'steps', 'after', 'worth', 'spare'],
      rows: ownParts(state, viewer).map((part) => [
        String(part.job + 1),
        part.ready ? 'ready' : `from ${names[part.from]} in ${part.arrival}`,
        colourNames[part.colour],
        String(part.duration),
        String(part.after),
        String(part.worth),
        part.spare < 0 ? `late ${-part.spare}` : String(part.spare),
      ]),
    },
  ];
}
