import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { displayBlock, displayText } from '../../core/display-text.ts';
import { go } from '../router.ts';

/** Words from outside (names, actions): as text, on one line, nothing hidden in them. */
export function Word({ text, longest = 80 }: { text: string; longest?: number }) {
  return (
    <bdi title={text.length > longest ? displayText(text, 2_000) : undefined}>
      {displayText(text, longest)}
    </bdi>
  );
}

const firstPart = 1_500;

/** Words of models and prompts, line breaks kept; long ones open on demand. */
export function Passage({ text, label }: { text: string; label: string }) {
  const [open, setOpen] = useState(false);
  const long = text.length > firstPart;
  const shown = long && !open ? text.slice(0, firstPart) : text;
  return (
    <>
      <p class="passage" dir="auto" role="group" aria-label={label}>
        {displayBlock(shown)}
        {long && !open ? '…' : ''}
      </p>
      {long && (
        <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${text.length} characters`}
        </button>
      )}
    </>
  );
}

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly replace?: boolean;
  readonly current?: boolean;
  readonly label?: string;
}

/** A link within the page; opens in a new tab like any other when asked to. */
export function Link({ to, children, replace, current, label, class: name }: LinkProps) {
  return (
    <a
      href={to}
      class={name}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(to, { replace });
      }}
    >
      {children}
    </a>
  );
}

/** What stands where there is nothing to show yet, and why. */
export function Notice({
  kind = 'plain',
  children,
}: {
  kind?: 'plain' | 'fault';
  children: ComponentChildren;
}) {
  return (
    <p class={`notice ${kind}`} role={kind === 'fault' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}

/** Waiting, a fault, or the content. */
export function Shown<T>({
  loaded,
  children,
}: {
  loaded: { value?: T; error?: string };
  children: (value: T) => ComponentChildren;
}) {
  if (loaded.value !== undefined) return <>{children(loaded.value)}</>;
  if (loaded.error !== undefined) {
    return (
      <Notice kind="fault">
        <Word text={loaded.error} longest={2_000} />
      </Notice>
    );
  }
  return <Notice>Loading…</Notice>;
}
