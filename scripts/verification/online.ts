/** What learning from a run's own episodes is worth: the same runs with and without it, paired by seed. */
import { memoryStore, run } from '../../src/api/index.ts';
import { average, meanInterval } from './interval.ts';

/** One row per task and strategy. */
export async function onlineTable(seeds: number, episodes: number): Promise<string[]> {
  const rows: string[] = [];
  for (const task of ['coverage', 'foraging']) {
    const store = memoryStore();
    const study = {
      ...{ name: 'online', models: ['pocket-32k'], strategies: ['vdn', 'qmix'], tasks: [task] },
      ...{ seeds, episodes, factors: { online: [false, true] } },
    };
    await run(study, { store });
    const scores = new Map<string, number[]>();
    for await (const { run: planned } of store.outcomes()) {
      const finished = await store.episodes(planned.hash);
      const key = `${planned.strategy} ${planned.seed} ${planned.factors.online === true}`;
      scores.set(
        key,
        finished.flatMap(({ score = [] }) => score),
      );
    }
    const late = Math.ceil(episodes / 4);
    for (const strategy of study.strategies) {
      const pairs = Array.from({ length: seeds }, (_, seed) => {
        const of = (online: boolean) => scores.get(`${strategy} ${seed} ${online}`)!;
        return { without: of(false), learning: of(true) };
      });
      const gain = (part: (all: readonly number[]) => readonly number[]) =>
        withInterval(pairs.map(({ without, learning }) => average(part(learning)) - average(part(without))));
      rows.push(
        `| ${task} | ${strategy} | ${seeds}, ${episodes} | ` +
          `${average(pairs.map(({ without }) => average(without))).toFixed(3)} | ` +
          `${gain((all) => all)} | ${gain((all) => all.slice(-late))} |`,
      );
      console.log(rows[rows.length - 1]);
    }
  }
  return rows;
}

function withInterval(differences: readonly number[]): string {
  const interval = meanInterval(differences);
  const figure = (x: number) => (x >= 0 ? '+' : '') + x.toFixed(3);
  return figure(average(differences)) + (interval ? ` [${interval.map(figure).join(', ')}]` : '');
}
