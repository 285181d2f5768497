import { children, functionNamed, isFunction, isName, isNode, type Node, returned } from './syntax.ts';

/** How a program uses a function of a teammate: the schemes of MAGRPO (Liu et al. 2025, arXiv 2508.04652). */
export const schemes = [
  /** `main` does not name it, or means something else of that name. */
  'unused',
  /** Nothing of what it gives reaches what `main` gives back. */
  'ignored',
  /** `main` hands its arguments on and does nothing itself. */
  'wrapper',
  /** What it gives is a case that `main` provides against: it tries, or looks, and has a way of its own. */
  'fallback',
  /** `main` does something before or after it. */
  'decorator',
  /** `main` puts several results together: of a loop, of a list, of several calls. */
  'coordinator',
  /** It decides which way `main` goes, or which elements it keeps, and gives no value. */
  'strategy filter',
] as const;
export type Scheme = (typeof schemes)[number];

/** Whether `main` uses the helper and does something itself. */
export function isTeamwork(scheme: Scheme): boolean {
  return scheme !== 'unused' && scheme !== 'ignored' && scheme !== 'wrapper';
}

const predicates = new Set(['filter', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex']);
const mappers = new Set(['map', 'flatMap', 'reduce', 'reduceRight', 'forEach', 'from', 'sort', 'toSorted']);

/**
 * The scheme by which the function `main` of a program uses a helper, by the flow of its data: names that get a value
 * which depends on the helper depend on it, as do lists that such a value is put into. What a value depends on as data
 * and what merely decides (conditions, predicates of lists) are told apart.
 */
export function schemeOf(tree: Node, helper: string): Scheme {
  const main = functionNamed(tree, 'main');
  // A helper of its own takes the place of the teammate's.
  if (!main || declares(tree, main, helper)) return 'unused';
  const places = [...placesIn(main.body as Node)];
  const names = withAliases(helper, places);
  const uses = places.filter((place) => isUse(place, names));
  if (uses.length === 0) return 'unused';
  const results = returned(main);
  const touched = taintedBy(names, places, depends);
  const asked = places.some(({ node }) => decisionOf(node).some((test) => depends(test, touched)));
  if (!asked && !results.some((result) => depends(result, touched))) return 'ignored';
  const tainted = taintedBy(names, places, carries);
  const reached = results.filter((result) => carries(result, tainted));
  if (reached.length === 0) return 'strategy filter';
  const giving = uses.filter(({ decides, parent }) => !decides && parent?.type !== 'ExpressionStatement');
  if (giving.length > 1 || giving.some(({ often }) => often)) return 'coordinator';
  if (places.some(({ node }) => isName(node, 'main'))) return 'coordinator';
  if (provides(places, tainted, touched, reached.length < results.length)) return 'fallback';
  return handsOn(main, names) ? 'wrapper' : 'decorator';
}

/** A node in `main`, and how it stands there. */
interface Place {
  readonly node: Node;
  readonly parent: Node | undefined;
  /** In a loop, or in what is done to each element of a list. */
  readonly often: boolean;
  /** In a condition, or in what tells which elements are kept. */
  readonly decides: boolean;
}

function* placesIn(
  node: Node,
  at: Omit<Place, 'node'> = { parent: undefined, often: false, decides: false },
): Generator<Place> {
  yield { node, ...at };
  const decisions = decisionOf(node);
  const [predicate, mapper] = [predicates, mappers].map((methods) => calls(node, methods));
  for (const child of children(node)) {
    const argument = child !== node.callee;
    yield* placesIn(child, {
      parent: node,
      often:
        at.often ||
        (/^(For|While|DoWhile)/.test(node.type) && (child === node.body || child === node.update)) ||
        (mapper && argument),
      decides: at.decides || decisions.includes(child) || (predicate && argument),
    });
  }
}

/** What of a node decides which way it goes. */
function decisionOf(node: Node): readonly Node[] {
  const left = node.type === 'LogicalExpression' && node.operator === '&&' ? node.left : undefined;
  return [node.test, node.discriminant, left].filter(isNode).filter(({ type }) => type !== 'Literal');
}

/** Whether a node calls a method of these names. */
function calls(node: Node, methods: ReadonlySet<string>): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee) || node.callee.type !== 'MemberExpression')
    return false;
  const { property, computed } = node.callee;
  return computed !== true && isNode(property) && methods.has(property.name as string);
}

/** `const f = aux;` gives it another name. */
function withAliases(helper: string, places: readonly Place[]): ReadonlySet<string> {
  const names = new Set([helper]);
  for (const { node } of places)
    if (node.type === 'VariableDeclarator' && isNamed(node.init, names) && isNode(node.id))
      names.add(node.id.name as string);
  return names;
}

function isNamed(node: unknown, names: ReadonlySet<string>): boolean {
  return isNode(node) && node.type === 'Identifier' && names.has(node.name as string);
}

function isUse({ node, parent }: Place, names: ReadonlySet<string>): boolean {
  if (!isNamed(node, names) || isPlainKey(node, parent)) return false;
  return parent?.type !== 'VariableDeclarator' || (parent.id !== node && !isNamed(parent.init, names));
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
  const declared = [...placesIn(tree)].some(
    ({ node }) => node.type === 'VariableDeclarator' && isName(node.id, name),
  );
  return declared || (main.params as readonly Node[]).some((param) => isName(param, name));
}

type Depends = (node: Node, tainted: ReadonlySet<string>) => boolean;

/** In any way, decisions included. */
const depends: Depends = (node, tainted) =>
  isNamed(node, tainted) ||
  children(node).some((child) => !isPlainKey(child, node) && depends(child, tainted));

/** As data: what decides does not count. */
const carries: Depends = (node, tainted) => {
  if (isNamed(node, tainted)) return true;
  if (calls(node, predicates)) return carries((node.callee as Node).object as Node, tainted);
  const decisions = decisionOf(node);
  return children(node).some(
    (child) => !decisions.includes(child) && !isPlainKey(child, node) && carries(child, tainted),
  );
};

/** The names that depend on these. */
function taintedBy(names: ReadonlySet<string>, places: readonly Place[], by: Depends): ReadonlySet<string> {
  const tainted = new Set(names);
  for (let before = 0; before < tainted.size;) {
    before = tainted.size;
    for (const { node } of places) spread(node, tainted, by);
  }
  return tainted;
}

/** Adds the names that what happens here makes depend. */
function spread(node: Node, tainted: Set<string>, by: Depends): void {
  const from = (value: unknown) => isNode(value) && by(value, tainted);
  const taint = (target: unknown) => {
    for (let at = target; isNode(at); at = at.object)
      if (at.type === 'Identifier') return void tainted.add(at.name as string);
  };
  const taintAll = (target: unknown) => {
    for (const { node: inner } of placesIn(target as Node)) if (inner.type === 'Identifier') taint(inner);
  };
  if (node.type === 'VariableDeclarator' && from(node.init)) taintAll(node.id);
  if (node.type === 'AssignmentExpression' && from(node.right)) taint(node.left);
  if (node.type === 'ForOfStatement' && from(node.right)) taintAll(node.left);
  // `list.push(aux(x))` puts it into the list; `list.map(aux)` alone leaves the list as it is.
  if (calls(node, putting) && (node.arguments as readonly Node[]).some(from))
    taint((node.callee as Node).object);
}

const putting = new Set(['push', 'unshift', 'splice', 'set', 'add', 'fill', 'sort']);

/** Whether `main` has a way of its own where the helper's result will not do. */
function provides(
  places: readonly Place[],
  tainted: ReadonlySet<string>,
  touched: ReadonlySet<string>,
  alsoWithout: boolean,
): boolean {
  return places.some(({ node }) => {
    const gives = (value: unknown) => isNode(value) && carries(value, tainted);
    const looks = decisionOf(node).some((test) => depends(test, touched));
    if (node.type === 'TryStatement') return isNode(node.handler) && gives(node.block);
    if (node.type === 'LogicalExpression')
      return node.operator !== '&&' && gives(node.left) && !gives(node.right);
    if (node.type === 'ConditionalExpression')
      return looks && gives(node.consequent) !== gives(node.alternate);
    return (
      node.type === 'IfStatement' &&
      looks &&
      (alsoWithout || gives(node.consequent) !== gives(node.alternate))
    );
  });
}

/** `return aux(xs)`, `const r = aux(xs); return r`, `main = xs => aux(xs)`. */
function handsOn(main: Node, names: ReadonlySet<string>): boolean {
  const body = main.body as Node;
  const bare = (node: unknown): boolean =>
    isNode(node) &&
    node.type === 'CallExpression' &&
    isNamed(node.callee, names) &&
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
