import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocket400k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-400k',
  title: 'Embedded transformer of 400 thousand parameters, for the four tasks of the default study',
});
