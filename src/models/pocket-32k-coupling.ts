import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocket32kCoupling: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-32k-coupling',
  title: 'Embedded transformer of 34 thousand parameters, for the four tasks at three levels of coupling',
});
