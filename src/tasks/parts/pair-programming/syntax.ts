import * as acorn from 'acorn';

/** A node of a syntax tree, as far as it is looked at here. */
export type Node = acorn.Node & { readonly [name: string]: unknown };

/** Longer texts are no programs of this task, and are not read. */
export const longestText = 4000;

/** The program in a text: what is in its fences, or all of it. Nothing where it is too long. */
export function programIn(text: string): string {
  if (text.length > longestText) return '';
  const fenced = [...text.matchAll(/^[ \t]*```[^\n]*\n([^]*?)^[ \t]*```[ \t]*$/gm)].map(([, code]) => code);
  if (fenced.length > 0) return fenced.join('\n').trim();
  return text.replace(/^\s*```[^\n]*\n/, '').trim();
}

/** The syntax tree, or why there is none. */
export function parsed(source: string): { readonly tree: Node } | { readonly error: string } {
  try {
    return { tree: acorn.parse(source, { ecmaVersion: 2022, sourceType: 'script' }) as unknown as Node };
  } catch (error) {
    return { error: error instanceof SyntaxError ? error.message : 'it is nested too deeply' };
  }
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** The nodes directly in a node. */
export function children(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [])); // prettier-ignore
}

/** Every node in and below a node, with what it stands in. */
export function* within(
  node: Node,
  parent?: Node,
): Generator<readonly [node: Node, parent: Node | undefined]> {
  yield [node, parent];
  for (const child of children(node)) yield* within(child, node);
}

export const isFunction = (node: Node): boolean => /Function/.test(node.type);
export const isName = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'Identifier' && node.name === name;

/** The function of that name on the top of a program, however it is written. */
export function functionNamed(tree: Node, name: string): Node | undefined {
  for (const statement of tree.body as readonly Node[]) {
    if (statement.type === 'FunctionDeclaration' && isName(statement.id, name)) return statement;
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations as readonly Node[])
      if (isName(id, name) && isNode(init) && isFunction(init)) return init;
  }
  return undefined;
}

/** What a function gives back: the arguments of its own returns, or the expression of an arrow. */
export function returned(node: Node): readonly Node[] {
  const body = node.body as Node;
  if (body.type !== 'BlockStatement') return [body];
  const found: Node[] = [];
  const look = (inner: Node): void => {
    for (const child of children(inner)) {
      if (isFunction(child)) continue;
      if (child.type === 'ReturnStatement' && isNode(child.argument)) found.push(child.argument);
      look(child);
    }
  };
  look(body);
  return found;
}
