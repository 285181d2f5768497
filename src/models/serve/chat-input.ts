import { z } from 'zod';
import type { ChatMessage } from '../parts/service/chat-service.ts';
import { HttpProblem } from './http-problem.ts';

/** Reads a request's body. @throws HttpProblem naming the field */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new HttpProblem(
    400,
    'invalid_request',
    `${path.length > 0 ? `"${path.join('.')}": ` : ''}${message}`,
  );
}

/** The body as JSON. @throws HttpProblem when it is none */
export async function jsonBody(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpProblem(400, 'invalid_json', 'The body is no valid JSON.');
  }
}

const textPart = z.object({
  type: z.literal('text', 'only parts of type "text" can be read'),
  text: z.string(),
});

/** A message with text, as one string or in parts. */
export const messageSchema = z
  .object({
    role: z.enum(
      ['system', 'developer', 'user', 'assistant'],
      'only system, developer, user and assistant speak here',
    ),
    // Clients write nothing as null, too.
    content: z.union([z.string(), z.array(textPart), z.null()], 'only text can be read').optional(),
  })
  .transform(({ role, content }): ChatMessage => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join(''),
  }));

/** Settings that an embedded model does not have. At these values they do nothing. */
export type NeutralSettings = Readonly<Record<string, (value: unknown) => boolean>>;

/** Whether a setting is as good as absent. */
export const none = (value: unknown): boolean =>
  value === false ||
  value === 0 ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
export const one = (value: unknown): boolean => value === 1;

/** @throws HttpProblem for a setting that would change the answer if it were not ignored */
export function refuseUnsupported(
  body: Readonly<Record<string, unknown>>,
  neutral: NeutralSettings,
  where = '',
): void {
  for (const [name, isNeutral] of Object.entries(neutral)) {
    const value = body[name];
    if (value === undefined || value === null || isNeutral(value)) continue;
    throw new HttpProblem(
      400,
      'unsupported_parameter',
      `Embedded models do not support "${where}${name}". Leave it out: nothing is ignored silently that would change the answer.`,
    );
  }
}
