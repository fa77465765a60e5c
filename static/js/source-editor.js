// Line numbers beside a source, its colours below it, the lines with a problem marked, and links that move the caret to a
// line and column.

import { isSupported, paint } from "./source-colours.js";

const PROBLEMS = "[data-line]";

export default function sourceEditor(element) {
  const area = element.querySelector("textarea");
  const gutter = element.querySelector(".source-lines");
  const colours = element.querySelector(".source-colours");
  let isPainting = false;

  function follow() {
    gutter.scrollTop = area.scrollTop;
    colours.scrollTop = area.scrollTop;
    colours.scrollLeft = area.scrollLeft;
  }

  function colour() {
    if (!isSupported || isPainting) return;
    isPainting = true;
    requestAnimationFrame(() => {
      isPainting = false;
      colours.textContent = area.value;
      paint(colours);
      follow();
    });
  }

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
    follow();
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

  area.addEventListener("input", () => {
    number();
    colour();
  });
  area.addEventListener("scroll", follow);
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
  if (isSupported) element.classList.add("has-colours");
  colour();
}
