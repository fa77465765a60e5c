// Explains what it stands at, on hover and on focus; Escape closes it. Without a script, a click shows the words.

const GAP = 6;

export default function attach(button) {
  const words = document.getElementById(button.getAttribute("popovertarget"));
  if (!words?.showPopover) return;

  const show = () => {
    if (!words.matches(":popover-open")) words.showPopover();
    const at = button.getBoundingClientRect();
    const widest = document.documentElement.clientWidth - words.offsetWidth - GAP;
    const below = at.bottom + GAP;
    const fits = below + words.offsetHeight <= window.innerHeight;
    words.style.left = `${Math.max(GAP, Math.min(at.left, widest))}px`;
    words.style.top = `${fits ? below : at.top - GAP - words.offsetHeight}px`;
  };
  const hide = () => {
    if (words.matches(":popover-open")) words.hidePopover();
  };

  button.addEventListener("focus", show);
  button.addEventListener("click", show);
  button.addEventListener("blur", hide);
  button.addEventListener("pointerenter", show);
  button.addEventListener("pointerleave", (event) => {
    if (event.relatedTarget !== words && document.activeElement !== button) hide();
  });
  words.addEventListener("pointerleave", () => {
    if (document.activeElement !== button) hide();
  });
  window.addEventListener("scroll", hide, { passive: true, capture: true });
}
