import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocket4k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-4k',
  title: 'Embedded transformer of 4 thousand parameters, for the four tasks of the default study',
});
