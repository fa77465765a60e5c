// The composer: one step open at a time, everything saved by itself, the mail beside it always as it stands.

import { Autosave } from "./autosave.js";
import { Preview } from "./preview.js";

const LOCKED_NOTE_MS = 6000;

export default function attach(root) {
  const form = root.querySelector("#composer-form");
  const status = root.querySelector("[data-save-status]");
  const steps = () => [...root.querySelectorAll("[data-step]")].filter((step) => !step.hidden);
  const stepOf = (key) => root.querySelector(`[data-step="${CSS.escape(key)}"]`);
  const openStep = () => steps().find((step) => step.open);

  const preview = new Preview({
    pane: root.querySelector("[data-preview]"),
    onPlace: (key) => {
      peek(false);
      open(stepOf(key), { focus: true });
    },
    onLocked: sayLocked,
  });
  const saver = new Autosave({ form, url: root.dataset.saveUrl, revision: root.dataset.revision, onState });

  // ---- steps ----

  function open(step, { focus = false } = {}) {
    if (!step) return;
    step.open = true;
    if (!focus) return;
    step.scrollIntoView({ block: "nearest" });
    const field = step.querySelector(
      "[contenteditable=true], .step-body :is(input, textarea, select, button):not([type=hidden], [hidden])",
    );
    (field ?? step.querySelector("summary")).focus({ preventScroll: true });
  }

  function walk(distance) {
    const all = steps();
    const at = all.indexOf(openStep());
    const next = all[Math.min(Math.max(at + distance, 0), all.length - 1)];
    open(next, { focus: true });
    next.scrollIntoView({ block: "nearest" });
  }

  /** A long step that closes above takes its height away, so the one that opened is brought back into sight. */
  function follow(step) {
    step.querySelector("summary").scrollIntoView({ block: "nearest" });
    preview.highlight(step.dataset.step);
    history.replaceState(null, "", `#step-${step.dataset.step}`);
  }

  root.addEventListener("toggle", (event) => {
    if (event.target.matches("[data-step]") && event.target.open) follow(event.target);
  }, true);

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button, a");
    if (!button) return;
    if ("stepNext" in button.dataset) walk(1);
    else if ("stepBack" in button.dataset) walk(-1);
    else if ("peek" in button.dataset) peek(!root.classList.contains("is-peeking"));
    else if ("peekClose" in button.dataset) peek(false);
    else if ("conflictReload" in button.dataset) reload();
    else if ("conflictKeep" in button.dataset) keepMine();
    else if ("act" in button.dataset) {
      event.preventDefault();
      act(button);
    }
    else if (button.dataset.insert) insert(button);
    else if (button.dataset.opens && button.matches("a")) {
      event.preventDefault();
      open(stepOf(button.dataset.opens), { focus: true });
    }
  });

  // A section that is left out takes its steps with it.
  root.addEventListener("change", (event) => {
    if (event.target.dataset.switches) showSections();
  });

  // A picture brings its own words along, unless somebody has written others. Before Autosave hears of the choice.
  form.addEventListener("change", (event) => {
    const picture = event.target.closest("input[type=radio][data-alt]");
    if (!picture) return;
    const words = picture.closest("[data-field]").querySelector('input[name$=".alt"]');
    const known = [...form.querySelectorAll(`input[name="${CSS.escape(picture.name)}"]`)].map((other) => other.dataset.alt);
    if (words.value.trim() === "" || known.includes(words.value)) words.value = picture.dataset.alt;
  }, true);

  function showSections() {
    const off = new Set([...root.querySelectorAll("[data-switches]:not(:checked)")].map((one) => one.dataset.switches));
    for (const step of root.querySelectorAll("[data-in-section]")) {
      step.hidden = step.dataset.inSection.split(" ").some((name) => off.has(name));
    }
  }

  /** Adds, removes or moves an entry or a section; the server answers with the step as it is then. */
  async function act(button) {
    const { name, value } = button;
    const step = button.closest("[data-step]");
    if (!(await saver.act(step, name, value))) return;
    const fresh = step.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]:not(:disabled)`)
      ?? step.querySelector("[data-act]:not(:disabled), input[type=file]");
    fresh?.focus();
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox], [type=radio], [type=file])")) return;
    event.preventDefault();
    if (!event.isComposing && event.target.form === form && !event.target.closest("[data-rich-link]")) walk(1);
  });

  function insert(button) {
    const field = button.closest("[data-field]");
    const rich = field.querySelector(".rich");
    if (rich) {
      rich.dispatchEvent(new CustomEvent("insert-text", { detail: button.dataset.insert }));
      return;
    }
    const input = field.querySelector("input, textarea");
    const end = input.value.length;
    const [from, to] = input.dataset.wasFocused ? [input.selectionStart, input.selectionEnd] : [end, end];
    const gap = from > 0 && !/\s$/.test(input.value.slice(0, from)) ? " " : "";
    input.setRangeText(gap + button.dataset.insert, from, to, "end");
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- preview ----

  function peek(isOpen) {
    root.classList.toggle("is-peeking", isOpen);
    root.querySelector("[data-peek]").setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    preview.measure();
    const step = openStep();
    if (step) preview.highlight(step.dataset.step);
  }

  let lockedTimer = 0;
  function sayLocked() {
    const note = root.querySelector("[data-preview-locked]");
    note.textContent = note.dataset.text;
    clearTimeout(lockedTimer);
    lockedTimer = setTimeout(() => (note.textContent = ""), LOCKED_NOTE_MS);
  }

  // ---- saving ----

  function onState(state, answer) {
    root.dataset.saving = state;
    if (state === "dirty") return;
    if (state === "saving") status.textContent = root.dataset.textSaving;
    else if (state === "offline") status.textContent = root.dataset.textOffline;
    else if (state === "signed-out") status.textContent = root.dataset.textSignedOut;
    else if (state === "conflict") showConflict(answer);
    else {
      status.textContent = answer.refused || answer.saved;
      show(answer);
    }
  }

  function show(answer) {
    form.elements["mailing-revision"].value = answer.revision;
    for (const input of root.querySelectorAll('input[name="revision"]')) input.value = answer.revision;
    root.querySelector("[data-mailing-name]").textContent = answer.name;
    for (const [name, html] of Object.entries(answer.fragments)) {
      const place = root.querySelector(`[data-fragment="${CSS.escape(name)}"]`);
      if (!place || place.innerHTML.trim() === html.trim()) continue;
      place.innerHTML = html;
      place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place } })); // starts behaviours
    }
    // A picture that was refused stays chosen, so that it goes again with the words that were missing.
    for (const input of form.querySelectorAll("input[type=file]")) {
      if (input.dataset.sent && `choices-${input.closest("[data-field]").dataset.field}` in answer.fragments) clear(input);
    }
    for (const [key, step] of Object.entries(answer.steps)) {
      const element = stepOf(key);
      if (!element) continue;
      element.dataset.mark = step.mark;
      element.querySelector(".step-title").textContent = step.title;
      element.querySelector("[data-step-word]").textContent = step.word;
      element.querySelector("[data-step-summary]").textContent = step.summary;
      sayInvalid(element);
    }
    preview.reload(answer.revision);
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

  function showConflict(answer) {
    const box = root.querySelector("[data-conflict]");
    box.hidden = false;
    box.dataset.revision = answer.revision ?? "";
    box.querySelector("[data-conflict-message]").textContent = answer.message;
    box.querySelector("[data-conflict-keep]").hidden = answer.revision === null;
    status.textContent = root.dataset.textUnsaved;
    box.scrollIntoView({ block: "nearest" });
  }

  function keepMine() {
    const box = root.querySelector("[data-conflict]");
    box.hidden = true;
    saver.keepMine(Number(box.dataset.revision));
  }

  function reload() {
    saver.forget();
    location.reload();
  }

  // The button takes what was saved, so what waits is sent first.
  root.addEventListener("submit", async (event) => {
    const final = event.target;
    if (final === form) event.preventDefault();
    if (!("finalForm" in final.dataset) || final.dataset.isReady) return;
    event.preventDefault();
    const note = final.elements.note?.value;
    if (!(await saver.flush())) return;
    const fresh = root.querySelector("[data-final-form]");
    if (!fresh) return;
    fresh.dataset.isReady = "true";
    if (note !== undefined) fresh.elements.note.value = note;
    fresh.elements.revision.value = saver.revision;
    setTimeout(() => fresh.requestSubmit()); // not while the first submit event is still being told around
  });

  // A test shows what was saved, too.
  root.addEventListener("htmx:confirm", async (event) => {
    if (!("afterSaving" in event.target.dataset)) return;
    event.preventDefault();
    if (await saver.flush()) event.detail.issueRequest(true);
  });

  root.addEventListener("tested", (event) => saver.refresh(event.target.closest("[data-step]")));

  // ---- start ----

  const named = location.hash.startsWith("#step-") ? stepOf(decodeURIComponent(location.hash.slice(6))) : null;
  const first = stepOf(root.dataset.openStep);
  // Whoever was quicker than this script keeps the step that they opened.
  const own = openStep() === first ? null : openStep();
  open(own ?? (named && !named.hidden ? named : first));
  if (own) follow(own);
  else if (openStep()) preview.highlight(openStep().dataset.step);
}
