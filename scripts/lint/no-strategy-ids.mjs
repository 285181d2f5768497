// No shared code asks for a concrete strategy: it asks for a declared property. This rule holds it over the ids of the
// catalogue, which are the names in src/strategies/index.ts in kebab-case.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const catalogue = readFileSync(new URL('../../src/strategies/index.ts', import.meta.url), 'utf8');
export const strategyIds = [...catalogue.matchAll(/^export (?:\{ (\w+) \}|const (\w+))/gm)].map(
  ([, name, constant]) => (name ?? constant).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
);

/**
 * Ids that are English words as well (`feedback: 'none'`, a single agent, independent streams). They mean a strategy
 * only where they stand for an id: beside a property or in a comparison that is called so. The others mean a strategy
 * wherever they stand.
 */
const words = new Set([
  'none',
  'single',
  'independent',
  'untrained',
  'uninformative',
  'concatenate',
  'sequential',
  'discussion',
  'debate',
  'voting',
  'leader',
  'review',
  'mixture',
  'hybrid',
  'dynamic',
  'blackboard',
  'manager',
]);
const idPlaces = /^(id|ids|strategy|strategies|strategyId|baseline|label|variant)$/;

/** What one strategy alone needs is no member of a contract: these were, and must not come back. */
const flags = new Set(['unasked', 'speaks', 'decidesForTeams', 'discussion', 'team']);

const camelWords = (name) => name.split(/(?=[A-Z])|_|(?<=[a-z])(?=\d)/).map((word) => word.toLowerCase());

/** The distinctive id that an identifier is made of: `qmixLearning`, `networkOnly`. */
function idInName(name) {
  const own = camelWords(name);
  return strategyIds.find((id) => {
    if (words.has(id)) return false;
    const parts = id.split('-');
    return own.some((_, at) => parts.every((part, k) => own[at + k] === part));
  });
}

/** The last name of an expression: `definition.id` is called id. */
const called = (node) =>
  node?.type === 'MemberExpression'
    ? called(node.property)
    : node?.type === 'Identifier'
      ? node.name
      : undefined;

/** Whether a literal stands where an id is meant. */
function standsForId(node) {
  const { parent } = node;
  if (parent.type === 'Property' && parent.value === node)
    return idPlaces.test(called(parent.key) ?? parent.key.value);
  if (parent.type === 'BinaryExpression')
    return idPlaces.test(called(parent.left === node ? parent.right : parent.left) ?? '');
  if (parent.type === 'SwitchCase') return idPlaces.test(called(parent.parent.discriminant) ?? '');
  if (parent.type === 'ArrayExpression') return standsForId(parent);
  // ids.includes('none')
  return parent.type === 'CallExpression' && idPlaces.test(called(parent.callee.object) ?? '');
}

export const noStrategyIds = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      id: 'Shared code names the strategy "{{id}}". Ask for a property that its definition declares.',
    },
  },
  create(context) {
    // What a strategy shares with its relatives may lie in parts/ under its id, and then knows its own.
    const own = path.basename(context.filename, '.ts');
    const literal = (node, text) => {
      if (text === own || !strategyIds.includes(text)) return;
      if (!words.has(text) || standsForId(node))
        context.report({ node, messageId: 'id', data: { id: text } });
    };
    return {
      Literal: (node) => typeof node.value === 'string' && literal(node, node.value),
      TemplateLiteral: (node) => node.expressions.length === 0 && literal(node, node.quasis[0].value.cooked),
      Identifier: (node) => {
        // `import { a }` is a name twice, in one place.
        if (node.parent.type === 'ImportSpecifier' && node.parent.local !== node) return;
        const id = idInName(node.name);
        if (id !== undefined && id !== own) context.report({ node, messageId: 'id', data: { id } });
      },
    };
  },
};

export const noStrategyFlags = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      flag: '"{{name}}" is a member that one strategy needs. Let that strategy do it as a protocol.',
    },
  },
  create(context) {
    const member = ({ key }) => {
      const name = called(key) ?? key.value;
      if (flags.has(name)) context.report({ node: key, messageId: 'flag', data: { name } });
    };
    return { TSPropertySignature: member, TSMethodSignature: member };
  },
};
