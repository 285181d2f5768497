import { html } from './figure-html.ts';
import { pageCss } from './style.ts';

/** A page of its own: no script, nothing from a network. Title and version are text; header and main are HTML already. */
export function htmlPage({
  title,
  version,
  header,
  main,
}: {
  readonly title: string;
  readonly version: string;
  readonly header: string;
  readonly main: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="AgentMesh-STM ${html(version)}">
<title>${html(title)}</title>
<style>${pageCss}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer>Written by AgentMesh-STM ${html(version)}. This page holds everything it shows and loads nothing.</footer>
</body>
</html>
`;
}
