// Undo and redo over all fields of the composer. Inside a text the browser's own undo works, letter by letter; outside
// of one, and by the buttons, a whole change of a field goes back. Adding and moving entries go back too; an entry that
// was removed comes back from the history.

import { isQuiet } from "./composer-fields.js";

const ONE_CHANGE_MS = 1000;
const MOST = 200;
const TEXTS = "textarea, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=file], [type=button])";
const INVERSE = { up: ["down", -1], down: ["up", 1] };

export class Undo {
  /** `onChange(unit)` saves a field, `onAct(step, name, value)` presses a button; both show the step that it is in. */
  constructor({ root, form, fields, onChange, onAct }) {
    Object.assign(this, { fields, onChange, onAct, done: [], undone: [], last: new Map() });
    this.buttons = { undo: root.querySelector("[data-undo]"), redo: root.querySelector("[data-redo]") };
    this.buttons.undo.addEventListener("click", () => this.go(this.done, this.undone, "before"));
    this.buttons.redo.addEventListener("click", () => this.go(this.undone, this.done, "after"));
    this.remember(Object.keys(fields.base));
    for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => this.hear(event));
    document.addEventListener("keydown", (event) => this.press(event));
  }

  /** Takes down what stands in units, after something else than typing wrote it; what was done to them is past. */
  remember(units) {
    for (const unit of units) this.last.set(unit, this.fields.read(unit));
    const gone = new Set(units);
    for (const list of [this.done, this.undone]) list.splice(0, list.length, ...list.filter((one) => !gone.has(one.unit)));
    this.tell();
  }

  hear(event) {
    const unit = this.fields.unitOf(event.target.name);
    if (!unit || isQuiet(event)) return;
    const before = this.last.get(unit) ?? this.fields.base[unit];
    const after = this.fields.read(unit);
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const newest = this.done.at(-1);
    const now = performance.now();
    if (newest?.unit === unit && now - newest.at < ONE_CHANGE_MS) Object.assign(newest, { after, at: now });
    else this.done.push({ unit, before, after, at: now });
    if (this.done.length > MOST) this.done.shift();
    this.undone.length = 0;
    this.last.set(unit, after);
    this.tell();
  }

  /** Takes down what a button did to the entries of a part; what was done inside them cannot be told apart any more. */
  acted(step, name, value, entries) {
    const key = name.slice("act.".length);
    this.remember(this.fields.under(key));
    const [verb, where] = value.split(/\.(.*)/);
    const moved = key === "order" ? where : Number(where) + (INVERSE[verb]?.[1] ?? 0);
    const back = verb === "add" ? `remove.${entries}` : INVERSE[verb] ? `${INVERSE[verb][0]}.${moved}` : null;
    this.undone.length = 0;
    if (back) this.done.push({ step, name, before: back, after: value });
    this.tell();
  }

  /** Lets go of what buttons did to a part whose entries somebody else has changed. */
  forgetActs(key) {
    for (const list of [this.done, this.undone]) {
      list.splice(0, list.length, ...list.filter((one) => one.name !== `act.${key}`));
    }
    this.tell();
  }

  async go(from, to, side) {
    if (this.isGoing || from.length === 0) return;
    const change = from.pop();
    this.isGoing = true;
    to.push(change);
    if (change.unit) {
      this.fields.write(change.unit, change[side]);
      this.last.set(change.unit, change[side]);
      change.at = 0;
      this.onChange(change.unit);
    } else {
      await this.onAct(change.step, change.name, change[side]);
    }
    this.isGoing = false;
    this.tell();
  }

  press(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest?.(TEXTS)) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey);
    if (key !== "z" && !isRedo) return;
    event.preventDefault();
    if (isRedo) this.go(this.undone, this.done, "after");
    else this.go(this.done, this.undone, "before");
  }

  tell() {
    this.buttons.undo.disabled = this.done.length === 0;
    this.buttons.redo.disabled = this.undone.length === 0;
  }
}
