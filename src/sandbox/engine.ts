import releaseVariant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { type CallOutcome, limits, type Program } from './program.ts';

/** Runs programs one after the other, each in an engine state of its own. */
export interface Engine {
  run(program: Program): Promise<readonly CallOutcome[]>;
}

/**
 * QuickJS in WebAssembly. A program gets a runtime and a context of its own, with counted interrupts, bounds on memory,
 * stack, source and output, without clock, randomness, proxies or anything of the host. What it leaves behind
 * goes with its runtime; after anything but plain returns and throws the whole module is made anew.
 */
export async function createEngine(): Promise<Engine> {
  let fresh: QuickJSWASMModule | undefined = await newModule();
  return {
    run: async (program) => {
      if (program.source.length > limits.sourceCharacters)
        return program.calls.map(() => ({ kind: 'stopped', limit: 'source' }));
      const quickjs = (fresh ??= await newModule());
      let outcomes: readonly CallOutcome[];
      try {
        outcomes = runIn(quickjs, program);
      } catch {
        // Whatever comes out of WebAssembly itself is a broken engine, which the program has brought about.
        outcomes = program.calls.map(() => ({ kind: 'stopped', limit: 'fault' }));
      }
      if (outcomes.some(({ kind }) => kind === 'stopped')) fresh = undefined;
      return outcomes;
    },
  };
}

/** Its types describe it as another module system would see it. */
const variant = releaseVariant as unknown as QuickJSSyncVariant;

/** With a memory that cannot grow: the engine's own limit counts what is asked for at once, not what is held. */
const newModule = () => {
  const pages = limits.memoryBytes / pageBytes;
  const wasmMemory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
};
const pageBytes = 1 << 16;

const intrinsics = {
  BaseObjects: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  MapSet: true,
  // Nothing ever settles one, but async functions need them.
  Promise: true,
  Date: false,
  Proxy: false,
  TypedArrays: false,
} as const;

function runIn(quickjs: QuickJSWASMModule, { source, calls }: Program): readonly CallOutcome[] {
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(limits.stackBytes);
  const watch = watched(runtime);
  const context = runtime.newContext({ intrinsics });
  const held: QuickJSHandle[] = [];
  const keep = (handle: QuickJSHandle) => {
    held.push(handle);
    return handle;
  };
  try {
    // Taken before the program can put others in their place.
    keep(context.unwrapResult(context.evalCode('delete Math.random')));
    const stringify = keep(context.unwrapResult(context.evalCode('JSON.stringify')));
    watch.begin();
    const started = context.evalCode(source);
    keep(started.error ?? started.value);
    if (started.error) {
      const outcome = failed(context, started.error, watch);
      return calls.map(() => outcome);
    }
    return calls.map(({ name, args }) => {
      watch.begin();
      const callee = context.evalCode(name);
      keep(callee.error ?? callee.value);
      if (callee.error) return failed(context, callee.error, watch);
      if (context.typeof(callee.value) !== 'function')
        return { kind: 'threw', message: `There is no function ${name}.` };
      const given = args.map((arg) =>
        keep(context.unwrapResult(context.evalCode(`(${JSON.stringify(arg)})`))),
      );
      const called = context.callFunction(callee.value, context.undefined, ...given);
      keep(called.error ?? called.value);
      if (called.error) return failed(context, called.error, watch);
      const written = context.callFunction(stringify, context.undefined, called.value);
      keep(written.error ?? written.value);
      return written.error ? failed(context, written.error, watch) : returned(context, written.value);
    });
  } finally {
    for (const handle of held) if (handle.alive) handle.dispose();
    context.dispose();
    runtime.dispose();
  }
}

interface Watch {
  begin(): void;
  readonly ended: boolean;
}

/** Counts how often the engine asks whether it may go on, which depends on the program alone. */
function watched(runtime: QuickJSRuntime): Watch {
  let count = 0;
  runtime.setInterruptHandler(() => ++count > limits.interrupts);
  return {
    begin: () => {
      count = 0;
    },
    get ended() {
      return count > limits.interrupts;
    },
  };
}

function returned(context: QuickJSContext, written: QuickJSHandle): CallOutcome {
  if (context.typeof(written) !== 'string') return { kind: 'returned' };
  const length = context.getProp(written, 'length').consume((handle) => context.getNumber(handle));
  if (length > limits.outputCharacters) return { kind: 'stopped', limit: 'output' };
  return { kind: 'returned', json: context.getString(written) };
}

const longestMessage = 200;

function failed(context: QuickJSContext, error: QuickJSHandle, watch: Watch): CallOutcome {
  if (watch.ended) return { kind: 'stopped', limit: 'steps' };
  // Reading what was thrown may run the program's own code.
  watch.begin();
  const thrown: unknown = context.dump(error);
  if (watch.ended) return { kind: 'stopped', limit: 'steps' };
  const message = messageOf(thrown);
  if (/^InternalError: out of memory/.test(message) || thrown === null)
    return { kind: 'stopped', limit: 'memory' };
  return { kind: 'threw', message: message.slice(0, longestMessage) };
}

function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { name, message } = thrown as { readonly name?: unknown; readonly message?: unknown };
  return [name, message].filter((part) => typeof part === 'string').join(': ') || 'something was thrown';
}
