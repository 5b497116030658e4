/*
  <rq-desk data-case="ID" data-elapsed-ms="0"> inside #desk: starts the span count of the case and puts the focus where work goes on.
  What lies open without a veil ([data-seen="text:item"]) counts as seen as long as the page is in front.
*/
import { begin, end, openCase, write } from "../spans.js";

let first = true;

class Desk extends HTMLElement {
  connectedCallback() {
    openCase(this.dataset.case ?? null, Number(this.dataset.elapsedMs) || 0);
    write();
    this.look();
    this.leaving = new AbortController();
    document.addEventListener("visibilitychange", () => this.look(), { signal: this.leaving.signal });
    if (!first) {
      // After a swap: errors first, else the heading of the new state, so a screen reader hears where it is.
      const place = this.querySelector("[data-focus]") ?? this.querySelector("[data-landing]");
      place?.focus({ preventScroll: true });
    } else this.querySelector("[data-focus]")?.focus();
    first = false;
  }

  disconnectedCallback() { this.leaving.abort(); }

  look() {
    this.querySelectorAll("[data-seen]").forEach((open) => (document.hidden ? end : begin)(open.dataset.seen));
  }
}

customElements.define("rq-desk", Desk);
