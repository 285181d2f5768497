import { describe, expect, it } from 'vitest';
import { playStep } from '../../../../test/support/played-step.ts';
import type { StrategyDefinition } from '../../../contracts/index.ts';
import * as strategies from '../../index.ts';

const program = (who: string) =>
  `function ${who}(xs) {\n\t// ${`${who} `.repeat(9)}\n\treturn [...xs].map((x) => x << 1)["at"](-1) ?? \`a\\n\`;\n}`;

describe('a program', () => {
  it.each([
    strategies.sequential,
    strategies.debate,
    strategies.review,
    strategies.leader,
    strategies.mixture,
    strategies.dynamic,
    strategies.single,
  ] as StrategyDefinition[])('reaches teammates as it was written in $id', async (definition) => {
    const { asked, actions } = await playStep(definition, {
      offers: ['program', 'program', 'program'],
      reply: ({ who, form }) =>
        form === 'write' ? `\`\`\`js\n${program(who)}\n\`\`\`` : `I am "${who}" [here].`,
    });
    const read = asked.flatMap(({ reads }) => reads);
    expect(read.some((words) => words.includes('function '))).toBe(true);
    for (const words of read) {
      const [who] = words.split(':');
      expect([`${who}: ${program(who)}`, `${who}: I am '${who}' (here).`]).toContain(words);
    }
    expect(actions[0].map((text) => text.startsWith('function '))).toEqual([true, true, true]);
  });
});
