import { randomStream } from '../../core/index.ts';
import {
  cliffsDelta,
  cohensDz,
  hedgesG,
  probabilityOfImprovement,
  smallSampleFactor,
  type StandardisedEffect,
  stratifiedBootstrap,
} from '../../stats/index.ts';
import { placeKey, placeText } from '../places.ts';
import { againstFirst } from './arms.ts';
import { type FurtherStatistic, withoutRows } from './further.ts';

const resamples = 2000;

/** Effects without a unit: dz with its small-sample form and Cliff's delta of pairs, Hedges' g without blocks. */
export const effects: FurtherStatistic = {
  id: 'effects',
  title: 'Standardised effects against the baseline',
  compute: (context) => {
    const { plan } = context;
    if (plan.baselines.length === 0) return withoutRows('effects need a baseline: name it with --baseline');
    const lines = againstFirst(context);
    const paired = lines.some((line) => line.paired);
    const { confidence } = plan;
    const bounds = (effect: StandardisedEffect | undefined) =>
      effect ? [effect.estimate, effect.low, effect.high] : [null, null, null];
    return {
      columns: [
        'level',
        'where',
        ...(paired ? ['dz', 'dz low', 'dz high', 'g of dz'] : ["Hedges' g", 'g low', 'g high']),
        ...["Cliff's delta", 'delta low', 'delta high'],
      ],
      rows: lines.map(({ level, at, x, y }) => {
        if (x.length < 2 || y.length < 2) {
          return [level, placeText(at), ...new Array<null>(paired ? 7 : 6).fill(null)];
        }
        if (!paired) {
          const g = varies(x) || varies(y) ? hedgesG(x, y, confidence) : undefined;
          return [level, placeText(at), ...bounds(g), ...bounds(cliffsDelta(x, y, confidence))];
        }
        const differences = x.map((value, i) => value - y[i]);
        const dz = varies(differences) ? cohensDz(differences, confidence) : undefined;
        const g = dz ? smallSampleFactor(x.length - 1) * dz.estimate : null;
        // Arms of the same blocks: whole blocks are redrawn.
        const { estimate, low, high } = stratifiedBootstrap(
          [x.map((_, i) => i)],
          ([drawn]) =>
            2 *
              probabilityOfImprovement(
                drawn.map((i) => x[i]),
                drawn.map((i) => y[i]),
              ) -
            1,
          { stream: randomStream(plan.seed, 'Cliff', level, placeKey(at)), resamples, confidence },
        );
        return [level, placeText(at), ...bounds(dz), g, estimate, low, high];
      }),
      notes: paired
        ? [
            'dz: mean difference within blocks over its standard deviation, interval by the noncentral t; g of dz is free of the bias of few blocks',
            "Cliff's delta: P(level above baseline) - P(below), over all blocks; interval by redrawing blocks",
          ]
        : ["Hedges' g by the pooled standard deviation; Cliff's delta with Cliff's interval"],
    };
  },
};

function varies(values: readonly number[]): boolean {
  return values.some((value) => Math.abs(value - values[0]) > 1e-12);
}
