import type { ModelDefinition } from '../contracts/index.ts';
import { pocketModel, type PocketOptions } from './parts/pocket/model.ts';

export const pocketMoe126k: ModelDefinition<PocketOptions> = pocketModel({
  id: 'pocket-moe-126k',
  title:
    'Embedded mixture of four experts, 126 thousand of 192 thousand parameters active, for the four tasks',
});
