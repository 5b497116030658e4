/*
  <rq-order data-url="…" data-seen="7"><ol><li data-policy="ID"><ol><li data-rule="ID">…</li></ol></li></ol></rq-order>
  lets policies and rules be dragged by their grip. What was dropped is posted as a whole order. The buttons up and down beside
  each do the same by keyboard and without JavaScript.
*/
class Order extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragstart", (event) => {
      if (!event.target.matches?.(".grip")) return;
      this.dragged = event.target.closest("li");
      this.dragged.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      event.dataTransfer.setDragImage(this.dragged, 10, 10);
    });
    this.addEventListener("dragover", (event) => {
      const over = this.target(event);
      if (!over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      over[event.clientY < box.top + box.height / 2 ? "before" : "after"](this.dragged);
    });
    this.addEventListener("drop", (event) => event.preventDefault());
    this.addEventListener("dragend", () => {
      if (!this.dragged) return;
      this.dragged.classList.remove("dragged");
      this.dragged = null;
      this.send();
    });
  }

  /** The row of the same list under the pointer: a rule stays in its policy, because its code says which it is. */
  target(event) {
    const over = this.dragged && event.target.closest?.(this.dragged.matches("[data-rule]") ? "[data-rule]" : "[data-policy]");
    return over && over !== this.dragged && over.parentElement === this.dragged.parentElement ? over : null;
  }

  send() {
    const policies = [...this.querySelectorAll("[data-policy]")].map((policy) => ({
      policy: policy.dataset.policy,
      rules: [...policy.querySelectorAll("[data-rule]")].map((rule) => rule.dataset.rule),
    }));
    htmx.ajax("POST", this.dataset.url, {
      target: "#outline",
      swap: "outerHTML",
      values: { order: JSON.stringify({ policies }), seen: this.dataset.seen, csrfmiddlewaretoken: this.querySelector("[name=csrfmiddlewaretoken]").value },
    });
  }
}

customElements.define("rq-order", Order);
