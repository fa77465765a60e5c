// Keeps what was typed and not saved in this browser, by person and mailing, until the server has it: a lost network, an
// ended session or a closed window loses nothing. Without a storage the page works as well, and warns before it goes.

const DAYS_KEPT = 14;
const DAY_MS = 86_400_000;

export class Kept {
  constructor({ key, fields }) {
    Object.assign(this, { key, fields });
    window.addEventListener("pagehide", () => this.note());
  }

  /** Notes what is typed and not saved, soon. */
  plan() {
    this.timer ??= setTimeout(() => this.note(), 200);
  }

  note() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const units = this.fields.changed().map((unit) => [unit, { base: this.fields.base[unit], mine: this.fields.read(unit) }]);
    try {
      if (units.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), units: Object.fromEntries(units) }));
    } catch {
      // No room, or none allowed.
    }
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }

  /** Puts back into the inputs what was kept from an earlier visit; gives the units that differ from what is stored. */
  bring() {
    const { fields } = this;
    const brought = [];
    for (const [unit, { base, mine }] of Object.entries(this.read())) {
      if (!(unit in fields.base)) continue;
      fields.write(unit, mine);
      fields.touched.add(unit);
      if (!fields.isChanged(unit)) continue;
      fields.base[unit] = base;
      brought.push(unit);
    }
    return brought;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return kept && Date.now() - kept.at < DAYS_KEPT * DAY_MS ? kept.units : {};
    } catch {
      return {};
    }
  }
}
