// Keeps the lines of a list up to date that may change by themselves: those with `data-live`, found again by their id.
// A line that somebody stands in stays as it is, ticks are kept, and nothing is asked for while the page is not seen.

const EVERY_SECONDS = 20;

async function refresh(list) {
  if (document.hidden || !list.querySelector("[data-live]")) return;
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const line of list.querySelectorAll("[data-live]")) {
    const news = fresh.getElementById(line.id);
    if (!news || news.innerHTML === line.innerHTML || line.contains(document.activeElement)) continue;
    const ticked = line.querySelector("input[type=checkbox]")?.checked ?? false;
    line.replaceChildren(...news.childNodes);
    line.toggleAttribute("data-live", news.hasAttribute("data-live"));
    const tick = line.querySelector("input[type=checkbox]");
    if (tick) tick.checked = ticked;
    line.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: line } }));
  }
}

export default function attach(list) {
  // A page that cannot be reached says nothing here: the next round asks again.
  setInterval(() => refresh(list).catch(() => {}), EVERY_SECONDS * 1000);
}
