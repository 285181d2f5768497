/** Columns of shuffled values that are added up together; the kernel's rows have as many doubles. */
export const groupWidth = 6;
