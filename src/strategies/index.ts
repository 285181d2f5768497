// The catalogue: one line per strategy.
export { none } from './none.ts';
export { independent } from './independent.ts';
export { vdn } from './vdn.ts';
export { qmix } from './qmix.ts';
export { coma } from './coma.ts';
export { commnet } from './commnet.ts';
export { untrained } from './untrained.ts';
export { uninformative } from './uninformative.ts';
export { single } from './single.ts';
export { singleBestOfN } from './single-best-of-n.ts';
