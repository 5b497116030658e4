/*
  <rq-draft data-key="PERSON:CASE"><form>…</form></rq-draft> keeps what is typed on this computer, so that a lost claim or
  connection loses nothing. Restored when the same case is opened again within 12 hours. Once it was sent it is kept one more
  minute, because Undo brings the case back, then forgotten; sign-out forgets everything.
  A form that the server filled (data-filled) is left as it is.
*/
const PREFIX = "rq.draft.";
const KEEP_MS = 12 * 3600 * 1000;
const AFTER_SENDING_MS = 60_000;
const NEVER = new Set(["csrfmiddlewaretoken", "spans", "claim", "q"]);

function read(key) {
  try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; }
}

function write(key, draft) {
  try { localStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or closed: the form itself still holds it */ }
}

function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing kept */ }
}

/** Drafts that were sent, or are old, go. */
function tidy() {
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const draft = read(key);
      if (!draft || Date.now() - draft.at > KEEP_MS || (draft.sent && Date.now() - draft.sent > AFTER_SENDING_MS)) forget(key);
    }
  } catch { /* storage closed */ }
}

// Drafts stay on this computer only while the person is signed in.
let signingOut = false;
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-wipes-drafts]")) return;
  signingOut = true;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach(forget);
  } catch { /* storage closed: then there are no drafts either */ }
});

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || !this.dataset.key) return;
    this.key = PREFIX + this.dataset.key;
    tidy();
    if (!("filled" in this.dataset)) this.restore();
    this.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.save(), 400); });
    this.form.addEventListener("submit", () => this.save({ sent: Date.now() }));
    for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) this.form.addEventListener(kind, () => this.save());
    this.timer = setTimeout(() => {
      const draft = read(this.key); // still on this case: it was not sent after all
      if (draft?.sent) this.save();
    }, 3000);
    this.sweep = setTimeout(tidy, AFTER_SENDING_MS + 5000);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    clearTimeout(this.sweep);
    setTimeout(tidy, AFTER_SENDING_MS + 1000);
    setTimeout(() => { // the answer was that the case is lost: then nothing was sent
      const draft = this.key && read(this.key);
      if (draft && document.getElementById("desk")?.dataset.state === "lost") write(this.key, { ...draft, sent: undefined });
    });
  }

  save(more = {}) {
    clearTimeout(this.timer);
    if (signingOut) return;
    const fields = [...new FormData(this.form)].filter(([name, value]) => !NEVER.has(name) && typeof value === "string");
    write(this.key, { at: Date.now(), fields, ...more });
  }

  restore() {
    const draft = read(this.key);
    if (!draft?.fields?.length) return;
    const fresh = [...new FormData(this.form)].filter(([name]) => !NEVER.has(name));
    if (JSON.stringify(fresh) === JSON.stringify(draft.fields)) return;
    for (const [name, value] of draft.fields) {
      for (const field of this.form.elements) {
        if (field.name !== name) continue;
        if (field.type === "checkbox" || field.type === "radio") { if (field.value === value) field.checked = true; }
        else if (field.type !== "hidden") field.value = value;
      }
    }
    const note = this.querySelector("[data-restored]");
    if (note) note.hidden = false;
    note?.querySelector("button")?.addEventListener("click", () => { this.form.reset(); forget(this.key); note.hidden = true; });
    this.form.dispatchEvent(new CustomEvent("rq-restored", { bubbles: true }));
  }
}

customElements.define("rq-draft", Draft);
