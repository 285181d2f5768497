import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { strangeSource } from '../core/index.ts';

export interface GuardOptions {
  /** Names under which the page may be asked for; `any address` also lets every IP address through. */
  readonly hosts: readonly string[];
  readonly anyAddress?: boolean;
  /** Asked of everybody when given. */
  readonly token?: string;
}

/**
 * Lets nobody in who should not be: another site's page cannot reach this one under a name of its own (DNS
 * rebinding), since only known names are answered; and whoever comes from another machine needs the token, once as
 * `?token=`, afterwards as a cookie that scripts cannot read and other sites cannot send.
 */
export function guard({ hosts, anyAddress = false, token }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const { host, origin } = context.req.header();
    const strange = strangeSource({ host, origin }, { hosts, anyAddress });
    if (strange === 'origin') return context.text('Pages of other sites have no business here.', 403);
    if (strange === 'host') {
      return context.text(
        'This server is not known by that name. Use the address that `agentmesh view` printed.',
        421,
      );
    }
    if (!['GET', 'HEAD'].includes(context.req.method))
      return context.text('Only reading is possible here.', 405);
    if (token === undefined) return next();
    const url = new URL(context.req.url);
    const cookie = `agentmesh-view-${url.port || '80'}`;
    const given = url.searchParams.get('token');
    if (given !== null && sameSecret(given, token)) {
      setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      url.searchParams.delete('token');
      return context.redirect(`${url.pathname}${url.search}`, 303);
    }
    if (sameSecret(getCookie(context, cookie) ?? '', token)) return next();
    return context.text(
      'A token is needed. Use the address with the token that `agentmesh view` printed.',
      401,
    );
  };
}

/** Compares in a time that does not depend on where the texts differ. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** What the page may do: load its own script and style, and talk to this server. Nothing else. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The static report brings its own style and script; it gets them in an origin of its own and reaches nothing. */
export const reportPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox allow-scripts allow-downloads allow-popups',
].join('; ');
