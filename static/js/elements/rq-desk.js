/* <rq-desk data-case="ID" data-elapsed-ms="0"> inside #desk: starts the span count of the case and puts the focus where work goes on. */
import { openCase, write } from "../spans.js";

let first = true;

class Desk extends HTMLElement {
  connectedCallback() {
    openCase(this.dataset.case ?? null, Number(this.dataset.elapsedMs) || 0);
    write();
    if (!first) {
      // After a swap: errors first, else the heading of the new state, so a screen reader hears where it is.
      const place = this.querySelector("[data-focus]") ?? this.querySelector("[data-landing]");
      place?.focus({ preventScroll: true });
    } else this.querySelector("[data-focus]")?.focus();
    first = false;
  }
}

customElements.define("rq-desk", Desk);
