/** The training options of every strategy with their defaults, as rows of a table. */
import type { StrategyDefinition } from '../../src/contracts/index.ts';
import * as strategies from '../../src/strategies/index.ts';

interface ObjectSchema {
  readonly shape: Readonly<Record<string, Option>>;
}

interface Option {
  readonly description?: string;
  /** `usual` is what is used where an option has no default and is not given. */
  meta(): { readonly usual?: unknown } | undefined;
}

export function settingsTable(): string[] {
  const trained = Object.values<StrategyDefinition>(strategies).flatMap(({ id, training }) =>
    training
      ? [
          {
            id,
            defaults: training.trainingSchema.parse({}),
            shape: (training.trainingSchema as unknown as ObjectSchema).shape,
          },
        ]
      : [],
  );
  const names = [...new Set(trained.flatMap(({ shape }) => Object.keys(shape)))];
  return [
    `| option | ${trained.map(({ id }) => `\`${id}\``).join(' | ')} | meaning |`,
    `|---|${trained.map(() => '---').join('|')}|---|`,
    ...names.map((name) => {
      const values = trained.map(({ defaults, shape }) =>
        name in shape ? JSON.stringify(defaults[name] ?? shape[name].meta()?.usual).replaceAll('"', '') : '',
      );
      const meaning = trained.find(({ shape }) => name in shape)!.shape[name].description ?? '';
      return `| \`${name}\` | ${values.join(' | ')} | ${meaning} |`;
    }),
  ];
}
