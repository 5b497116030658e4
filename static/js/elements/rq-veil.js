/*
  <rq-veil veiled data-exposure="3" data-block="text"> keeps its content out of sight.
    .veil-text                 text, not painted while [veiled]
    .veil-slot[data-src]       a still image: fetched when uncovered, thrown away when covered
    .reveal                    the button; press and hold, by pointer or Space/Enter, or U through rq-keys
  data-reveal says how it opens: toggle (press, press again), hold (only while held), region (only a part, while held: it
  follows the pointer over the content, or the arrow keys). Without it, exposure 0 and 1 is a toggle and the rest is held.
  A person who cannot hold may choose "press, 15 seconds" in the settings, and a screen reader's click does the same.
  Covers again on: letting go, Escape, leaving the tab or window, 30 idle seconds, X (stop now).
  Tells: rq-reveal and rq-cover (bubbling), for rq-media.
*/
import { begin, end } from "../spans.js";

const IDLE_MS = 30_000;
const PRESS_MS = 15_000;
const veils = new Set();

export function coverAll() {
  veils.forEach((veil) => veil.cover());
}

class Veil extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector(".reveal");
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    veils.add(this);
    this.addEventListener("focusin", () => this.makeCurrent(), options);
    if (!this.button) return;
    this.button.addEventListener("pointerdown", (event) => this.pointerDown(event), options);
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.button.addEventListener(kind, () => this.letGo(), options);
    }
    this.button.addEventListener("contextmenu", (event) => event.preventDefault(), options);
    this.button.addEventListener("keydown", (event) => {
      if (event.code !== "Space" && event.code !== "Enter") return;
      event.preventDefault(); // no click follows: the key itself is the hold
      event.stopPropagation();
      if (!event.repeat) this.press();
    }, options);
    this.button.addEventListener("keyup", (event) => {
      if (event.code === "Space" || event.code === "Enter") this.letGo();
    }, options);
    this.button.addEventListener("click", (event) => {
      if (event.detail === 0 && !this.pointer) this.click0(); // assistive technology clicks without pressing
    }, options);
    this.button.addEventListener("rq-hold", (event) => (event.detail.down ? this.press() : this.letGo()), options);
    if (this.region) this.watchRegion(options);
    // While htmx swaps, the old desk still stands beside the new one: each has a current veil of its own.
    if (!(this.closest("#desk") ?? document).querySelector("rq-veil[current]")) this.makeCurrent();
  }

  disconnectedCallback() {
    this.cover();
    veils.delete(this);
    this.leaving?.abort();
  }

  get exposure() { const level = Number(this.dataset.exposure); return Number.isFinite(level) && this.dataset.exposure !== "" ? level : 4; }
  get mayStay() { return this.dataset.reveal ? this.dataset.reveal === "toggle" : this.exposure <= 1; }
  get region() { return this.dataset.reveal === "region"; }
  get seen() { return this.querySelector(".veil-slot, .veil-text"); }
  get pressed() { return this.mayStay || document.documentElement.dataset.hold === "press"; }
  get covered() { return this.hasAttribute("veiled"); }

  pointerDown(event) {
    if (event.button !== 0) return;
    this.pointer = true;
    this.button.setPointerCapture(event.pointerId);
    this.press();
  }

  press() {
    if (this.pressed) { if (this.covered) this.reveal(this.mayStay ? 0 : PRESS_MS); else this.cover(); }
    else this.reveal(0);
  }

  /** By region: a press on the content itself opens the part under the pointer and follows it. */
  watchRegion(options) {
    const body = this.querySelector(".veil-body");
    body?.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      body.setPointerCapture(event.pointerId);
      this.moveTo(event);
      this.press();
    }, options);
    body?.addEventListener("pointermove", (event) => { if (!this.covered) this.moveTo(event); }, options);
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      body?.addEventListener(kind, () => this.letGo(), options);
    }
    document.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.code];
      if (this.covered || !step) return;
      event.preventDefault();
      event.stopPropagation();
      const [x, y] = this.place ?? [50, 50];
      this.putAt(x + 8 * step[0], y + 8 * step[1]);
    }, { ...options, capture: true });
  }

  moveTo(event) {
    const box = this.seen.getBoundingClientRect();
    if (box.width && box.height) this.putAt((100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
  }

  putAt(x, y) {
    this.place = [x, y].map((share) => Math.min(Math.max(share, 0), 100));
    this.style.setProperty("--veil-x", `${this.place[0]}%`);
    this.style.setProperty("--veil-y", `${this.place[1]}%`);
  }

  letGo() {
    setTimeout(() => { this.pointer = false; }, 0);
    if (!this.pressed) this.cover();
  }

  click0() {
    if (!this.covered) this.cover();
    else this.reveal(this.mayStay ? 0 : PRESS_MS);
  }

  makeCurrent() {
    veils.forEach((veil) => veil.toggleAttribute("current", veil === this));
  }

  get block() { return this.dataset.block; }

  /** Another name for what is seen now (frames, playback, sound): closes one span and opens the next. */
  renameBlock(name) {
    if (name === this.dataset.block) return;
    if (!this.covered) end(this.dataset.block);
    this.dataset.block = name;
    if (!this.covered) begin(name);
  }

  reveal(forMs) {
    if (!this.covered) return;
    this.makeCurrent();
    this.removeAttribute("veiled");
    this.button?.setAttribute("aria-pressed", "true");
    this.querySelectorAll(".veil-text").forEach((text) => text.removeAttribute("aria-hidden"));
    this.querySelectorAll(".veil-slot[data-src]").forEach(showStill);
    begin(this.block);
    if (forMs) this.timer = setTimeout(() => this.cover(), forMs);
    else if (this.mayStay) this.watchIdle();
    this.dispatchEvent(new CustomEvent("rq-reveal", { bubbles: true }));
  }

  cover() {
    if (this.covered) return;
    clearTimeout(this.timer);
    this.idle?.abort();
    this.setAttribute("veiled", "");
    this.button?.setAttribute("aria-pressed", "false");
    this.querySelectorAll(".veil-text").forEach((text) => text.setAttribute("aria-hidden", "true"));
    this.querySelectorAll(".veil-slot[data-src]").forEach((slot) => slot.replaceChildren());
    end(this.block);
    this.dispatchEvent(new CustomEvent("rq-cover", { bubbles: true }));
  }

  watchIdle() {
    this.idle = new AbortController();
    const again = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (this.querySelector("video, audio")?.paused === false ? again() : this.cover()), IDLE_MS);
    };
    for (const kind of ["pointermove", "keydown", "wheel", "scroll", "touchmove"]) {
      document.addEventListener(kind, again, { signal: this.idle.signal, passive: true, capture: true });
    }
    again();
  }
}

function showStill(slot) {
  const image = new Image();
  image.className = "veil-original";
  image.alt = slot.dataset.alt || "Image without a description";
  image.addEventListener("error", () => {
    const note = document.createElement("p");
    note.className = "veil-note";
    note.textContent = "The picture could not be fetched. You can decide without it, skip, or try again.";
    if (image.isConnected) image.replaceWith(note);
  });
  image.src = slot.dataset.src;
  slot.replaceChildren(image);
}

window.addEventListener("blur", coverAll);
window.addEventListener("pagehide", coverAll);
document.addEventListener("visibilitychange", () => { if (document.hidden) coverAll(); });
document.addEventListener("rq:cover", coverAll);

// Stop now, and whatever else says so, covers before it asks the server.
document.addEventListener("submit", (event) => { if (event.target.matches("[data-covers]")) coverAll(); }, true);

// V goes to the next covered part; U then works on that one.
document.addEventListener("rq:next-veil", () => {
  const all = [...document.querySelectorAll("rq-veil")].filter((veil) => veil.button?.checkVisibility());
  const next = all[(all.findIndex((veil) => veil.hasAttribute("current")) + 1) % all.length];
  next?.makeCurrent();
  next?.button.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
});

customElements.define("rq-veil", Veil);
