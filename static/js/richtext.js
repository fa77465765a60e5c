// Turns a textarea into a small rich-text editor with exactly the formats that its field allows; without it the
// textarea still works, and the server cleans either way.

import { labelsOf } from "./chips.js";

const RICH = {
  bold: ["toggleBold", "bold"],
  italic: ["toggleItalic", "italic"],
  list: ["toggleBulletList", "bulletList"],
};

// A start tag as a whole, or a merge tag in the words between.
const TAG_OR_TOKEN = /<[^>]*>|\[\[\s*([a-z][a-z0-9_]*)\s*\]\]/g;
const CHIP = /<span[^>]*data-merge-tag="([a-z0-9_]+)"[^>]*>[^<]*<\/span>/g;

/** Gives a merge tag as a chip that is moved and deleted as a whole; in the value it is `[[name]]` as ever. */
function mergeTag(kit, labels) {
  const names = [...labels.keys()].join("|");
  const attributes = (match) => ({ name: match[0].replace(/[[\]\s]/g, "") });
  return kit.Node.create({
    name: "mergeTag",
    group: "inline",
    inline: true,
    atom: true,
    addAttributes: () => ({
      name: {
        parseHTML: (element) => element.dataset.mergeTag,
        renderHTML: ({ name }) => ({ "data-merge-tag": name, class: "chip merge-chip" }),
      },
    }),
    parseHTML: () => [{ tag: "span[data-merge-tag]" }],
    renderHTML: ({ node, HTMLAttributes }) => ["span", HTMLAttributes, labels.get(node.attrs.name) ?? node.attrs.name],
    renderText: ({ node }) => `[[${node.attrs.name}]]`,
    addInputRules() {
      const find = new RegExp(`\\[\\[\\s*(?:${names})\\s*\\]\\]$`);
      return [kit.nodeInputRule({ find, type: this.type, getAttributes: attributes })];
    },
  });
}

/** Gives stored rich text with chips where known merge tags are written. */
function withChips(html, labels) {
  return html.replace(TAG_OR_TOKEN, (found, name) => (labels.has(name) ? `<span data-merge-tag="${name}"></span>` : found));
}

/** Gives the extensions for the allowed formats. */
function extensionsFor(kit, formats, labels) {
  const extensions = [kit.Document, kit.Paragraph, kit.HardBreak, kit.Text, kit.History];
  if (formats.has("bold")) extensions.push(kit.Bold);
  if (formats.has("italic")) extensions.push(kit.Italic);
  if (formats.has("link")) extensions.push(kit.Link.configure({ openOnClick: false }));
  if (formats.has("list")) extensions.push(kit.BulletList, kit.ListItem);
  if (labels.size > 0) extensions.push(mergeTag(kit, labels));
  return extensions;
}

/** Loads the editor the first time that the field comes into view, so that the page stays light. */
export default function attach(box) {
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    start(box, await import(box.dataset.editorUrl));
  });
  observer.observe(box);
}

function start(box, kit) {
  const textarea = box.querySelector("textarea");
  const tools = box.querySelector("[data-rich-tools]");
  const linkRow = box.querySelector("[data-rich-link]");
  const linkInput = linkRow?.querySelector("input");
  const labels = labelsOf(box.closest("[data-field]"));
  const formats = new Set(box.dataset.formats.split(" ").filter(Boolean));
  const host = document.createElement("div");
  host.className = "rich-host";
  textarea.before(host);
  textarea.hidden = true;

  /** Gives what the textarea says of itself, for whoever hears the editor in its place. */
  const spoken = () => ({
    class: "rich-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": box.dataset.labelledby,
    "aria-describedby": textarea.getAttribute("aria-describedby"),
    "aria-invalid": textarea.getAttribute("aria-invalid") ?? "false",
  });

  let isTold = false; // by the page, which has written the textarea already
  const editor = new kit.Editor({
    element: host,
    injectCSS: false,
    extensions: extensionsFor(kit, formats, labels),
    content: withChips(textarea.value, labels),
    editorProps: { attributes: spoken() },
    onUpdate: () => {
      if (isTold) return;
      textarea.value = editor.isEmpty ? "" : editor.getHTML().replace(CHIP, "[[$1]]");
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: ({ editor: current }) => {
      for (const button of tools.querySelectorAll("[data-format]")) {
        const name = RICH[button.dataset.format]?.[1] ?? button.dataset.format;
        button.setAttribute("aria-pressed", String(current.isActive(name)));
      }
    },
  });

  const follow = () => editor.setOptions({ editorProps: { attributes: spoken() } });
  new MutationObserver(follow).observe(textarea, { attributeFilter: ["aria-invalid"] });

  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-format]");
    if (!button) return;
    if (button.dataset.format === "link") {
      linkRow.hidden = !linkRow.hidden;
      if (linkRow.hidden) return;
      linkInput.value = editor.getAttributes("link").href ?? "";
      linkInput.focus();
    } else {
      editor.chain().focus()[RICH[button.dataset.format][0]]().run();
    }
  });
  linkRow?.addEventListener("click", (event) => {
    const act = event.target.closest("[data-link-act]")?.dataset.linkAct;
    if (!act) return;
    const href = linkInput.value.trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (act === "set" && href) chain.setLink({ href: /^[a-z]+:/i.test(href) ? href : `https://${href}` }).run();
    else chain.unsetLink().run();
    linkRow.hidden = true;
  });
  linkInput?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    linkRow.querySelector('[data-link-act="set"]').click();
  });
  box.addEventListener("insert-text", (event) => {
    editor.chain().focus().insertContent(withChips(event.detail, labels)).run();
  });
  box.addEventListener("set-html", (event) => {
    isTold = true;
    editor.commands.setContent(withChips(event.detail, labels));
    isTold = false;
  });
  box.addEventListener("focus-field", () => editor.commands.focus("end"));
}
