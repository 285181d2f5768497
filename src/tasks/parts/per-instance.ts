/** Builds what follows from an instance once per instance, and forgets it with the instance. */
export function perInstance<Instance extends object, Value>(
  build: (instance: Instance) => Value,
): (instance: Instance) => Value {
  const known = new WeakMap<Instance, Value>();
  return (instance) => {
    let value = known.get(instance);
    if (value === undefined) known.set(instance, (value = build(instance)));
    return value;
  };
}
