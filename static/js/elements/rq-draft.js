/*
  <rq-draft data-key="PERSON:CASE"><form>…</form></rq-draft> keeps what is typed on this computer, so that a lost claim or
  connection loses nothing. Restored when the same case is opened again within 12 hours; forgotten once it was sent, and at sign-out.
  A form that the server filled (data-filled) is left as it is.
*/
const PREFIX = "rq.draft.";
const SENT = "rq.sent";
const KEEP_MS = 12 * 3600 * 1000;
const NEVER = new Set(["csrfmiddlewaretoken", "spans", "claim"]);

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || !this.dataset.key) return;
    this.key = PREFIX + this.dataset.key;
    this.tidy();
    if (!("filled" in this.dataset)) this.restore();
    this.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.save(), 400); });
    this.form.addEventListener("submit", () => { this.save(); sessionStorage.setItem(SENT, this.key); });
    document.addEventListener("htmx:beforeSwap", this.onBefore = (event) => {
      if (event.detail.elt === this.form && event.detail.xhr?.status < 300) this.forget();
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("htmx:beforeSwap", this.onBefore);
  }

  save() {
    if (this.forgotten) return;
    const fields = [...new FormData(this.form)].filter(([name, value]) => !NEVER.has(name) && typeof value === "string");
    try { localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields })); } catch { /* full or closed: the form itself still holds it */ }
  }

  restore() {
    let draft;
    try { draft = JSON.parse(localStorage.getItem(this.key) || "null"); } catch { return; }
    if (!draft?.fields?.length) return;
    for (const [name, value] of draft.fields) {
      for (const field of this.form.elements) {
        if (field.name !== name) continue;
        if (field.type === "checkbox" || field.type === "radio") { if (field.value === value) field.checked = true; }
        else if (field.type !== "hidden") field.value = value;
      }
    }
    const note = this.querySelector("[data-restored]");
    if (note && draft.fields.some(([, value]) => value.trim())) note.hidden = false;
    note?.querySelector("button")?.addEventListener("click", () => { this.form.reset(); this.forget(); this.forgotten = false; note.hidden = true; });
    this.form.dispatchEvent(new CustomEvent("rq-restored", { bubbles: true }));
  }

  forget() {
    this.forgotten = true;
    clearTimeout(this.timer);
    try { localStorage.removeItem(this.key); } catch { /* nothing kept */ }
  }

  /** A plain form post leaves no answer to listen to: seeing another case afterwards means it went through. */
  tidy() {
    try {
      const sent = sessionStorage.getItem(SENT);
      if (sent && sent !== this.key) localStorage.removeItem(sent);
      sessionStorage.removeItem(SENT);
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(PREFIX)) continue;
        const at = JSON.parse(localStorage.getItem(key) || "{}").at || 0;
        if (Date.now() - at > KEEP_MS) localStorage.removeItem(key);
      }
    } catch { /* storage closed */ }
  }
}

customElements.define("rq-draft", Draft);
