/** Shorter than this nothing is a secret: cut from answers, a key such as "x" or "none" would leave nothing of them. */
const shortest = 8;

/**
 * Cuts secrets from what others say, in each form that they are repeated in: as they are, escaped as in JSON, encoded
 * as in an address.
 */
export function secretCutter(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(
    secrets
      .filter((secret) => secret.length >= shortest)
      .flatMap((secret) => {
        const escaped = JSON.stringify(secret).slice(1, -1);
        return [secret, escaped, escaped.replaceAll('/', '\\/'), encodeURIComponent(secret)];
      }),
  );
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, form) => clean.replaceAll(form, '[key]'), text);
}

/** A JSON value with the cut made in all its texts, for secrets whose letters were written as escapes. */
export function cutFrom(value: unknown, cut: (text: string) => string): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => cutFrom(inner, cut));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cut(name), cutFrom(inner, cut)]));
}

/** All keys that the environment seems to hold, for cutting them from what others say. */
export function secretsOfEnvironment(): string[] {
  return Object.entries(process.env).flatMap(([name, value = '']) =>
    /(KEY|TOKEN|SECRET|PASSWORD)$/i.test(name) ? [value.trim()] : [],
  );
}

/** An address as it may be shown, whether or not it can be read: what stands where a password or key would is cut. */
export function withoutSecrets(address: string): string {
  return address.replace(/[^/@]*@/g, '…@').replace(/\?.*$/s, '?…');
}
