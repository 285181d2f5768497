import { describe, expect, it } from 'vitest';
import { parsed, programIn } from './syntax.ts';
import { type Use, useOf } from './use.ts';

describe('how main uses a helper', () => {
  it.each<[Use, string]>([
    ['wrapper', 'function main(x) { return aux(x); }'],
    ['wrapper', 'function main(x) { const r = aux(x); return r; }'],
    ['wrapper', 'const main = (xs) => aux(xs);'],
    ['used', 'function main(x) { const r = aux(x); return r.map(v => v + 1); }'],
    ['used', 'function main(xs) { return aux(xs.filter(x => x > 0)).length; }'],
    ['used', 'function main(xs) { return xs.map(aux).reduce((a, b) => a + b, 0); }'],
    ['used', 'function main(xs) { let s = 0; for (const x of xs) s += aux(x); return s; }'],
    [
      'used',
      'function main(xs) { const out = []; for (const x of xs) if (aux(x)) out.push(x * x); return out; }',
    ],
    ['used', 'function main(xs) { const out = []; xs.forEach(x => { out.push(aux(x)); }); return out; }'],
    ['used', 'function main(xs) { const kept = xs.filter(x => aux(x)); kept.reverse(); return kept; }'],
    ['used', 'function main(x) { return aux(x) ? 1 : 2; }'],
    ['used', 'function main(x) { try { return aux(x); } catch { return x + 1; } }'],
    ['used', 'function main(x) { return aux(x) ?? x * 2; }'],
    ['used', 'const main = xs => xs.filter(aux).map(x => x * 2);'],
    ['ignored', 'function main(x) { aux(x); return x * 2; }'],
    ['ignored', 'function main(x) { const r = aux(x); return x * 2; }'],
    ['ignored', 'function main(xs) { xs.filter(aux); return xs; }'],
    ['ignored', 'function main(xs) { return; aux(xs); }'],
    ['unused', 'function main(x) { return x * 2; }'],
    ['unused', 'function main(aux) { return aux * 2; }'],
    ['unused', 'function main(x) { return x.aux; }'],
    ['unused', 'function main(x) { return { aux: x }; }'],
    ['unused', 'function main(x) { return "aux(x)"; /* aux(x) */ }'],
    ['unused', 'function main(x) { const aux = y => y; return aux(x); }'],
    ['unused', 'function aux(x) { return x; } function main(x) { return aux(x) + 1; }'],
    ['unused', 'function other(x) { return aux(x); }'],
  ])('%s: %s', (use, source) => {
    const program = parsed(source);
    expect('tree' in program && useOf(program.tree, 'aux')).toBe(use);
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
