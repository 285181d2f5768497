/**
 * Reuses WebAssembly instances, because the engine makes a new one for every kernel that it runs, which costs
 * more than half of a small network's training time.
 *
 * Only instances that cannot hold state of their own are shared: the module imports nothing but one memory and
 * exports nothing but one function named `kernel`, as the engine's do. All other modules are instantiated as
 * ever. The same module with another memory gets another instance.
 */
export function shareKernelInstances(): void {
  const native = WebAssembly.Instance;
  const shared = new WeakMap<WebAssembly.Module, { memory: unknown; instance: WebAssembly.Instance }>();
  const stateless = new WeakMap<WebAssembly.Module, boolean>();
  WebAssembly.Instance = new Proxy(native, {
    construct: (target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports?], newTarget) => {
      const memory = imports?.env?.memory;
      const known = shared.get(module);
      if (known && memory !== undefined && known.memory === memory) return known.instance;
      const instance = Reflect.construct(target, [module, imports], newTarget) as WebAssembly.Instance;
      if (!stateless.has(module)) stateless.set(module, isKernel(module));
      if (memory !== undefined && stateless.get(module)) {
        shared.set(module, { memory, instance });
        growInLeaps(memory as WebAssembly.Memory);
      }
      return instance;
    },
  });
}

function isKernel(module: WebAssembly.Module): boolean {
  const imports = WebAssembly.Module.imports(module);
  const exports = WebAssembly.Module.exports(module);
  return (
    imports.every(({ kind, name }) => kind === 'memory' && name === 'memory') &&
    exports.length === 1 &&
    exports[0].kind === 'function' &&
    exports[0].name === 'kernel'
  );
}

/** 64 MiB, in pages; what nobody writes to costs no memory. */
const leap = 1024;

/**
 * The engine asks for a page or two with every tensor of a new size; each time all instances are told and garbage is
 * collected. This memory grows by much at once, and by what was asked for where that much is not to be had.
 */
function growInLeaps(memory: WebAssembly.Memory): void {
  if (Object.hasOwn(memory, 'grow')) return;
  const native = memory.grow.bind(memory);
  memory.grow = (pages) => {
    try {
      return native(Math.max(pages, leap));
    } catch {
      return native(pages);
    }
  };
}
