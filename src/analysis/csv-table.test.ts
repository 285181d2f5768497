import { describe, expect, it } from 'vitest';
import { readCsvTable } from './csv-table.ts';

const options = { response: 'score', factors: ['strategy'], block: ['task', 'seed'] };
const good = [
  'strategy,task,seed,score,status',
  'none,coverage,1,0.5,done',
  '"vdn, shaped",coverage,1,,truncated',
  'none,coverage,2,NA,',
].join('\n');

describe('readCsvTable', () => {
  it('reads quotes, a byte-order mark and missing responses with their kind', () => {
    const table = readCsvTable(`\ufeff${good.replaceAll('\n', '\r\n')}\r\n`, 'data.csv', options);
    expect(table.columns.strategy).toEqual(['none', 'vdn, shaped', 'none']);
    expect(table.response).toEqual([0.5, null, null]);
    expect(table.status).toEqual(['done', 'truncated', 'not run']);
  });

  it.each([
    [
      'a column that is not there',
      { ...options, response: 'scores' },
      good,
      /data\.csv:1.*"scores".*"score"/,
    ],
    ['a factor that is not there', { ...options, factors: ['arm'] }, good, /"arm" for the factors/],
    ['a response that is text', options, `${good}\nvdn,coverage,2,high,done`, /data\.csv:5.*"high"/],
    ['an infinite response', options, `${good}\nvdn,coverage,2,Infinity,done`, /data\.csv:5.*finite/],
    ['a response of NaN', options, `${good}\nvdn,coverage,2,NaN,done`, /data\.csv:5.*"NaN".*finite/],
    ['an empty response that is done', options, `${good}\nvdn,coverage,2,,done`, /data\.csv:5.*is empty/],
    [
      'an empty response of which nothing says why',
      options,
      good.replaceAll(/,[a-z]*$/gm, ''),
      /data\.csv:3.*is empty here.*"status"/,
    ],
    ['an empty factor', options, `${good}\n,coverage,2,0.1,done`, /data\.csv:5.*"strategy" is empty/],
    ['a ragged row', options, `${good}\nvdn,coverage`, /data\.csv:5.*no table/],
    ['two columns of one name', options, good.replace('status', 'seed'), /:1.*Two columns.*"seed"/],
    [
      'the response among the factors',
      { ...options, factors: ['strategy', 'score'] },
      good,
      /"score" is the response and cannot be a factor/,
    ],
    [
      'a column called as every object’s own',
      { ...options, factors: ['constructor'] },
      good.replace('strategy', 'constructor'),
      /cannot be called "constructor"/,
    ],
    ['numbers as programs write them', options, `${good}\nvdn,coverage,2,0x10,done`, /:5.*"0x10"/],
    ['a decimal comma', options, good.replaceAll(',', ';').replace('0.5', '0,5'), /:2.*"0,5".*with a point/],
    ['values beyond squaring', options, good.replace('0.5', '5e200'), /5e\+200; squares .*another unit/],
    ['no rows', options, 'strategy,task,seed,score', /no rows/],
    ['nothing', options, '', /no rows/],
  ])('refuses %s, naming the place', (_, request, text, message) => {
    expect(() => readCsvTable(text, 'data.csv', request)).toThrow(message);
  });

  it.each([';', '\t'])('reads values separated by %j, and spaces around names', (sign) => {
    const table = readCsvTable(good.replaceAll(/,(?! )/g, ` ${sign} `), 'data.csv', options);
    expect(table.columns.strategy).toEqual(['none', 'vdn, shaped', 'none']);
    expect(table.response).toEqual([0.5, null, null]);
    expect(table.status).toEqual(['done', 'truncated', 'not run']);
  });

  it('takes any word for a level', () => {
    const lines = ['model,score,parametersTotal', 'constructor,1,8', '__proto__,2,9', 'constructor,1,8'];
    const { models } = readCsvTable(lines.join('\n'), 'm.csv', { response: 'score', factors: ['model'] });
    expect(Object.entries(models).map(([name, { totalParameters }]) => [name, totalParameters])).toEqual([
      ['constructor', 8],
      ['__proto__', 9],
    ]);
  });

  it('reads what is known of models, and refuses contradictions', () => {
    const lines = ['model,score,parametersTotal,architecture', 'a,1,8e9,dense', 'b,2,,'];
    const request = { response: 'score', factors: ['model'] };
    expect(readCsvTable(lines.join('\n'), 'm.csv', request).models).toEqual({
      a: { totalParameters: 8e9, activeParameters: undefined, architecture: 'dense' },
      b: { totalParameters: undefined, activeParameters: undefined, architecture: undefined },
    });
    const contradiction = [...lines, 'a,1,7e9,dense'].join('\n');
    expect(() => readCsvTable(contradiction, 'm.csv', request)).toThrow(/m\.csv:4.*"a" differ/);
    const negative = [...lines, 'c,1,-1,dense'].join('\n');
    expect(() => readCsvTable(negative, 'm.csv', request)).toThrow(/positive number/);
  });
});
