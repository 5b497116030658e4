/*
  <rq-confirm data-title="End your shift?" data-text="…" data-yes="End it" data-tone="bad"><form …><button type="submit">…</button></form></rq-confirm>
  asks once before the form goes. Without JavaScript the form simply goes.
*/
class Confirm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      if (this.sure) { this.sure = false; return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      this.ask(event.target, event.submitter);
    }, true); // before htmx hears of it
  }

  ask(form, submitter) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const id = `ask-${Math.random().toString(36).slice(2)}`;
    dialog.setAttribute("aria-labelledby", id);
    const body = document.createElement("div");
    const title = Object.assign(document.createElement("h2"), { id, textContent: this.dataset.title });
    const text = Object.assign(document.createElement("p"), { textContent: this.dataset.text || "" });
    const bar = Object.assign(document.createElement("div"), { className: "button-bar" });
    const no = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: "Not now" });
    const yes = Object.assign(document.createElement("button"), { className: `button ${this.dataset.tone || "primary"}`, type: "button", textContent: this.dataset.yes || submitter?.textContent || "Yes" });
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      dialog.close();
      this.sure = true;
      form.requestSubmit(submitter ?? undefined);
    });
    dialog.addEventListener("close", () => dialog.remove());
    bar.append(no, yes);
    body.append(title, ...(this.dataset.text ? [text] : []), bar);
    dialog.append(body);
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  }
}

customElements.define("rq-confirm", Confirm);
