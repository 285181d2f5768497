import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withCoupling } from './coupling.ts';

const schema = z
  .strictObject({
    agents: z.int().min(2).default(3),
    sight: z.int().min(0).default(3),
    levels: z.enum(['lowest', 'highest']).optional(),
  })
  .refine(({ agents, sight }) => agents + sight < 20, { path: ['sight'], message: 'too much' });
const options = withCoupling(schema, {
  low: { sight: 9 },
  middle: { sight: 3 },
  high: { sight: 0, levels: 'highest' },
});
const problem = (value: unknown) => options.safeParse(value).error?.issues[0];

describe('a task with coupling', () => {
  it('turns a level into concrete options that no longer name it', () => {
    expect(options.parse({ coupling: 'high', agents: 2 })).toEqual({
      agents: 2,
      sight: 0,
      levels: 'highest',
    });
    expect(options.parse({ coupling: 'low' })).toEqual({ agents: 3, sight: 9 });
  });

  it('is what it was without it', () => {
    expect(options.parse({})).toEqual(schema.parse({}));
    expect(options.parse({ sight: 7 })).toEqual(schema.parse({ sight: 7 }));
    expect(options.parse(options.parse({ coupling: 'high' }))).toEqual(options.parse({ coupling: 'high' }));
  });

  it('refuses to mean something else than was measured, and what no schema has', () => {
    expect(options.parse({ coupling: 'high', sight: 0 })).toEqual({ agents: 3, sight: 0, levels: 'highest' });
    expect(problem({ coupling: 'high', sight: 1 })).toMatchObject({
      path: ['sight'],
      message: '`coupling: high` sets it to 0. Remove one of the two',
    });
    // The middle level leaves `levels` as it is drawn, and that is what was measured.
    expect(problem({ coupling: 'middle', levels: 'lowest' })).toMatchObject({
      path: ['levels'],
      message: '`coupling: middle` leaves it out. Remove one of the two',
    });
    expect(problem({ coupling: 'some' })).toMatchObject({ path: ['coupling'] });
    expect(problem({ coupling: 'low', site: 1 })).toMatchObject({
      code: 'unrecognized_keys',
      keys: ['site'],
    });
    expect(problem({ coupling: 'low', agents: 12 })).toMatchObject({ message: 'too much' });
  });
});
