// Counts down to a moment, in words, and says once when it has passed.

/** Gives the rest as m:ss, or h:mm:ss from an hour on. */
function rest(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const pad = (number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

export default function attach(element) {
  const until = Date.parse(element.dataset.until);
  const clock = element.querySelector("[data-countdown-clock]");
  const skew = Date.parse(element.dataset.now) - Date.now();
  const tick = () => {
    if (!element.isConnected) return;
    const seconds = Math.max(0, Math.floor((until - Date.now() - skew) / 1000));
    clock.textContent = rest(seconds);
    if (seconds > 0) setTimeout(tick, 1000);
    else element.classList.add("is-over");
  };
  tick();
}
