// A preview that is only looked at: desktop, phone, plain text, light and dark.

import { Preview } from "./preview.js";

export default function attach(pane) {
  new Preview({ pane, onPlace: () => {}, onLocked: () => {} });
}
