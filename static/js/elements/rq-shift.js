/*
  <rq-shift data-minutes="130" data-to-break="22"> keeps the minutes of the shift bar true between two answers, and those of a
  break or a rest: [data-until=SECOND] tells the minutes until then, [data-from=SECOND] is a button that can be pressed once
  that second is over: what is said in whole seconds may end within it. No seconds are shown, nothing is urgent.
*/
const over = (button) => (Number(button.dataset.from) + 1) * 1000;

class Shift extends HTMLElement {
  connectedCallback() {
    this.since = performance.now();
    this.clock = setInterval(() => this.show(), 15_000);
    const waits = this.querySelector("[data-from]");
    if (waits) this.over = setTimeout(() => this.show(), Math.max(0, over(waits) - Date.now()) + 100);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.clock);
    clearTimeout(this.over);
  }

  show() {
    const passed = Math.floor((performance.now() - this.since) / 60_000);
    this.put("worked", Number(this.dataset.minutes) + (this.dataset.state === "break" ? 0 : passed));
    if (this.dataset.toBreak) this.put("to-break", Math.max(Number(this.dataset.toBreak) - passed, 0));
    this.querySelectorAll("[data-until]").forEach((place) => {
      place.textContent = words(Math.max(Math.ceil((Number(place.dataset.until) * 1000 - Date.now()) / 60_000), 0));
    });
    this.querySelectorAll("[data-from]").forEach((button) => {
      if (Date.now() >= over(button)) button.disabled = false;
    });
  }

  put(part, minutes) {
    const place = this.querySelector(`[data-part="${part}"]`);
    if (place && Number.isFinite(minutes)) place.textContent = words(minutes);
  }
}

const words = (minutes) => (minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`);

customElements.define("rq-shift", Shift);
