import { ablationsSection } from './ablations.ts';
import { answerSection } from './answer.ts';
import { claimsSection } from './claims.ts';
import type { Section } from './content.ts';
import { type AtlasInput, atlasOf } from './context.ts';
import { costSection } from './cost.ts';
import { factorsSection } from './factors.ts';
import { interactionsSection } from './interactions.ts';
import { measuresSection } from './measures.ts';
import { matrixSection } from './matrix.ts';
import { scalingSection } from './scaling.ts';
import { trustSection } from './trust.ts';

export { answerText } from './advice.ts';
export * from './content.ts';
export { type Atlas, type AtlasInput, atlasOf } from './context.ts';
export { type CellLink, matrixFigures } from './matrix.ts';

/** The sections of the atlas, in its order: what a study says and how far to believe it. */
export function atlasSections(input: AtlasInput): Section[] {
  const atlas = atlasOf(input);
  return [
    answerSection,
    matrixSection,
    factorsSection,
    interactionsSection,
    scalingSection,
    ablationsSection,
    costSection,
    measuresSection,
    (own: typeof atlas) => claimsSection(own),
    trustSection,
  ].flatMap((section) => section(atlas) ?? []);
}
