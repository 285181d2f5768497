import { z } from 'zod';
import { canonicalJson } from '../../core/index.ts';

/** Three measured settings of a task, from the one in which teammates matter least; `docs/methods/coupling.md`. */
export const couplingLevels = ['low', 'middle', 'high'] as const;
export type CouplingLevel = (typeof couplingLevels)[number];

/**
 * A task's options with one more, `coupling`, that stands for what its level sets. What comes out are the concrete
 * options, which no longer name it; without it they are what the schema alone gives.
 *
 * What some level sets cannot be set to something else beside it, so that a level always means what was measured.
 *
 * @example
 * withCoupling(z.strictObject({ sight: z.int().default(3) }), { low: { sight: 9 }, middle: {}, high: { sight: 0 } })
 *   .parse({ coupling: 'high' }) // { sight: 0 }
 */
export function withCoupling<Schema extends z.ZodObject>(
  schema: Schema,
  levels: Readonly<Record<CouplingLevel, Partial<z.output<Schema>>>>,
) {
  const names = [...new Set(Object.values(levels).flatMap((level) => Object.keys(level)))];
  return z
    .looseObject({
      coupling: z
        .enum(couplingLevels)
        .optional()
        .describe(`How much a decision depends on the teammates; sets ${names.join(', ')}.`),
    })
    .transform(({ coupling, ...given }, context) => {
      if (coupling === undefined) return given;
      const level: Readonly<Record<string, unknown>> = levels[coupling];
      for (const name of names) {
        if (given[name] === undefined || canonicalJson(given[name]) === canonicalJson(level[name])) continue;
        const usual =
          level[name] === undefined ? 'leaves it out' : `sets it to ${JSON.stringify(level[name])}`;
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `\`coupling: ${coupling}\` ${usual}. Remove one of the two`,
        });
      }
      return { ...given, ...level };
    })
    .pipe(schema);
}
