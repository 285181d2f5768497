import { describe, expect, it } from 'vitest';
import { type Scheme, schemeOf } from './scheme.ts';
import { parsed, programIn } from './syntax.ts';

describe('the scheme by which main uses a helper', () => {
  it.each<[Scheme, string]>([
    // The labelled programs that the rules were made on.
    ['wrapper', 'function main(x) { return aux(x); }'],
    ['wrapper', 'function main(x) { const r = aux(x); return r; }'],
    ['decorator', 'function main(x) { const r = aux(x); return r.map(v => v + 1); }'],
    ['decorator', 'function main(xs) { return aux(xs.filter(x => x > 0)).length; }'],
    [
      'decorator',
      'function main(xs) { const even = xs.filter(x => x % 2 === 0); const r = aux(even); return r.length > 0 ? r[0] : r; }',
    ],
    ['coordinator', 'function main(xs) { return xs.map(aux).reduce((a, b) => a + b, 0); }'],
    ['coordinator', 'function main(xs) { let s = 0; for (const x of xs) s += aux(x); return s; }'],
    ['coordinator', 'function main(a, b) { return aux(a) + aux(b); }'],
    ['coordinator', 'function main(xs) { return xs.filter(x => x > 0).map(x => aux(x) + 1); }'],
    ['strategy filter', 'function main(xs) { return xs.filter(aux).length; }'],
    ['strategy filter', 'function main(x) { if (aux(x)) return 1; return 2; }'],
    ['strategy filter', 'function main(x) { return aux(x) ? 1 : 2; }'],
    ['fallback', 'function main(x) { try { return aux(x); } catch { return x + 1; } }'],
    ['fallback', 'function main(x) { const r = aux(x); if (r !== undefined) return r; return x * 2; }'],
    ['fallback', 'function main(x) { return aux(x) ?? x * 2; }'],
    ['unused', 'function main(x) { return x * 2; }'],
    ['unused', 'function main(aux) { return aux * 2; }'],
    ['unused', 'function main(x) { return x.aux; }'],
    ['ignored', 'function main(x) { aux(x); return x * 2; }'],
    ['ignored', 'function main(x) { const r = aux(x); return x * 2; }'],
    // Written anew, after the rules.
    ['wrapper', 'const main = (xs) => aux(xs);'],
    ['wrapper', 'function main(...xs) { return aux(...xs); }'],
    ['wrapper', 'const main = function (xs) { let kept = aux(xs); return kept; };'],
    ['decorator', 'const main = xs => aux(xs).reverse();'],
    ['decorator', 'function main(xs) { let s = 0; for (const x of aux(xs)) s += x * x; return s; }'],
    ['decorator', 'function main(xs) { if (xs.length === 0) return 0; return aux(xs) + 1; }'],
    ['decorator', 'function main(xs) { const { kept } = aux(xs); return kept.map(x => x * 3); }'],
    ['decorator', 'function main(xs) { return [...new Set(aux(xs))]; }'],
    [
      'coordinator',
      'function main(xs) { const out = []; xs.forEach(x => { out.push(aux(x)); }); return out; }',
    ],
    [
      'coordinator',
      'function main(xs) { const out = []; for (let i = 0; i < xs.length; i++) { if (xs[i] > 0) out.push(aux(xs[i])); } return out; }',
    ],
    [
      'coordinator',
      'function main(xs) { if (xs.length === 0) return 0; const [x, ...rest] = xs; return aux(x) + main(rest); }',
    ],
    ['coordinator', 'function main(xs) { const f = aux; return xs.map(f); }'],
    ['coordinator', 'const main = xs => Array.from(xs, x => aux(x));'],
    [
      'coordinator',
      'function main(xs) { const left = aux(xs.slice(0, 2)); const right = aux(xs.slice(2)); return left.concat(right); }',
    ],
    [
      'strategy filter',
      'function main(xs) { const out = []; for (const x of xs) if (aux(x)) out.push(x * x); return out; }',
    ],
    [
      'strategy filter',
      'function main(xs) { const kept = xs.filter(x => aux(x)); kept.reverse(); return kept; }',
    ],
    ['strategy filter', 'const main = xs => xs.filter(aux).map(x => x * 2);'],
    ['strategy filter', 'function main(x) { const ok = aux(x); if (ok) return 1; return 2; }'],
    [
      'strategy filter',
      'function main(xs) { let n = 0; for (const x of xs) { if (!aux(x)) continue; n += x; } return n; }',
    ],
    ['strategy filter', 'function main(x) { switch (aux(x)) { case 1: return x; default: return -x; } }'],
    ['strategy filter', 'function main(xs) { const is = aux; return xs.filter(x => is(x)).length; }'],
    ['fallback', 'function main(x) { let r; try { r = aux(x); } catch (e) { r = null; } return r; }'],
    ['fallback', 'function main(x) { return typeof aux === "function" ? aux(x) : x * x; }'],
    ['fallback', 'function main(xs) { const r = aux(xs) || []; return r.length; }'],
    ['fallback', 'function main(x) { if (aux(x) > 0) return aux(x); return 0; }'],
    ['ignored', 'function main(xs) { xs.filter(aux); return xs; }'],
    ['ignored', 'function main(xs) { return; aux(xs); }'],
    [
      'ignored',
      'function main(xs) { const out = []; for (const x of xs) { aux(x); out.push(x); } return out; }',
    ],
    ['unused', 'function main(x) { return { aux: x }; }'],
    ['unused', 'function main(x) { return "aux(x)"; /* aux(x) */ }'],
    ['unused', 'function main(x) { const aux = y => y; return aux(x); }'],
    ['unused', 'function aux(x) { return x; } function main(x) { return aux(x) + 1; }'],
    ['unused', 'function other(x) { return aux(x); }'],
  ])('%s: %s', (scheme, source) => {
    const program = parsed(source);
    expect('tree' in program && schemeOf(program.tree, 'aux')).toBe(scheme);
  });
});

describe('the program in a text', () => {
  const code = 'function main(xs) { return xs; }';
  it.each([
    [code, code],
    [`\n${code}\n`, code],
    [`Here it is:\n\`\`\`js\n${code}\n\`\`\`\nIt works.`, code],
    [`\`\`\`\n${code}\n\`\`\`\nand\n\`\`\`js\nlet x;\n\`\`\``, `${code}\n\nlet x;`],
    [`\`\`\`js\n${code}`, code],
    ['', ''],
    ['x'.repeat(1e6), ''],
  ])('%#', (text, program) => {
    expect(programIn(text)).toBe(program);
  });
});
