/* <rq-undo data-seconds="10"> holds the Undo form and goes away when the time is over. It does not count aloud. */
class Undo extends HTMLElement {
  connectedCallback() {
    this.timer = setTimeout(() => {
      if (this.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
      this.remove();
    }, Math.max(Number(this.dataset.seconds) || 0, 0) * 1000);
  }

  disconnectedCallback() { clearTimeout(this.timer); }
}

customElements.define("rq-undo", Undo);
