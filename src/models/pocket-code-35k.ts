import type { ModelDefinition } from '../contracts/index.ts';
import { writerModel, type WriterOptions } from './parts/writer/model.ts';

export const pocketCode35k: ModelDefinition<WriterOptions> = writerModel({
  id: 'pocket-code-35k',
  title: 'Embedded writer of 35 thousand parameters, for pair programming',
});
