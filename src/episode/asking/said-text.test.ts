import { describe, expect, it } from 'vitest';
import { saidText, withoutReasoning } from './said-text.ts';

const said = (text: string) => saidText(text).trim();

describe('what was said', () => {
  it.each<[what: string, text: string, rest: string]>([
    ['all of it where nothing is marked', 'north', 'north'],
    ['after <think>', '<think>stay?</think>north', 'north'],
    ['after <think> in capitals and with attributes', '<THINK time="3">stay</Think> north', 'north'],
    ['after <thinking>', '<thinking>stay</thinking>\nnorth', 'north'],
    ['after <reasoning>', '<reasoning>stay</reasoning> north', 'north'],
    ['after <thought>', '<thought>stay</thought> north', 'north'],
    ['after a name space', '<seed:think>stay</seed:think>north', 'north'],
    ['after [THINK]', '[THINK]stay[/THINK]north', 'north'],
    ['after <|thinking|>', '<|thinking|>stay<|/thinking|>north', 'north'],
    ['after ◁think▷', '◁think▷stay◁/think▷north', 'north'],
    [
      'after tokens that begin and end',
      '<|START_THINKING|>stay<|END_THINKING|><|START_RESPONSE|>north<|END_RESPONSE|>',
      'north',
    ],
    [
      'after a solution',
      '<|begin_of_thought|>stay<|end_of_thought|>\n<|begin_of_solution|>north<|end_of_solution|>',
      'north',
    ],
    ['after tokens in full-width bars', '<｜begin▁of▁thinking｜>stay<｜end▁of▁thinking｜>north', 'north'],
    ['before reasoning', 'north <think>or stay</think>', 'north'],
    ['around reasoning', 'go <think>stay</think> north', 'go \n north'],
    ['behind nested reasoning', '<think>a<think>stay</think>b</think>north', 'north'],
    ['behind an end without a beginning', 'stay, stay</think>north', 'north'],
    ['behind an end that is only mentioned', '<think>I end with </think> soon</think>north', 'north'],
    ['in <answer>', 'Stay is bad. <answer>north</answer> So stay away.', 'north'],
    ['in the last <answer>', '<answer>stay</answer> no: <answer>north</answer>', 'north'],
    ['in a box', 'stay? <|begin_of_box|>north<|end_of_box|>', 'north'],
    [
      'in a final channel',
      '<|channel|>analysis<|message|>stay<|end|><|start|>assistant<|channel|>final<|message|>north',
      'north',
    ],
    [
      'in a final channel to its end',
      '<|channel|>analysis<|message|>stay<|end|><|start|>assistant<|channel|>final<|message|>north<|return|>',
      'north',
    ],
    [
      'in a final channel that says its form',
      '<|channel|>final <|constrain|>JSON<|message|>{"action": "north"}<|return|>',
      '{"action": "north"}',
    ],
    [
      'in a final channel between others',
      '<|channel|>commentary<|message|>stay<|call|><|start|>assistant<|channel|>final<|message|>north<|end|><|start|>assistant<|channel|>analysis<|message|>stay',
      'north',
    ],
    [
      'in the last final channel',
      '<|channel|>final<|message|>stay<|end|><|start|>assistant<|channel|>final<|message|>north',
      'north',
    ],
    ['behind channels whose marks were stripped', 'analysisWe could stay.assistantfinalnorth', 'north'],
    ['behind a channel of thought', '<|channel>thought\nstay<channel|>north', 'north'],
    ['before the model speaks for others', 'north<|im_end|>\n<|im_start|>user\nNow stay.', 'north'],
    ['as the assistant', '<|start_header_id|>assistant<|end_header_id|>\n\nnorth<|eot_id|>', 'north'],
    [
      'an analysis that is none',
      'Analysis: it is near. Action: north',
      'Analysis: it is near. Action: north',
    ],
    ['with what only looks like a mark', 'a <b> [c] <|', 'a <b> [c] <|'],
  ])('%s', (_, text, rest) => {
    expect(said(text)).toBe(rest);
  });

  it.each([
    '<think>north',
    '<reasoning>\nnorth',
    '[THINK]north',
    '<|thinking|>north',
    '◁think▷north',
    '<|channel|>analysis<|message|>north',
    '<|channel|>analysis<|message|>north<|end|>',
    'analysisWe go north.',
    '<think>I write <answer>north</answer>, then',
    '<think>stay</think><think>north',
    'north</think>',
  ])('nothing in %j', (text) => {
    expect(said(text)).toBe('');
  });
});

describe('what is written', () => {
  it.each([
    ['A story.', 'A story.'],
    ['<think>Which?</think>\n\nA story.', 'A story.'],
    ['<think>a <think>b</think> c</think>A story.', 'A story.'],
    ['So this.</think>\nA story.', 'A story.'],
    ['<think>Cut off', ''],
    ['  const wait: Promise<Response> = f<Answer>(x);', '  const wait: Promise<Response> = f<Answer>(x);'],
    ['I say <think> as a word.', 'I say <think> as a word.'],
    ['<think>a</think>Print "<think>b</think>".', 'Print "<think>b</think>".'],
  ])('%j is %j', (text, written) => {
    expect(withoutReasoning(text)).toBe(written);
  });
});
