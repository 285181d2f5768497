import type { StrategyDefinition } from '../contracts/index.ts';
import * as definitions from '../strategies/index.ts';

export {
  composeStrategy,
  type Composition,
  type OwnPart,
  type PartSource,
  type StrategyChoice,
} from '../strategies/parts/compose.ts';

type OptionsOf<Definition> = Definition extends StrategyDefinition<infer Options> ? Partial<Options> : never;

/** A strategy of the catalogue with options, as studies (`strategies: [qmix({ gamma: 0.8 })]`) and teams take it. */
type Chooser<Definition> = <Options extends OptionsOf<Definition>>(
  options?: Options,
) => Options & { readonly id: Definition };

type Definitions = typeof definitions;

/** Every strategy of the catalogue as a function of its options: `strategies.untrained({ hidden: 32 })`. */
export const strategies = Object.fromEntries(
  Object.entries(definitions).map(([name, definition]) => [
    name,
    (options = {}) => ({ ...options, id: definition }),
  ]),
) as { readonly [Name in keyof Definitions]: Chooser<Definitions[Name]> };

/** The arms of the default study. */
export const { none, independent, vdn, qmix, coma, commnet } = strategies;
