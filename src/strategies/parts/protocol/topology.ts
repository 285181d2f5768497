import { z } from 'zod';
import type { RandomStream } from '../../../core/index.ts';

export const topologies = ['all', 'ring', 'star', 'chain', 'random'] as const;
export type Topology = (typeof topologies)[number];

/** Who hears whom, as options of a strategy. @param usual where a study does not say */
export function topologyOptions(usual: Topology = 'all') {
  return {
    topology: z
      .enum(topologies)
      .default(usual)
      .describe(
        'Who hears whom. all: everybody; ring: each the one before it, the first the last; star: the first everybody, the ' +
          'others the first; chain: each the one before it, the first nobody; random: drawn once an episode.',
      ),
    p: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Of a random topology: the probability that one agent hears another.'),
  };
}

export type TopologyOptions = z.output<z.ZodObject<ReturnType<typeof topologyOptions>>>;

/** For each agent those that it hears, ascending, itself never among them. */
export type Hearing = readonly (readonly number[])[];

/** @param stream draws a random topology, each direction for itself; the others take nothing from it */
export function hearing({ topology, p }: TopologyOptions, agents: number, stream: RandomStream): Hearing {
  const everybody = Array.from({ length: agents }, (_, k) => k);
  const hears: Readonly<Record<Topology, (self: number, other: number) => boolean>> = {
    all: () => true,
    ring: (self, other) => other === (self + agents - 1) % agents,
    star: (self, other) => self === 0 || other === 0,
    chain: (self, other) => other === self - 1,
    random: () => stream.next() < p,
  };
  return everybody.map((self) => everybody.filter((other) => other !== self && hears[topology](self, other)));
}
