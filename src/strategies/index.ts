import { coma } from './coma.ts';
import { commnet } from './commnet.ts';
import { independent } from './independent.ts';
import { networkOnlyControl } from './network-only.ts';
import { qmix } from './qmix.ts';
import { vdn } from './vdn.ts';

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
export const networkOnly = networkOnlyControl([vdn, qmix, coma, commnet, independent]);
