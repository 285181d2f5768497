import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Asked, playStep } from '../../test/support/played-step.ts';
import type { StrategyDefinition } from '../contracts/index.ts';
import * as strategies from './index.ts';

// What docs/strategies.md says that a step costs is what is asked.

const page = readFileSync(path.join(import.meta.dirname, '../../docs/strategies.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([\w-]+)` \|.*\| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].map(
  ([, id, ...costs]) => [id, costs] as const,
);
const catalogue = Object.values<StrategyDefinition>(strategies);

const pick = ['red', 'green', 'blue', 'grey'];
const teams = [
  [pick, pick, pick],
  ['write', 'write', 'write'],
  ['talk', 'talk', pick],
] as const;

/** Nobody agrees with anybody, and everybody changes its mind; what they say is alike, and never the same. */
function restless() {
  const turns = new Map<string, number>();
  return ({ form, who }: Asked) => {
    const turn = (turns.get(who) ?? 'ABC'.indexOf(who[0])) + 1;
    turns.set(who, turn);
    return form === 'choose' ? pick[turn % pick.length] : `we all go there number ${who} ${turn}`;
  };
}

it('has a row for every strategy of teams', () => {
  const own = catalogue.filter(({ id }) => page.includes(`**\`${id}\`**`)).map(({ id }) => id);
  expect(own.length).toBeGreaterThan(12);
  expect(rows.map(([id]) => id).sort()).toEqual(own.filter((id) => !id.startsWith('single')).sort());
});

it('names every strategy of the catalogue', () => {
  for (const { id } of catalogue) expect(page, id).toContain(`\`${id}\``);
});

describe.each(rows)('%s', (id, costs) => {
  const definition = catalogue.find((each) => each.id === id)!;

  it.each(costs.map((cost, k) => [cost, teams[k]] as const))('asks %s', async (cost, offers) => {
    const { asked } = await playStep(definition, { offers, reply: restless() });
    const [, atMost, most] = /^(at most )?(\d+)$/.exec(cost) ?? [];
    // What ends early is tried where nothing ends it; who reads whom hangs on the words, and has a bound alone.
    if (id === 'self-organising') expect(asked.length).toBeLessThanOrEqual(Number(most));
    else expect(asked.length, atMost).toBe(Number(most));
  });
});
