// The catalogue: one line per model.
export { ollama } from './ollama.ts';
export { openai } from './openai.ts';
export { openaiCompatible } from './openai-compatible.ts';
export { pocket32k } from './pocket-32k.ts';
export { scripted } from './scripted.ts';
