// The colours of a source in MJML or HTML: which stretch is a tag, an attribute, a mark of the template language, a token
// or Liquid. The words themselves stand in one text; the browser paints ranges of it (CSS Custom Highlight API).

const OUTSIDE = /<!--[\s\S]*?(?:-->|$)|<!\[?[^>]*>?|<\/?[a-z][^\s/>]*|\[\[[^[\]\n]{0,200}\]\]|\{\{[\s\S]{0,2000}?\}\}|\{%[\s\S]{0,2000}?%\}/gi;
const INSIDE = /\s+|"[^"]*"?|'[^']*'?|\{\{[\s\S]{0,2000}?\}\}|\{%[\s\S]{0,2000}?%\}|[^\s=>"'/{]+|\/?>|[\s\S]/gy;
const FILLED = /\[\[[^[\]\n]{0,200}\]\]|\{\{[\s\S]{0,2000}?\}\}|\{%[\s\S]{0,2000}?%\}/g;
const KINDS = ["tag", "attribute", "mark", "value", "comment", "liquid", "token"];
const LONGEST = 400_000;

/** Tells whether this browser can paint ranges. */
export const isSupported = typeof Highlight === "function" && "highlights" in CSS;

const kindOfFilled = (text) => (text.startsWith("[[") ? "token" : "liquid");

/** Yields `[kind, start, end]` for each stretch that has a colour, in order; what is filled into a value comes after it. */
export function* stretches(text) {
  OUTSIDE.lastIndex = 0;
  for (let found = OUTSIDE.exec(text); found; found = OUTSIDE.exec(text)) {
    const start = found.index;
    const end = OUTSIDE.lastIndex;
    const [written] = found;
    if (written.startsWith("<!")) yield ["comment", start, end];
    else if (!written.startsWith("<")) yield [kindOfFilled(written), start, end];
    else {
      yield ["tag", start, end];
      OUTSIDE.lastIndex = yield* inside(text, end);
    }
  }
}

/** Yields the stretches of a start tag from behind its name; returns where it ends. */
function* inside(text, from) {
  INSIDE.lastIndex = from;
  let isValue = false;
  for (let found = INSIDE.exec(text); found; found = INSIDE.exec(text)) {
    const [written] = found;
    const start = found.index;
    const end = INSIDE.lastIndex;
    if (written.endsWith(">") && written.length <= 2) {
      yield ["tag", start, end];
      return end;
    }
    if (written === "=") isValue = true;
    else if (/^\s/.test(written)) continue;
    else if (/^\{[{%]/.test(written)) yield ["liquid", start, end];
    else if (isValue || /^["']/.test(written)) {
      yield ["value", start, end];
      for (const one of written.matchAll(FILLED)) {
        yield [kindOfFilled(one[0]), start + one.index, start + one.index + one[0].length];
      }
      isValue = false;
    } else if (/^[\w:@.-]/.test(written)) yield [written.startsWith("data-") ? "mark" : "attribute", start, end];
  }
  return text.length;
}

/** Paints the one text of an element; a source of more than 400,000 characters stays in one colour. */
export function paint(element) {
  const node = element.firstChild;
  const ranges = new Map(KINDS.map((kind) => [kind, []]));
  if (node && node.data.length <= LONGEST) {
    for (const [kind, start, end] of stretches(node.data)) {
      ranges.get(kind).push(
        new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end }),
      );
    }
  }
  for (const [priority, kind] of KINDS.entries()) {
    const highlight = new Highlight(...ranges.get(kind).slice(0, 20_000));
    highlight.priority = priority;
    CSS.highlights.set(`source-${kind}`, highlight);
  }
}
