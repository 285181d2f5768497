/**
 * Keeps the engine from multiplying and adding in one instruction. Newer versions of Node offer it ("relaxed SIMD"),
 * and the engine then uses it for some of its loops and not for others: the last bits of a sum would depend on Node's
 * version, on the processor, and on whether a training was stopped and went on. Call before the first tensor.
 *
 * The engine asks with a small module that holds the instruction whether it may be used; the answer is no.
 */
export function refuseRelaxedArithmetic(): void {
  const native = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (bytes) => !asksForRelaxedMadd(bytes) && native(bytes);
}

/** `f32x4.relaxed_madd` as it is written in a module. */
const relaxedMadd = Buffer.from([0xfd, 0x85, 0x02]);
/** A question, not a program. */
const longestProbe = 100;

function asksForRelaxedMadd(bytes: BufferSource): boolean {
  if (bytes.byteLength > longestProbe) return false;
  const view = ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
  return view.includes(relaxedMadd);
}
