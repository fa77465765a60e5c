// Says that this page is open, and hears who else is there and what they saved; only while somebody looks at it.

const EVERY_MS = 12_000;

export class Here {
  /** `revision()` is what this page knows, `isBusy()` tells that it saves just now; `onAnswer` hears what came. */
  constructor({ url, token, revision, isBusy, onAnswer }) {
    Object.assign(this, { url, token, revision, isBusy, onAnswer, tab: crypto.randomUUID?.() ?? String(Math.random()) });
    document.addEventListener("visibilitychange", () => this.plan(document.hidden ? null : 0));
    // The back button may show the page as it was left.
    window.addEventListener("pageshow", (event) => event.persisted && this.plan(0));
    window.addEventListener("pagehide", () => navigator.sendBeacon?.(this.url, this.words({ leaving: "1" })));
    this.plan(document.hidden ? null : 0);
  }

  plan(milliseconds) {
    clearTimeout(this.timer);
    if (milliseconds !== null) this.timer = setTimeout(() => this.beat(), milliseconds);
  }

  words(more) {
    const words = new FormData();
    words.append("csrfmiddlewaretoken", this.token());
    for (const [name, text] of Object.entries({ tab: this.tab, ...more })) words.append(name, text);
    return words;
  }

  async beat() {
    if (!this.isBusy()) await this.ask();
    this.plan(document.hidden ? null : EVERY_MS);
  }

  async ask() {
    try {
      const options = { method: "POST", body: this.words({ revision: this.revision() }), redirect: "manual" };
      const response = await fetch(this.url, { ...options, headers: { Accept: "application/json" } });
      const answer = response.ok ? await response.json() : null;
      if (answer && !this.isBusy()) this.onAnswer(answer);
    } catch {
      // Saving says when the portal does not answer; nobody needs to hear it twice.
    }
  }
}
