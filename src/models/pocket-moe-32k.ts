import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocketMoe32k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-moe-32k',
  title: 'Embedded mixture of four experts, 35 thousand of 46 thousand parameters active, for the four tasks',
});
