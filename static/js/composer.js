// The composer: one step open at a time, everything saved by itself, the mail beside it always as it stands.

import { Autosave, tokenOf } from "./autosave.js";
import { Fields, isQuiet } from "./composer-fields.js";
import { Here } from "./composer-here.js";
import { Kept } from "./composer-kept.js";
import { Shown } from "./composer-shown.js";
import { Undo } from "./composer-undo.js";
import { Preview } from "./preview.js";

const LOCKED_NOTE_MS = 6000;

export default function attach(root) {
  const form = root.querySelector("#composer-form");
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
  const fields = new Fields(form);
  const kept = new Kept({ key: root.dataset.keepsAs, fields });
  const brought = kept.bring();
  const shown = new Shown({ root, form, fields, stepOf });
  const saver = new Autosave({ form, fields, url: root.dataset.saveUrl, revision: root.dataset.revision, onState });
  const undo = new Undo({ root, form, fields, onChange: changeBack, onAct: actBack });

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

  /**
   * A long step that closes above takes its height away, so the one that opened is brought back into sight, and what
   * has the focus in it: a quick Tab comes before the word that the step is open.
   */
  function follow(step) {
    step.querySelector("summary").scrollIntoView({ block: "nearest" });
    if (step.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
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
    else if ("reload" in button.dataset) leave();
    else if (button.dataset.leadsTo) {
      event.preventDefault();
      saver.flush().then((isSaved) => (isSaved ? location.assign(button.dataset.leadsTo) : shown.pointAtClash()));
    }
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
    if (!picture || isQuiet(event)) return;
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
    if (root.dataset.isActing) return; // a second click of the same hand
    const { name, value } = button;
    const step = button.closest("[data-step]");
    const removed = undo.removedBy(name, value);
    root.dataset.isActing = "true";
    const isSaved = await saver.act(step, name, value);
    delete root.dataset.isActing;
    if (!isSaved) return;
    const key = name.slice("act.".length);
    undo.acted(step.dataset.step, name, value, { entries: fields.base[key]?.[key], removed });
    const fresh = step.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]:not(:disabled)`)
      ?? step.querySelector("[data-act]:not(:disabled), input[type=file]");
    fresh?.focus();
  }

  function changeBack(unit) {
    const input = Object.keys(fields.base[unit]).flatMap((name) => fields.named(name))[0];
    if (!input) return;
    open(input.closest("[data-step]"));
    kept.plan();
    saver.touch(input);
  }

  async function actBack(key, name, change) {
    open(stepOf(key));
    if (typeof change === "string") await saver.act(stepOf(key), name, change);
    else await putBack(stepOf(key), name, change);
    undo.remember(fields.under(name.slice("act.".length)));
  }

  /** Puts an entry that was removed back to where it stood: added at the end, filled in, moved up. */
  async function putBack(step, name, { key, number, removed }) {
    if (!(await saver.act(step, name, "add"))) return;
    const last = Number(fields.base[key][key]);
    for (const [inside, inputs] of removed) {
      const named = Object.entries(inputs).map(([part, text]) => [`${key}.${last}.${part}`, text]);
      const unit = `${key}.${last}.${inside}`;
      if (!fields.has(unit)) continue;
      fields.write(unit, Object.fromEntries(named));
      for (const [part] of named) fields.touch(part);
    }
    for (let place = last; place > number; place -= 1) await saver.act(step, name, `up.${place}`);
    await saver.refresh(step);
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

  function onState(state, answer, sent) {
    root.dataset.saving = state;
    if (state === "dirty") kept.plan();
    else if (answer?.units) {
      take(answer, sent);
      shown.say(state, answer);
    } else shown.say(state, answer);
  }

  /** Takes in what the server says is stored, after a save of this page (`sent`) or of another. */
  function take(answer, sent) {
    if (sent) fields.settle(sent.units, answer.units, answer.clashes);
    const held = shown.take(answer, sent?.parts ?? []);
    const written = fields.adopt(answer.units, held);
    undo.remember(written);
    for (const key of new Set(written.map((unit) => unit.split(".")[0]))) {
      if (!sent?.parts.includes(key)) undo.forgetActs(key);
    }
    showSections();
    saver.revision = answer.revision;
    kept.note();
    if (String(answer.revision) !== shown.revision) preview.reload(answer.revision);
    shown.revision = String(answer.revision);
  }

  function leave() {
    saver.forget();
    kept.forget();
  }

  new Here({
    url: root.dataset.hereUrl,
    token: () => tokenOf(form),
    revision: () => saver.revision,
    isBusy: () => saver.isBusy,
    onAnswer({ here, changed, ended }) {
      root.querySelector("[data-here]").innerHTML = here;
      if (changed) take(changed);
      if (!ended) return;
      saver.hold();
      onState("ended", { message: ended });
    },
  });

  // Of a text that two changed, one is chosen; the other is in the history.
  root.addEventListener("submit", (event) => {
    if (!("clashForm" in event.target.dataset)) return;
    event.preventDefault();
    for (const box of event.target.querySelectorAll("[data-clash]")) {
      const unit = box.dataset.clash;
      const keepsMine = box.querySelector("input:checked").value === "mine";
      fields.decide(unit, keepsMine);
      if (keepsMine) changeBack(unit);
      else undo.remember([unit]);
    }
    event.target.closest("[data-fragment]").replaceChildren();
    kept.note();
    saver.flush();
  });

  // The button takes what was saved, so what waits is sent first.
  root.addEventListener("submit", async (event) => {
    const final = event.target;
    if (final === form) event.preventDefault();
    if (!("finalForm" in final.dataset) || final.dataset.isReady) return;
    event.preventDefault();
    const note = final.elements.note?.value;
    if (!(await saver.flush())) {
      shown.pointAtClash();
      return;
    }
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
    else shown.pointAtClash();
  });

  root.addEventListener("tested", (event) => saver.refresh(event.target.closest("[data-step]")));

  // ---- start ----

  if (brought.length > 0) {
    root.querySelector("[data-kept]").hidden = false;
    showSections();
    for (const unit of brought) changeBack(unit);
  }

  const named = location.hash.startsWith("#step-") ? stepOf(decodeURIComponent(location.hash.slice(6))) : null;
  const first = stepOf(root.dataset.openStep);
  // Whoever was quicker than this script keeps the step that they opened.
  const own = openStep() === first ? null : openStep();
  open(own ?? (named && !named.hidden ? named : first));
  if (own) follow(own);
  else if (openStep()) preview.highlight(openStep().dataset.step);
}
