// Saves what was typed, step by step: debounced, one request at a time, and never forgetting a change that did not arrive.

const DEBOUNCE_MS = 400;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30000;

/** Gives the inputs of a step as pairs, as a form would send them; a switch that is off is sent as "off". */
function valuesOf(step) {
  const pairs = [];
  for (const input of step.querySelectorAll("input[name], textarea[name], select[name]")) {
    if (input.disabled || input.form !== step.closest("form")) continue;
    if (input.type === "file") {
      if (input.files.length > 0) pairs.push([input.name, input.files[0]]);
      input.dataset.sent = input.files.length > 0 ? "true" : "";
    } else if (input.type === "checkbox") pairs.push([input.name, input.checked ? "on" : "off"]);
    else if (input.type !== "radio" || input.checked) pairs.push([input.name, input.value]);
  }
  return pairs;
}

/** Tells whether somebody changed an input since the page was made, as can happen before the scripts are there. */
function isChanged(input) {
  if (!input.matches("input, select, textarea")) return false;
  if (input.type === "file") return input.files.length > 0;
  if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
  if (input.type === "select-one") return [...input.options].some((option) => option.defaultSelected && !option.selected);
  // Dates and figures that a browser cannot read are empty here, although nobody emptied them.
  return input.value !== input.defaultValue && (input.value !== "" || ["text", "tel", "textarea"].includes(input.type));
}

/** Gives the newest CSRF token: signing in again in another tab makes the one in the form worthless. */
function tokenOf(form) {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

/**
 * Watches the steps of a form. `onState(name, detail)` hears `dirty`, `saving`, `saved`, `refused`, `conflict`,
 * `offline` and `signed-out`; `detail` is the server's answer where there is one.
 */
export class Autosave {
  constructor({ form, url, revision, onState }) {
    Object.assign(this, { form, url, revision, onState });
    this.dirty = new Set();
    this.acts = [];
    this.sending = new Set();
    this.timer = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.isHeld = false;
    form.addEventListener("input", (event) => this.touch(event.target));
    form.addEventListener("change", (event) => this.touch(event.target));
    for (const input of form.elements) if (isChanged(input)) this.touch(input);
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (this.hasUnsaved) event.preventDefault();
    });
  }

  get hasUnsaved() {
    return this.dirty.size > 0 || this.sending.size > 0;
  }

  touch(input) {
    const step = input.closest("[data-step]");
    if (!step || !input.name || input.form !== this.form) return;
    this.dirty.add(step);
    this.onState("dirty");
    this.plan(DEBOUNCE_MS);
  }

  /** Sends a step together with what one of its buttons says; resolves to whether nothing is left unsaved. */
  act(step, name, value) {
    this.dirty.add(step);
    this.acts.push([name, value]);
    this.onState("dirty");
    return this.flush();
  }

  /** Asks for everything that follows from what is stored, of which something changed elsewhere. */
  refresh(step) {
    this.dirty.add(step);
    return this.flush();
  }

  plan(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  /** Takes over the server's revision after a conflict and sends everything that waits. */
  keepMine(revision) {
    this.revision = revision;
    this.isHeld = false;
    return this.flush();
  }

  /** Lets go of what was typed, because the person asked for the stored version. */
  forget() {
    clearTimeout(this.timer);
    this.isHeld = true;
    this.dirty.clear();
  }

  /** Sends everything that waits; resolves to whether nothing is left unsaved. */
  async flush() {
    clearTimeout(this.timer);
    if (this.isHeld) return false;
    if (this.running) {
      await this.running;
      return this.dirty.size > 0 ? this.flush() : !this.hasUnsaved;
    }
    if (this.dirty.size === 0) return true;
    this.running = this.send();
    await this.running;
    this.running = null;
    if (this.dirty.size > 0 && !this.isHeld && this.retryMs === FIRST_RETRY_MS) return this.flush();
    return !this.hasUnsaved;
  }

  async send() {
    this.sending = this.dirty;
    this.dirty = new Set();
    this.onState("saving");
    const body = new FormData();
    body.append("csrfmiddlewaretoken", tokenOf(this.form));
    body.append("mailing-revision", this.revision);
    for (const step of this.sending) for (const [name, value] of valuesOf(step)) body.append(name, value);
    const acts = this.acts.splice(0);
    for (const [name, value] of acts) body.append(name, value);
    let response;
    let answer;
    try {
      response = await fetch(this.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      if (response.type !== "opaqueredirect") answer = await response.json();
    } catch {
      answer = undefined;
    }
    if (response?.ok && answer) {
      this.sending = new Set();
      this.revision = answer.revision;
      this.retryMs = FIRST_RETRY_MS;
      this.onState(answer.refused ? "refused" : "saved", answer);
      return;
    }
    for (const step of this.sending) this.dirty.add(step);
    this.acts.unshift(...acts);
    this.sending = new Set();
    if (response?.status === 409 && answer) {
      this.isHeld = true;
      this.onState("conflict", answer);
    } else {
      const isSignedOut = response?.type === "opaqueredirect" || response?.status === 403;
      this.plan(this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
      this.onState(isSignedOut ? "signed-out" : "offline");
    }
  }
}
