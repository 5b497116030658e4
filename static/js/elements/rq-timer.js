/*
  <rq-timer data-url="/desk/claims/ID/heartbeat" data-seconds="840" data-renewable> shows how long the case is still hers.
  While she works it renews the claim every 30 seconds; after 3 still minutes it stops renewing, and 2 minutes before the
  end it says so in words, with a button. When the case is lost it says who has it now, and leaves every typed word in place.
    [data-part=left] [data-part=warn] (with a button) [data-part=lost] > [data-part=message]
*/
import { list, uncovered } from "../spans.js";

const BEAT_MS = 30_000;
const STILL_MS = 180_000;
const WARN_S = 120;

class Timer extends HTMLElement {
  connectedCallback() {
    this.ends = performance.now() + Number(this.dataset.seconds) * 1000;
    this.active = performance.now();
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal, passive: true, capture: true };
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchmove", "input"]) {
      document.addEventListener(kind, () => { this.active = performance.now(); }, options);
    }
    document.addEventListener("rq-cover", () => { this.due = true; }, options);
    window.addEventListener("pagehide", () => this.beat({ keepalive: true }), options);
    this.piece("warn")?.querySelector("button")?.addEventListener("click", () => this.beat(), options);
    this.clock = setInterval(() => this.tick(), 1000);
    this.beaten = performance.now();
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.clock);
    this.leaving.abort();
  }

  piece(name) { return this.querySelector(`[data-part="${name}"]`); }
  get left() { return Math.max(0, Math.round((this.ends - performance.now()) / 1000)); }

  tick() {
    if (this.lost) return;
    const now = performance.now();
    if (document.querySelector("rq-veil:not([veiled])")) this.active = now; // looking is working
    const working = now - this.active < STILL_MS;
    const warned = this.left <= WARN_S && this.active > this.beaten; // she came back: keep it at once
    if (this.hasAttribute("data-renewable") && working && (now - this.beaten > BEAT_MS || (warned && now - this.beaten > 5000))) this.beat();
    else if (this.left === 0 && now - this.beaten > 5000) this.beat();
    this.show();
  }

  show() {
    if (this.lost) return;
    const left = this.left;
    const place = this.piece("left");
    const text = left > 90 ? `Yours for ${Math.round(left / 60)} min` : left > 0 ? "Yours for about a minute" : "Time is up";
    if (place && place.textContent !== text) place.textContent = text;
    const warn = this.piece("warn");
    if (warn) warn.hidden = left > WARN_S || performance.now() - this.active < 10_000;
  }

  async beat({ keepalive = false } = {}) {
    if (this.lost) return;
    this.beaten = performance.now();
    const token = document.querySelector('#desk input[name="csrfmiddlewaretoken"]')?.value ?? "";
    try {
      const answer = await fetch(this.dataset.url, {
        method: "POST",
        keepalive,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ spans: list(), open: !keepalive && uncovered() }), // who leaves sees nothing any more
      });
      const isJson = answer.headers.get("Content-Type")?.includes("json");
      const body = isJson ? await answer.json() : {};
      if (body.lost || [404, 409, 410].includes(answer.status)) this.lose(body.message ?? body.detail);
      else if (answer.ok && Number.isFinite(body.seconds_left)) this.ends = performance.now() + body.seconds_left * 1000;
    } catch { /* offline: rq-live speaks; the next beat tries again */ }
    this.show();
  }

  lose(message) {
    this.lost = true;
    document.dispatchEvent(new CustomEvent("rq:cover"));
    this.piece("left").textContent = "No longer yours";
    this.piece("warn").hidden = true;
    const place = this.piece("message");
    if (place && message) place.textContent = message;
    const lost = this.piece("lost");
    if (lost) lost.hidden = false;
    document.querySelectorAll("#desk [data-needs-claim]").forEach((control) => { control.disabled = true; });
    this.dispatchEvent(new CustomEvent("rq-lost", { bubbles: true }));
  }
}

customElements.define("rq-timer", Timer);
