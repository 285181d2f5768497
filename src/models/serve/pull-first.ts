/** Waits for the first step of a generator, so that its errors come now, and returns all steps with that one. */
export async function pullFirst<T, R>(
  generator: AsyncGenerator<T, R>,
): Promise<{ next(): Promise<IteratorResult<T, R>> }> {
  let first: IteratorResult<T, R> | undefined = await generator.next();
  return {
    next: async () => {
      const step = first ?? (await generator.next());
      first = undefined;
      return step;
    },
  };
}
