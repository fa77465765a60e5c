// Undo and redo over all fields of the composer. Inside a text the browser's own undo works, letter by letter; outside
// of one, and by the buttons, a whole change of a field goes back. Adding, moving and removing entries go back too.

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
    for (const unit of units) this.last.delete(unit);
    for (const unit of units) if (this.fields.has(unit)) this.last.set(unit, this.fields.read(unit));
    for (const unit of Object.keys(this.fields.base)) if (!this.last.has(unit)) this.last.set(unit, this.fields.read(unit));
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
  acted(step, name, value, { entries, removed }) {
    const key = name.slice("act.".length);
    const [verb, where] = value.split(/\.(.*)/);
    this.remember([...new Set([...this.last.keys(), ...this.fields.under(key)])].filter((unit) => unit.startsWith(`${key}.`)));
    const moved = key === "order" ? where : Number(where) + (INVERSE[verb]?.[1] ?? 0);
    let back = INVERSE[verb] ? `${INVERSE[verb][0]}.${moved}` : null;
    if (verb === "add") back = `remove.${entries}`;
    else if (removed) back = { key, number: Number(where), removed };
    this.undone.length = 0;
    if (back) this.done.push({ step, name, before: back, after: value });
    this.tell();
  }

  /** Gives what stands in the inputs of the entry that a button removes, by unit and name within it; null for others. */
  removedBy(name, value) {
    const [verb, number] = value.split(".");
    const key = name.slice("act.".length);
    if (verb !== "remove" || !this.fields.has(key)) return null;
    const prefix = `${key}.${number}.`;
    const inside = [...this.last].filter(([unit]) => unit.startsWith(prefix));
    return inside.map(([unit, inputs]) => [
      unit.slice(prefix.length),
      Object.fromEntries(Object.entries(inputs).map(([name, text]) => [name.slice(prefix.length), text])),
    ]);
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
