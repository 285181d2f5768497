import { type RunFilter, type RunOrder, runOrders, type RunQuery, runStatuses } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';

/** The most rows that one page may hold. */
const longestPage = 200;

/** Reads what a page of runs is asked for. @throws InputError for a value that cannot be meant */
export function runQuery(parameters: URLSearchParams): RunQuery {
  const text = (name: string) => parameters.get(name) || undefined;
  const order = text('order') ?? 'design';
  if (!isOrder(order))
    throw new InputError(`There is no order "${order}". Available: ${runOrders.join(', ')}.`);
  return {
    filter: {
      model: text('model'),
      strategy: text('strategy'),
      task: text('task'),
      seed: text('seed') === undefined ? undefined : whole(parameters, 'seed', 0),
      status: statusOf(text('status')),
      factors: Object.fromEntries(
        [...parameters]
          .filter(([name, level]) => name.startsWith('factor.') && level !== '')
          .map(([name, level]) => [name.slice('factor.'.length), level]),
      ),
    },
    order,
    descending: text('descending') === 'yes',
    offset: whole(parameters, 'offset', 0),
    limit: Math.min(longestPage, whole(parameters, 'limit', 50)),
  };
}

function isOrder(text: string): text is RunOrder {
  return (runOrders as readonly string[]).includes(text);
}

function statusOf(text: string | undefined): RunFilter['status'] {
  const known = [...runStatuses, 'failed', 'pending'] as const;
  const status = known.find((name) => name === text);
  if (text !== undefined && status === undefined)
    throw new InputError(`There is no status "${text}". Available: ${known.join(', ')}.`);
  return status;
}

export function whole(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InputError(`${name} takes a whole number of at least 0, not "${text}".`);
  return value;
}
