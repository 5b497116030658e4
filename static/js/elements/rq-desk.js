/*
  <rq-desk data-case="ID" data-elapsed-ms="0"> inside #desk: starts the span count of the case and puts the focus where work goes on.
  What lies open without a veil ([data-seen="text:item"]) counts as seen as long as the page is in front.
*/
import { begin, end, openCase, write } from "../spans.js";

let first = true;
let before;

class Desk extends HTMLElement {
  connectedCallback() {
    openCase(this.dataset.case ?? null, Number(this.dataset.elapsedMs) || 0);
    write();
    this.look();
    this.leaving = new AbortController();
    document.addEventListener("visibilitychange", () => this.look(), { signal: this.leaving.signal });
    const wrong = this.querySelector("[data-focus]");
    const shown = this.dataset.case ?? this.parentElement?.dataset.state;
    if (!first) {
      // After a swap: errors first, else the heading of the new state, so a screen reader hears where it is.
      (wrong ?? this.querySelector("[data-landing]"))?.focus({ preventScroll: true });
      // On a telephone the page scrolls as a whole: what is wrong comes into view, what is new begins at its top.
      if (wrong) wrong.scrollIntoView({ block: "nearest" });
      else if (shown !== before) window.scrollTo(0, 0);
    } else wrong?.focus();
    first = false;
    before = shown;
  }

  disconnectedCallback() { this.leaving.abort(); }

  look() {
    this.querySelectorAll("[data-seen]").forEach((open) => (document.hidden ? end : begin)(open.dataset.seen));
  }
}

customElements.define("rq-desk", Desk);
