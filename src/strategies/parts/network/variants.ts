import type { StrategyPart } from '../../../contracts/index.ts';

/** The name of a training without some parts: `qmix-shaping`. */
export function variantId(id: string, without: readonly StrategyPart[]): string {
  return [id, ...without].join('-');
}

export function otherThan(part: StrategyPart, parts: readonly StrategyPart[]): StrategyPart[] {
  return parts.filter((other) => other !== part);
}
