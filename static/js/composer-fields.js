// The inputs of the composer by what merges as a whole (a field, a switch, the time): reading and writing them, and
// knowing what the server held when the page got them. What differs from that is what this person changed.

const plain = (text) => String(text ?? "").replace(/\r\n/g, "\n").trim();

function same(one, other) {
  return Object.keys({ ...one, ...other }).every((name) => plain(one[name]) === plain(other[name]));
}

/** Tells whether an event tells of what the page itself has written, which is no typing. */
export const isQuiet = (event) => event.detail?.isQuiet === true;

export class Fields {
  constructor(form) {
    this.form = form;
    this.clashing = new Map();
    this.touched = new Set();
    this.take(JSON.parse(form.elements["mailing-base"].value));
  }

  /** Takes over what is stored: inputs by unit. */
  take(base) {
    this.base = base;
    this.units = new Map();
    for (const [unit, inputs] of Object.entries(base)) {
      for (const name of Object.keys(inputs)) this.units.set(name, unit);
    }
  }

  unitOf(name) {
    return this.units.get(name);
  }

  named(name) {
    return [...this.form.elements].filter((input) => input.name === name && !["file", "hidden"].includes(input.type));
  }

  /** Gives what stands in the inputs of a unit; a name without an input on the page is left out. */
  read(unit) {
    const found = {};
    for (const name of Object.keys(this.base[unit] ?? {})) {
      const inputs = this.named(name);
      if (inputs.length === 0) continue;
      const chosen = inputs.find((input) => input.checked);
      if (inputs[0].type === "radio") Object.assign(found, chosen ? { [name]: chosen.value } : {});
      else if (inputs[0].type === "checkbox") found[name] = inputs[0].checked ? "on" : "off";
      else found[name] = inputs[0].value;
    }
    return found;
  }

  /** Notes that somebody wrote in an input. */
  touch(name) {
    this.touched.add(this.unitOf(name));
  }

  /** Tells whether somebody wrote in a unit and what stands there is not stored; what nobody touched is nobody's. */
  isChanged(unit) {
    if (!this.touched.has(unit)) return false;
    return Object.entries(this.read(unit)).some(([name, text]) => plain(text) !== plain(this.base[unit][name]));
  }

  changed() {
    return Object.keys(this.base).filter((unit) => this.isChanged(unit));
  }

  has(unit) {
    return unit in this.base;
  }

  under(key) {
    return Object.keys(this.base).filter((unit) => unit === key || unit.startsWith(`${key}.`));
  }

  /** Gives what some units were based on, with what they belong to: entries of a part go together. */
  basisOf(units) {
    const tops = new Set([...units].map((unit) => unit.split(".")[0]));
    return Object.fromEntries(Object.entries(this.base).filter(([unit]) => tops.has(unit.split(".")[0])));
  }

  /** Writes into the inputs of a unit without taking focus or caret from anybody, and without counting as typing. */
  write(unit, inputs) {
    for (const [name, text] of Object.entries(inputs)) {
      for (const input of this.named(name)) {
        if (input.type === "radio") input.checked = input.value === text;
        else if (input.type === "checkbox") input.checked = text === "on";
        else if (input.value !== text) this.put(input, text);
        else continue;
        for (const kind of ["input", "change"]) {
          input.dispatchEvent(new CustomEvent(kind, { bubbles: true, detail: { isQuiet: true } }));
        }
      }
    }
  }

  put(input, text) {
    const hasCaret = input === document.activeElement && typeof input.selectionStart === "number";
    const caret = hasCaret ? Math.min(input.selectionStart, text.length) : 0;
    input.value = text;
    if (hasCaret) input.setSelectionRange(caret, caret);
    input.closest(".rich")?.dispatchEvent(new CustomEvent("set-html", { detail: text }));
  }

  /** Takes over what was stored of units that were sent; those that clash keep what they were based on. */
  settle(sent, stored, clashes) {
    for (const unit of sent) {
      if (clashes.includes(unit)) this.clashing.set(unit, stored[unit] ?? {});
      else {
        this.clashing.delete(unit);
        if (unit in stored) this.base[unit] = stored[unit];
      }
    }
  }

  /**
   * Takes over what others saved; gives the units whose inputs were written. What this person changed too stays as it
   * is, on its old base, so that saving it asks; so does what lies under one of `held`.
   */
  adopt(stored, held) {
    const old = this.base;
    const isHeld = (unit) => held.some((key) => unit === key || unit.startsWith(`${key}.`));
    const base = { ...stored };
    const written = [];
    for (const unit of Object.keys(old)) {
      if (isHeld(unit)) base[unit] = old[unit];
      else if (unit in stored && !same(old[unit], stored[unit])) {
        if (!this.isChanged(unit)) written.push(unit);
        else if (!same({ ...stored[unit], ...this.read(unit) }, stored[unit])) base[unit] = old[unit];
      }
    }
    this.take(base);
    for (const unit of written) this.write(unit, base[unit]);
    return written;
  }

  /** Ends a clash: one's own text goes on from what is stored now, or gives way to it. */
  decide(unit, keepsMine) {
    const stored = this.clashing.get(unit);
    if (!stored) return;
    this.clashing.delete(unit);
    this.base[unit] = stored;
    if (!keepsMine) this.write(unit, stored);
  }
}
