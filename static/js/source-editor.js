// Line numbers beside a source, the lines with a problem marked, and links that move the caret to a line and column.

const PROBLEMS = "[data-line]";

export default function sourceEditor(element) {
  const area = element.querySelector("textarea");
  const gutter = element.querySelector(".source-lines");

  function number() {
    const bad = new Set([...document.querySelectorAll(PROBLEMS)].map((link) => Number(link.dataset.line)));
    const count = area.value.split("\n").length;
    gutter.replaceChildren();
    for (let line = 1; line <= count; line += 1) {
      if (bad.has(line)) {
        const mark = document.createElement("span");
        mark.className = "has-problem";
        mark.textContent = line;
        gutter.append(mark, "\n");
      } else {
        gutter.append(`${line}\n`);
      }
    }
    gutter.scrollTop = area.scrollTop;
  }

  function goTo(line, column) {
    const lines = area.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
    const at = before + Math.max(0, column - 1);
    area.focus();
    area.setSelectionRange(at, Math.max(at, before + (lines[line - 1] ?? "").length));
    const lineHeight = parseFloat(getComputedStyle(area).lineHeight);
    area.scrollTop = Math.max(0, (line - 4) * lineHeight);
  }

  area.addEventListener("input", number);
  area.addEventListener("scroll", () => {
    gutter.scrollTop = area.scrollTop;
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(`#checked ${PROBLEMS}`);
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line), Number(link.dataset.column));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.elt.id === "checked" || event.detail.target?.id === "checked") number();
  });
  number();
}
