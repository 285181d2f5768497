/** Pieces whose repetition makes readers of text slow or wrong, and what may stand around them. */
const pieces = [
  ...['_', '*', '#', '>', ' ', '\t', '\n', '-', '.', '"', "'", '`', '\\', '\u00a0', '\u200b', '\ufdfa'],
  ...[
    '{',
    '}',
    '{}',
    '{"',
    '{"a":',
    '{"action":"',
    '{"action":{',
    "{'a':'",
    '{"a":[',
    '[',
    '/*',
    '//',
    '\\"',
    '"x",',
  ],
  ...[
    '<think>',
    '</think>',
    '<think></think>',
    '<|channel|>',
    '<|channel|>final<|message|>',
    '[THINK]',
    '<a ',
    '<|',
  ],
  ...[
    'Action:',
    '"action":',
    'Action: north\n',
    'my final ',
    'confidence: 0,9 ',
    '**Action',
    'action (',
    'message: action: ',
  ],
  ...[
    'north ',
    'north stay ',
    'not ',
    "don't north, ",
    'start 1',
    'start 10 ',
    '9/',
    '0,9',
    '1e',
    '٩',
    '```json\n',
    'a:b=c->',
  ],
];

const around: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['{"action": "', '"}'],
  ['Action: ', '\nConfidence: x'],
];

/** Texts of a length that are hard to read, by what they are made of. */
export function hostileAnswers(length: number): { readonly name: string; readonly text: string }[] {
  return pieces.flatMap((piece) =>
    around.map(([before, after]) => ({
      name: JSON.stringify(`${before}${piece} ...${after}`),
      text: before + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + after,
    })),
  );
}
