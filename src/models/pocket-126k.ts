import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocket126k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-126k',
  title: 'Embedded transformer of 125 thousand parameters, for the four tasks of the default study',
});
