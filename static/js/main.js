// Starts the behaviours of a page: each element with `data-behaviour="name other"` is handed to the default export of
// `name.js` beside this file, once, also after htmx has swapped something in.

const NAME = /^[a-z][a-z0-9-]*$/;
const SENT_ONCE_MS = 2000;
const started = new WeakMap();

function start(root) {
  const elements = [...root.querySelectorAll("[data-behaviour]")];
  if (root instanceof Element && root.matches("[data-behaviour]")) elements.unshift(root);
  for (const element of elements) {
    const names = started.get(element) ?? new Set();
    started.set(element, names);
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      if (!NAME.test(name) || names.has(name)) continue;
      names.add(name);
      import(new URL(`./${name}.js`, import.meta.url).href).then((module) => module.default(element));
    }
  }
}

function say(message) {
  const place = document.getElementById("page-status");
  if (place) place.textContent = message ?? "";
}

// On a phone the entry of this page may stand beyond the edge of the row of entries.
document.querySelector(".site-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// A menu closes on Escape and when the person goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("htmx:load", (event) => start(event.detail.elt));
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say(document.body.dataset.connectionLost));
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) say("");
});

// A double click sends a form once. Going back to the page, or waiting, lets it be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.isSent) event.preventDefault();
  form.dataset.isSent = "true";
  setTimeout(() => delete form.dataset.isSent, SENT_ONCE_MS);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-is-sent]")) delete form.dataset.isSent;
});

// What went wrong takes the focus, so that nobody has to look for it.
document.querySelector(".error-summary")?.focus();
start(document);
