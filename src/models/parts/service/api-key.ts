import { InputError } from '../../../core/index.ts';
import { withoutSecrets } from './secrets.ts';

/**
 * A key from the environment, the only place that keys come from.
 * @throws InputError when it is missing or cannot be one; the message never holds it
 */
export function apiKey(variable: string, model: string): string {
  const key = process.env[variable]?.trim() ?? '';
  if (key === '') {
    throw new InputError(
      `The model "${model}" needs a key, but the environment variable ${variable} is not set. ` +
        `Set it (export ${variable}=...); keys never stand in study files.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new InputError(
      `The environment variable ${variable} holds spaces or characters that no key has. Copy the key anew.`,
    );
  }
  return key;
}

/** The key if that variable is set; for services that may work without one. */
export function optionalApiKey(variable: string | undefined, model: string): string | undefined {
  return variable === undefined ? undefined : apiKey(variable, model);
}

/**
 * A service's address without its trailing slashes.
 * @throws InputError when it is no http address, or has a key or password in it
 */
export function serviceUrl(text: string, model: string): string {
  const name = withoutSecrets(model);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new InputError(
      `The address "${withoutSecrets(text)}" of the model "${name}" is no URL, such as ` +
        'http://127.0.0.1:8080/v1.',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new InputError(
      `The address of the model "${name}" must begin with http:// or https://, not ${url.protocol}//.`,
    );
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new InputError(
      `The address of the model "${name}" has a password or a query in it. Keys come from the environment: ` +
        'name the variable with the option `apiKeyVariable`.',
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
