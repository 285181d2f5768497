import type { ModelDefinition } from '../contracts/index.ts';
import { writerModel, type WriterOptions } from './parts/writer/model.ts';

export const pocketCode140k: ModelDefinition<WriterOptions> = writerModel({
  id: 'pocket-code-140k',
  title: 'Embedded writer of 140 thousand parameters, for pair programming',
});
