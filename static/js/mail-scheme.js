// Shows a mail in its light or its dark scheme, whatever this machine is set to.

const ALWAYS = "(min-width: 0px)";
const NEVER = "(max-width: 0px)";
const written = new WeakMap();

/** Gives the rules of a style sheet; one of another site cannot be read and has none here. */
function readable(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return [];
  }
}

/** Makes the mail's own rules for a `dark` or a `light` scheme hold or not. */
export function showIn(mail, scheme) {
  for (const sheet of mail?.styleSheets ?? []) {
    for (const rule of readable(sheet)) {
      if (!(rule.media && /prefers-color-scheme/.test(written.get(rule) ?? rule.media.mediaText))) continue;
      if (!written.has(rule)) written.set(rule, rule.media.mediaText);
      rule.media.mediaText = written
        .get(rule)
        .replace(/\(prefers-color-scheme:\s*(\w+)\)/g, (_, named) => (named === scheme ? ALWAYS : NEVER));
    }
  }
}
