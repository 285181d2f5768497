import fc from 'fast-check';
import { expect, it } from 'vitest';
import { displayBlock, displayJson, displayText } from './display-text.ts';

it('shows characters that would hide or turn text as their code points', () => {
  expect(displayText('a\u202Eb\u0000c\u200Dd')).toBe('a⟨U+202E⟩b⟨U+0000⟩c⟨U+200D⟩d');
  expect(displayText('a\nb\tc')).toBe('a⟨U+000A⟩b⟨U+0009⟩c');
  expect(displayText('\uD800x')).toBe('⟨U+D800⟩x');
  expect(displayText('ä 漢 😀 עברית')).toBe('ä 漢 😀 עברית');
});

it('cuts what is too long, and says so', () => {
  expect(displayText('x'.repeat(300), 10)).toBe(`${'x'.repeat(9)}…`);
});

it('keeps lines and tabs of a block', () => {
  expect(displayBlock('a\n\tb\u202E')).toBe('a\n\tb⟨U+202E⟩');
});

it('leaves nothing that moves text, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // eslint-disable-next-line no-control-regex
      expect(displayText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

it('JSON for a terminal holds nothing that acts on it, and the same value', () => {
  const value = { 'a\u001b[2J': ['\u009b31m', '\u202e', 'line\nbreak', '\u007f', 1] };
  const text = displayJson(value);
  expect(JSON.parse(text)).toEqual(value);
  // eslint-disable-next-line no-control-regex
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});
