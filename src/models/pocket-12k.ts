import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocket12k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-12k',
  title: 'Embedded transformer of 12 thousand parameters, for the four tasks of the default study',
});
