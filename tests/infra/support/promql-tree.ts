import { parser } from '@prometheus-io/lezer-promql';

/** A metric as an expression names it. */
export interface VectorSelector {
  readonly metric: string;
  /** What is between its braces. */
  readonly matchers: string;
  /** How far back it looks, where it does. */
  readonly range?: string;
  /** Functions that it stands in, the innermost first. */
  readonly functions: readonly string[];
}

/** Grafana's own variables, by spans of time that nobody writes. */
const spans = { $__rate_interval: '4m31s', $__range: '7h11m' } as const;

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree['topNode'];

const treeOf = (written: string) => {
  const expr = Object.entries(spans).reduce(
    (text, [variable, span]) => text.replaceAll(variable, span),
    written,
  );
  return { expr, tree: parser.parse(expr) };
};

/** Whether an expression, with Grafana's variables in it, can be parsed. */
export function canBeParsed(written: string): boolean {
  let whole = true;
  treeOf(written).tree.iterate({
    enter(node) {
      if (node.type.isError) whole = false;
    },
  });
  return whole;
}

/** Every metric that an expression asks for; its range as it was written. */
export function vectorSelectors(written: string): VectorSelector[] {
  const { expr, tree } = treeOf(written);
  const found: VectorSelector[] = [];
  const text = (node: Node | null) => (node === null ? '' : expr.slice(node.from, node.to));
  tree.iterate({
    enter({ node }) {
      if (node.name !== 'VectorSelector') return;
      const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
      const range = matrix === null ? '' : expr.slice(node.to + 1, matrix.to - 1);
      found.push({
        metric: text(node.getChild('Identifier')),
        matchers: text(node.getChild('LabelMatchers')),
        ...(range !== '' && { range: asWritten(range) }),
        functions: ancestors(node)
          .filter(({ name }) => name === 'FunctionCall')
          .map((call) => text(call.getChild('FunctionIdentifier'))),
      });
    },
  });
  return found;
}

const asWritten = (range: string): string =>
  Object.entries(spans).find(([, span]) => span === range)?.[0] ?? range;

function ancestors(node: Node): Node[] {
  const found: Node[] = [];
  for (let above = node.parent; above !== null; above = above.parent) found.push(above);
  return found;
}
