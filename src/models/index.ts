// The catalogue: one line per model.
export { gguf } from './gguf.ts';
export { ollama } from './ollama.ts';
export { openai } from './openai.ts';
export { openaiCompatible } from './openai-compatible.ts';
export { pocket4k } from './pocket-4k.ts';
export { pocket12k } from './pocket-12k.ts';
export { pocket32k } from './pocket-32k.ts';
export { pocket32kCoupling } from './pocket-32k-coupling.ts';
export { pocket126k } from './pocket-126k.ts';
export { pocket400k } from './pocket-400k.ts';
export { pocketMoe32k } from './pocket-moe-32k.ts';
export { pocketMoe126k } from './pocket-moe-126k.ts';
export { pocketCode35k } from './pocket-code-35k.ts';
export { pocketCode140k } from './pocket-code-140k.ts';
export { scripted } from './scripted.ts';
