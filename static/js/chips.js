// Merge tags as chips: one tab stop for all of a field's, what each of them tells while it has the focus, and below a
// line of words how it reads with them. Inserting is the composer's.

const TOKEN = /\[\[\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\s*\]\]/g;

/** Gives the labels of the merge tags that a field takes, by name. */
export function labelsOf(field) {
  const buttons = field?.querySelectorAll("[data-insert]") ?? [];
  return new Map([...buttons].map((button) => [button.dataset.insert.slice(2, -2), button.dataset.mergeLabel]));
}

export default function attach(box) {
  const buttons = [...box.querySelectorAll("[data-insert]")];
  const tells = box.querySelector("[data-chip-tells]");
  if (buttons.length === 0) return;

  buttons.forEach((button, index) => (button.tabIndex = index === 0 ? 0 : -1));
  box.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const last = buttons.length - 1;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const button = buttons[Math.min(Math.max(next, 0), last)];
    buttons.forEach((other) => (other.tabIndex = other === button ? 0 : -1));
    button.focus();
  });

  const tell = (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    tells.textContent = button.title;
    tells.hidden = false;
  };
  const hush = () => {
    if (!box.contains(document.activeElement)) tells.hidden = true;
  };
  box.addEventListener("focusin", tell);
  box.addEventListener("pointerover", tell);
  box.addEventListener("focusout", () => setTimeout(hush));
  box.addEventListener("pointerleave", hush);

  const input = box.closest(".field")?.querySelector("input:not([type=hidden])");
  if (input && !box.closest("[data-field]").querySelector(".rich")) follow(input, box);
}

/** Shows how a line reads, its merge tags and what the portal fills in as chips, while it holds any. */
function follow(input, box) {
  const line = box.querySelector("[data-chip-line]");
  const labels = labelsOf(box);
  const wordsFor = (name) => labels.get(name) ?? (name.includes(".") ? name.replace(/[._]/g, " ") : undefined);
  const show = () => {
    const parts = input.value.split(TOKEN); // words and names in turn
    line.hidden = !parts.some((part, index) => index % 2 === 1 && wordsFor(part));
    line.replaceChildren(`${line.dataset.reads} `, ...parts.map((part, index) => {
      if (index % 2 === 0) return part;
      const words = wordsFor(part);
      if (!words) return `[[${part}]]`;
      const chip = document.createElement("span");
      chip.className = "chip merge-chip";
      chip.textContent = words;
      return chip;
    }));
  };
  input.addEventListener("input", show);
  input.addEventListener("focus", () => (input.dataset.wasFocused = "true"));
  show();
}
