// The picture of a template: links choose which words it shows, radio buttons its scheme; its width is the style sheet's.

import { showIn } from "./mail-scheme.js";

export default function attach(picture) {
  const frame = picture.querySelector("iframe");
  const colour = () => {
    showIn(frame.contentDocument, picture.querySelector('input[name="preview-scheme"]:checked').value);
  };

  picture.addEventListener("click", (event) => {
    const chosen = event.target.closest('a[target="picture"]');
    if (!chosen) return;
    for (const link of picture.querySelectorAll('a[target="picture"]')) link.removeAttribute("aria-current");
    chosen.setAttribute("aria-current", "true");
  });
  picture.addEventListener("change", colour);
  frame.addEventListener("load", colour);
  if (frame.contentDocument?.readyState === "complete") colour();
}
