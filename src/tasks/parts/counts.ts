/** A number of steps in words. */
export const steps = (n: number): string => (n === 1 ? '1 step' : `${n} steps`);
