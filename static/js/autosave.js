// Saves what was typed, step by step: debounced, one request at a time, each with what it was based on, and never
// forgetting a change that did not arrive.

import { isQuiet } from "./composer-fields.js";

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
  if (!input.matches("input, select, textarea") || input.type === "hidden") return false;
  if (input.type === "file") return input.files.length > 0;
  if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
  if (input.type === "select-one") return [...input.options].some((option) => option.defaultSelected && !option.selected);
  // Dates and figures that a browser cannot read are empty here, although nobody emptied them.
  return input.value !== input.defaultValue && (input.value !== "" || ["text", "tel", "textarea"].includes(input.type));
}

/** Gives the newest CSRF token: signing in again in another tab makes the one in the form worthless. */
export function tokenOf(form) {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

/**
 * Watches the steps of a form. `onState(name, detail, sent)` hears `dirty`, `saving`, `saved`, `refused`, `ended`,
 * `gone`, `offline` and `signed-out`; `detail` is the server's answer where there is one, `sent` what it answers.
 */
export class Autosave {
  constructor({ form, fields, url, revision, onState }) {
    Object.assign(this, { form, fields, url, revision, onState });
    this.dirty = new Set();
    this.acts = [];
    this.sending = new Set();
    this.timer = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.isHeld = false;
    for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => isQuiet(event) || this.touch(event.target));
    for (const input of form.elements) if (isChanged(input)) this.touch(input);
    window.addEventListener("online", () => this.flush());
    // Whoever signed in again in another tab comes back to this one.
    document.addEventListener("visibilitychange", () => document.hidden || this.dirty.size === 0 || this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (this.hasUnsaved) event.preventDefault();
    });
  }

  get hasUnsaved() {
    return this.isBusy || this.dirty.size > 0 || this.fields.clashing.size > 0;
  }

  get isBusy() {
    return this.sending.size > 0;
  }

  touch(input) {
    const step = input.closest("[data-step]");
    if (!step || !input.name || input.form !== this.form) return;
    this.fields.touch(input.name);
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

  stepOf(unit) {
    const names = Object.keys(this.fields.base[unit] ?? {});
    return names.flatMap((name) => this.fields.named(name))[0]?.closest("[data-step]");
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

  /** Lets go of what was typed, because the person asked for what is stored. */
  forget() {
    this.hold();
    this.dirty.clear();
    this.fields.clashing.clear();
  }

  /** Sends nothing more from this page. */
  hold() {
    clearTimeout(this.timer);
    this.isHeld = true;
  }

  /** Sends everything that waits; resolves to whether nothing is left unsaved. */
  async flush() {
    clearTimeout(this.timer);
    if (this.isHeld) return false;
    if (this.running) {
      await this.running;
      return this.dirty.size > 0 ? this.flush() : !this.hasUnsaved;
    }
    if (this.dirty.size === 0) return !this.hasUnsaved;
    this.running = this.send();
    await this.running;
    this.running = null;
    if (this.dirty.size > 0 && !this.isHeld && this.retryMs === FIRST_RETRY_MS) return this.flush();
    return !this.hasUnsaved;
  }

  async send() {
    // What clashes goes along each time, so that everything that is asked stands together.
    for (const unit of this.fields.clashing.keys()) this.dirty.add(this.stepOf(unit));
    this.dirty.delete(undefined);
    this.sending = this.dirty;
    this.dirty = new Set();
    this.onState("saving");
    const acts = this.acts.splice(0);
    const pairs = [...this.sending].flatMap(valuesOf);
    const units = new Set(pairs.map(([name]) => this.fields.unitOf(name)).filter(Boolean));
    const parts = acts.map(([name]) => name.slice("act.".length));
    const body = new FormData();
    body.append("csrfmiddlewaretoken", tokenOf(this.form));
    body.append("mailing-revision", this.revision);
    body.append("mailing-base", JSON.stringify(this.fields.basisOf([...units, ...parts])));
    for (const [name, value] of [...pairs, ...acts]) body.append(name, value);
    const { response, answer } = await this.post(body);
    if (response?.ok && answer) {
      this.sending = new Set();
      this.retryMs = FIRST_RETRY_MS;
      const withFiles = pairs.filter(([, value]) => value instanceof File).map(([name]) => name.split(".")[0]);
      this.onState(answer.refused ? "refused" : "saved", answer, { units, parts: [...parts, ...withFiles] });
      return;
    }
    for (const step of this.sending) this.dirty.add(step);
    this.acts.unshift(...acts);
    this.sending = new Set();
    this.fail(response, answer);
  }

  async post(body) {
    try {
      const options = { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" };
      const response = await fetch(this.url, options);
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      return { response, answer: isJson ? await response.json() : undefined };
    } catch {
      return {};
    }
  }

  fail(response, answer) {
    const isSignedOut = response?.type === "opaqueredirect" || response?.status === 403;
    const isOver = response?.status === 404 || (response?.status === 409 && answer?.revision === null);
    if (isOver) {
      this.hold();
      this.onState(answer ? "ended" : "gone", answer);
      return;
    }
    this.plan(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    this.onState(isSignedOut ? "signed-out" : "offline");
  }
}
