export * from './adam.ts';
export * from './dense.ts';
export * from './engine.ts';
export * from './float16.ts';
export * from './safetensors.ts';
export * from './trained-net.ts';
export * from './weights.ts';
