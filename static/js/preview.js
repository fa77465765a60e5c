// Shows the live mail: two frames take turns, so that nothing flickers, and our own buttons lie over the open places.

import { showIn } from "./mail-scheme.js";

const MEASURE_AGAIN_MS = [150, 600, 1500];

/**
 * Drives the preview pane. `onPlace(name)` is called for an open place, `onLocked()` for anything else.
 * The frames hold no script: heights and places are read from outside.
 */
export class Preview {
  constructor({ pane, onPlace, onLocked }) {
    Object.assign(this, { pane, onPlace, onLocked });
    this.stage = pane.querySelector("[data-preview-stage]");
    this.layer = pane.querySelector("[data-preview-layer]");
    this.frames = [...pane.querySelectorAll("iframe")];
    this.url = new URL(pane.dataset.url, location.href);
    this.places = JSON.parse(pane.dataset.places || "{}");
    this.turn = 0;
    this.wish = 0;
    this.highlighted = "";
    this.isText = false;
    this.scheme = "light";
    this.chooseBy("previewAs", (value) => this.showAs(value));
    this.chooseBy("previewScheme", (value) => this.showIn(value));
    this.choosePerson();
    this.layer.addEventListener("click", (event) => {
      const target = event.target.closest("button");
      if (target) this.onPlace(this.places[target.dataset.opens].step);
      else this.onLocked();
    });
    new ResizeObserver(() => this.measure()).observe(this.stage);
    const first = this.shown;
    const begin = () => {
      this.color(first);
      this.measure();
    };
    if (first.contentDocument?.readyState === "complete") begin();
    first.addEventListener("load", begin, { once: true });
  }

  /** Makes a row of buttons a choice: `data-preview-as` or `data-preview-scheme`. */
  chooseBy(key, choose) {
    const buttons = [...this.pane.querySelectorAll("button")].filter((button) => key in button.dataset);
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        choose(button.dataset[key]);
      });
    }
  }

  /** Shows the mail with the values of a sample person, of somebody on the list, or with the worst that may come. */
  choosePerson() {
    const choice = this.pane.querySelector("[data-preview-case]");
    const contact = this.pane.querySelector("[data-preview-contact]");
    if (!choice) return;
    const show = () => {
      const isContact = choice.value === "contact";
      contact.hidden = !isContact;
      const words = { case: isContact ? "" : choice.value, contact: isContact ? contact.value.trim() : "" };
      for (const [name, text] of Object.entries(words)) {
        if (text) this.url.searchParams.set(name, text);
        else this.url.searchParams.delete(name);
      }
      if (!isContact || words.contact) this.reload(this.revision ?? "");
      else contact.focus();
    };
    choice.addEventListener("change", show);
    contact.addEventListener("change", show);
  }

  showAs(kind) {
    this.pane.classList.toggle("is-phone", kind === "phone");
    this.pane.classList.toggle("is-text", kind === "text");
    if (kind === "text") this.url.searchParams.set("as", "text");
    else this.url.searchParams.delete("as");
    if ((kind === "text") !== this.isText) {
      this.isText = kind === "text";
      this.reload(this.revision ?? "");
    }
  }

  showIn(scheme) {
    this.scheme = scheme;
    for (const frame of this.frames) this.color(frame);
    this.measure();
  }

  color(frame) {
    showIn(frame.contentDocument, this.scheme);
  }

  get shown() {
    return this.frames[this.turn];
  }

  /** Loads the mail anew beside the one that is shown, and swaps when it stands. */
  reload(revision) {
    const wish = ++this.wish;
    this.revision = revision;
    const next = this.frames[1 - this.turn];
    this.url.searchParams.set("revision", revision);
    next.onload = () => {
      if (wish !== this.wish) return;
      this.color(next);
      this.fit(next);
      next.classList.add("is-shown");
      this.shown.classList.remove("is-shown");
      this.shown.setAttribute("aria-hidden", "true");
      this.shown.tabIndex = -1;
      this.turn = 1 - this.turn;
      this.shown.removeAttribute("aria-hidden");
      this.measure();
      for (const delay of MEASURE_AGAIN_MS) setTimeout(() => wish === this.wish && this.measure(), delay);
    };
    next.src = this.url.href;
  }

  fit(frame) {
    const body = frame.contentDocument?.body;
    if (body) frame.height = Math.max(320, Math.ceil(body.getBoundingClientRect().bottom + 1));
  }

  measure() {
    const document = this.shown.contentDocument;
    if (!document?.body) return;
    this.fit(this.shown);
    this.stage.style.setProperty("--mail-height", `${this.shown.height}px`);
    const focused = this.layer.contains(globalThis.document.activeElement)
      ? globalThis.document.activeElement.dataset.opens
      : null;
    const buttons = [];
    for (const place of document.querySelectorAll("[data-place], [data-section-place]")) {
      const name = place.dataset.place ?? `section-${place.dataset.sectionPlace}`;
      const box = this.boxOf(place);
      if (!(name in this.places) || !box) continue;
      const button = globalThis.document.createElement("button");
      button.type = "button";
      button.dataset.opens = name;
      button.className = "preview-place";
      button.setAttribute("aria-label", this.places[name].label);
      button.title = this.places[name].label;
      button.classList.toggle("is-current", this.places[name].step === this.highlighted);
      button.style.left = `${box.left}px`;
      button.style.top = `${box.top}px`;
      button.style.width = `${box.width}px`;
      button.style.height = `${box.height}px`;
      buttons.push([box.width * box.height, button]);
    }
    buttons.sort(([one], [other]) => other - one);
    this.layer.replaceChildren(...buttons.map(([, button]) => button));
    if (focused) this.layer.querySelector(`[data-opens="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** Gives the box around a place; rows of a table and elements without a box of their own are measured by content. */
  boxOf(place) {
    const box = place.getBoundingClientRect();
    return box.width > 4 && box.height > 4 ? box : null;
  }

  /** Marks the places that belong to a step and brings the first of them into view. */
  highlight(step) {
    this.highlighted = step;
    for (const button of this.layer.children) {
      button.classList.toggle("is-current", this.places[button.dataset.opens].step === step);
    }
    const current = this.layer.querySelector(".is-current");
    if (!current || this.pane.offsetParent === null) return;
    const scroller = this.stage.closest("[data-preview-scroller]");
    const top = current.offsetTop - scroller.clientHeight / 3;
    const isInView = current.offsetTop >= scroller.scrollTop
      && current.offsetTop + current.offsetHeight <= scroller.scrollTop + scroller.clientHeight;
    if (!isInView) scroller.scrollTo({ top: Math.max(0, top) });
  }
}
