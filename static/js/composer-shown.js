// Puts what the server answered into the composer's page: marks, notes, sentences and parts, leaving alone what somebody
// is writing in.

export class Shown {
  constructor({ root, form, fields, stepOf }) {
    Object.assign(this, { root, form, fields, stepOf, revision: root.dataset.revision });
    this.status = root.querySelector("[data-save-status]");
  }

  /** Says quietly how saving stands. */
  say(state, answer) {
    const { textSaving, textOffline, textGone, textUnsaved } = this.root.dataset;
    if (state === "signed-out") this.saySignedOut();
    else if (state === "ended") this.sayEnded(answer.message);
    else if (state === "saved" || state === "refused") this.status.textContent = answer.refused || answer.saved;
    else this.status.textContent = { saving: textSaving, offline: textOffline, gone: textGone }[state] ?? textUnsaved;
  }

  /** Brings the question which text stays into sight, where one is open. */
  pointAtClash() {
    const box = this.root.querySelector("[data-clashes]");
    box?.scrollIntoView({ block: "nearest" });
    box?.focus({ preventScroll: true });
  }

  saySignedOut() {
    const { textSignedOut, textSignIn, signInUrl } = this.root.dataset;
    const link = Object.assign(document.createElement("a"), { href: signInUrl, target: "_blank", textContent: textSignIn });
    this.status.replaceChildren(`${textSignedOut} `, link);
  }

  sayEnded(message) {
    const box = this.root.querySelector("[data-ended]");
    box.hidden = false;
    box.querySelector("[data-ended-message]").textContent = message;
    this.status.textContent = this.root.dataset.textUnsaved;
    box.scrollIntoView({ block: "nearest" });
  }

  /**
   * Shows an answer; `parts` are those whose button was pressed or that a file was sent for. Gives the parts that were
   * left as they are, because this person is writing in them.
   */
  take(answer, parts) {
    const { root, form } = this;
    form.elements["mailing-revision"].value = answer.revision;
    for (const input of root.querySelectorAll('input[name="revision"]')) input.value = answer.revision;
    root.querySelector("[data-mailing-name]").textContent = answer.name;
    const held = [];
    for (const [name, html] of Object.entries(answer.fragments)) {
      const place = root.querySelector(`[data-fragment="${CSS.escape(name)}"]`);
      if (!place || place.innerHTML.trim() === html.trim()) continue;
      if (name === "clashes" && answer.clashes.length === 0 && this.fields.clashing.size > 0) continue;
      const key = name.match(/^(?:items|choices)-(.*)$/)?.[1];
      if (key && !parts.includes(key.split(".")[0]) && !this.isStale(place, key, answer.units)) {
        held.push(key);
        continue;
      }
      place.innerHTML = html;
      place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place } })); // starts behaviours
    }
    // A picture that was refused stays chosen, so that it goes again with the words that were missing.
    for (const input of form.querySelectorAll("input[type=file]")) {
      if (input.dataset.sent && `choices-${input.closest("[data-field]").dataset.field}` in answer.fragments) clear(input);
    }
    for (const [key, step] of Object.entries(answer.steps)) this.mark(key, step);
    return held.filter((key) => this.fields.under(key).some((unit) => this.fields.isChanged(unit)) || this.isInside(key));
  }

  /** Tells whether a part must be drawn anew: what is stored of it is other than here, and nobody writes in it. */
  isStale(place, key, stored) {
    const { fields } = this;
    const isThere = (unit) => unit === key || unit.startsWith(`${key}.`);
    const units = new Set([...fields.under(key), ...Object.keys(stored).filter(isThere)]);
    if (units.size === 0) return !place.contains(document.activeElement);
    const differs = [...units].some((unit) => JSON.stringify(fields.base[unit]) !== JSON.stringify(stored[unit]));
    return differs && !place.contains(document.activeElement) && ![...units].some((unit) => fields.isChanged(unit));
  }

  isInside(key) {
    const name = CSS.escape(key);
    const place = this.root.querySelector(`[data-fragment="items-${name}"], [data-fragment="choices-${name}"]`);
    return place?.contains(document.activeElement) ?? false;
  }

  mark(key, step) {
    const element = this.stepOf(key);
    if (!element) return;
    element.dataset.mark = step.mark;
    element.querySelector(".step-title").textContent = step.title;
    element.querySelector("[data-step-word]").textContent = step.word;
    element.querySelector("[data-step-summary]").textContent = step.summary;
    sayInvalid(element);
  }
}

/** Says at a step's inputs whether a note stops the mailing; of several fields it only takes back what stood there. */
function sayInvalid(step) {
  const blocks = step.querySelector('.step-notes [data-tone="bad"]') !== null;
  if (blocks && step.querySelectorAll("[data-field]").length > 1) return;
  for (const input of step.querySelectorAll(":is(input, select, textarea)[aria-describedby]")) {
    if (blocks) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function clear(input) {
  input.value = "";
  delete input.dataset.sent;
}
