/*
  <rq-texts><textarea name="x">…</textarea><textarea name="x"></textarea></rq-texts> keeps one empty box at the end: when it is
  used, the next one comes. With data-rows the boxes are the element's children as wholes. Without JavaScript one more comes with each save.
*/
class Texts extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => {
      const last = this.lastElementChild;
      const boxes = "rows" in this.dataset ? [...last.querySelectorAll("input:not([type=hidden]), textarea")] : [last];
      if (!boxes.some((box) => box.value.trim())) return;
      const next = last.cloneNode(true);
      for (const box of next.matches("textarea") ? [next] : next.querySelectorAll("input, textarea")) { box.value = ""; box.textContent = ""; box.removeAttribute("value"); }
      this.append(next);
    });
  }
}

customElements.define("rq-texts", Texts);
