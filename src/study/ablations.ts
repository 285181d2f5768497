import type { StrategyPart } from '../contracts/index.ts';
import { InputError, type Place } from '../core/index.ts';
import { refuseDuplicates } from './duplicates.ts';

interface ListedStrategy {
  readonly label: string;
  readonly definition: { readonly parts: readonly StrategyPart[] };
}

/** Every listed strategy, followed by its variants without one of the parts to be ablated. */
export function withAblations<Listed extends ListedStrategy>(
  listed: readonly Listed[],
  ablations: readonly StrategyPart[],
  placeOf: (index: number) => Place,
): (Listed & { readonly without: readonly StrategyPart[] })[] {
  refuseDuplicates('ablation', ablations, placeOf);
  ablations.forEach((part, k) => {
    if (listed.some((entry) => entry.definition.parts.includes(part))) return;
    throw new InputError(
      `No strategy of this study has the part "${part}", so it cannot be taken away. ` +
        'Remove the ablation or add a strategy that has it (`agentmesh strategies` lists the parts).',
      placeOf(k),
    );
  });
  return listed.flatMap((entry) => [
    { ...entry, without: [] },
    ...ablations
      .filter((part) => entry.definition.parts.includes(part))
      .map((part) => ({ ...entry, label: `${entry.label}-${part}`, without: [part] })),
  ]);
}
