// Shows each sample of a look in the scheme that it stands for, whatever this machine is set to.

import { showIn } from "./mail-scheme.js";

export default function attach(samples) {
  for (const frame of samples.querySelectorAll("iframe[data-scheme]")) {
    const show = () => showIn(frame.contentDocument, frame.dataset.scheme);
    frame.addEventListener("load", show);
    if (frame.contentDocument?.readyState === "complete") show();
  }
}
