import {
  children,
  functionNamed,
  isFunction,
  isName,
  isNode,
  type Node,
  returned,
  within,
} from './syntax.ts';

/** How `main` uses a function of a teammate. */
export type Use =
  /** It does not name it, or means something else of that name. */
  | 'unused'
  /** Nothing of what it gives reaches what `main` gives back. */
  | 'ignored'
  /** `main` hands its arguments on and does nothing itself. */
  | 'wrapper'
  | 'used';

/**
 * How the function `main` of a program uses another, by the flow of its data: names that get a value which depends on
 * the helper depend on it, as do lists that such a value is put into; a helper that is asked in a condition decides.
 */
export function useOf(tree: Node, helper: string): Use {
  const main = functionNamed(tree, 'main');
  if (!main) return 'unused';
  // A helper of its own takes the place of the teammate's.
  if (declares(tree, main, helper)) return 'unused';
  const nodes = [...within(main.body as Node)];
  const named = ([node, parent]: readonly [Node, Node | undefined]) =>
    isName(node, helper) && !isPlainKey(node, parent);
  if (!nodes.some(named)) return 'unused';
  const tainted = new Set([helper]);
  for (let before = 0; before < tainted.size;) {
    before = tainted.size;
    for (const [node] of nodes) spread(node, tainted);
  }
  const decides = nodes.some(
    ([node]) => isNode(node.test) && !isLiteralTest(node.test) && depends(node.test, tainted),
  );
  if (!decides && !returned(main).some((value) => depends(value, tainted))) return 'ignored';
  return handsOn(main, helper) ? 'wrapper' : 'used';
}

function isLiteralTest(test: Node): boolean {
  return test.type === 'Literal';
}

/** `x.aux`, `{ aux: 1 }`: names that mean no variable. */
function isPlainKey(node: Node, parent: Node | undefined): boolean {
  if (!parent || parent.computed === true) return false;
  return (
    (parent.type === 'MemberExpression' && parent.property === node) ||
    (parent.type === 'Property' && parent.key === node && parent.shorthand !== true)
  );
}

/** Whether the program of the author, or `main` itself, means something of its own by the name. */
function declares(tree: Node, main: Node, name: string): boolean {
  if (functionNamed(tree, name)) return true;
  const declared = [...within(tree)].some(
    ([node]) => node.type === 'VariableDeclarator' && isName(node.id, name),
  );
  return declared || (main.params as readonly Node[]).some((param) => isName(param, name));
}

function depends(node: Node, tainted: ReadonlySet<string>): boolean {
  if (node.type === 'Identifier') return tainted.has(node.name as string);
  return children(node).some((child) => !isPlainKey(child, node) && depends(child, tainted));
}

/** Names that what happens here makes depend on the helper. */
function spread(node: Node, tainted: Set<string>): void {
  const taint = (target: unknown) => {
    for (let at = target; isNode(at); at = at.object)
      if (at.type === 'Identifier') return void tainted.add(at.name as string);
  };
  if (node.type === 'VariableDeclarator' && isNode(node.init) && depends(node.init, tainted)) {
    for (const [inner] of within(node.id as Node)) if (inner.type === 'Identifier') taint(inner);
  }
  if (node.type === 'AssignmentExpression' && depends(node.right as Node, tainted)) taint(node.left);
  if (node.type === 'ForOfStatement' && depends(node.right as Node, tainted)) {
    for (const [inner] of within(node.left as Node)) if (inner.type === 'Identifier') taint(inner);
  }
  // `list.push(aux(x))` puts it into the list; `list.map(aux)` alone leaves the list as it is.
  if (node.type !== 'CallExpression' || !isNode(node.callee) || node.callee.type !== 'MemberExpression')
    return;
  const { object, property } = node.callee;
  const puts = isNode(property) && /^(push|unshift|splice|set|add|fill|sort)$/.test(String(property.name));
  if (puts && (node.arguments as readonly Node[]).some((argument) => depends(argument, tainted)))
    taint(object);
}

/** `return aux(xs)`, `const r = aux(xs); return r`, `main = xs => aux(xs)`. */
function handsOn(main: Node, helper: string): boolean {
  const body = main.body as Node;
  const bare = (node: unknown): boolean =>
    isNode(node) &&
    node.type === 'CallExpression' &&
    isName(node.callee, helper) &&
    (node.arguments as readonly Node[]).every(
      ({ type }) => type === 'Identifier' || type === 'SpreadElement',
    );
  if (body.type !== 'BlockStatement') return bare(body);
  const statements = body.body as readonly Node[];
  const [first, second] = statements;
  if (statements.length === 1) return first.type === 'ReturnStatement' && bare(first.argument);
  if (statements.length !== 2 || first.type !== 'VariableDeclaration' || second.type !== 'ReturnStatement')
    return false;
  const [{ id, init }] = first.declarations as readonly Node[];
  return bare(init) && isNode(id) && isName(second.argument, id.name as string) && !isFunction(id);
}
