import { Option } from 'commander';
import { defaultDataDirectory } from '../api/places.ts';
import { InputError } from '../core/index.ts';

export function dataOption(): Option {
  return new Option('--data <folder>', 'where studies are kept').default(defaultDataDirectory);
}

/** Where own tasks, models and strategies come from. */
export function studyOption(): Option {
  return new Option(
    '--study <file>',
    'take own tasks, models and strategies from this study file (default: agentmesh.config.ts here or above)',
  );
}

/** Where `--help` says how own definitions become known. */
export const ownHelp = `Your own are listed, too, when agentmesh.config.ts in this folder or one above exports them:

  export default { tasks: [myTask], models: [myModel], strategies: [myStrategy] };

Each list is optional; a whole study does as well. docs/config.md has one to start from.`;

/** A whole number from a flag. */
export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0)
      throw new InputError(`${flag} takes a whole number of at least 0, not "${text}".`);
    return value;
  };
}

/** A share strictly between 0 and 1 from a flag. */
export function share(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value > 0 && value < 1))
      throw new InputError(`${flag} takes a number between 0 and 1, such as 0.95, not "${text}".`);
    return value;
  };
}

/** A number above 0 from a flag. */
export function positiveNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
      throw new InputError(`${flag} takes a number above 0, not "${text}".`);
    return value;
  };
}

/** Collects `--option name=value`; values are read as JSON where they are JSON, else as text. */
export function assignments(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const equals = text.indexOf('=');
  if (equals <= 0)
    throw new InputError(`"${text}" is no assignment. Write name=value, e.g. --option grid=5.`);
  const raw = text.slice(equals + 1);
  return { ...before, [text.slice(0, equals)]: jsonOrText(raw) };
}

function jsonOrText(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
