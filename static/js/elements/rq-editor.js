/*
  <rq-editor><form id="editor" hx-trigger="rq-autosave" …>…</form><div id="preview" hx-trigger="rq-preview from:#editor"></div></rq-editor>
  saves while one writes (a moment after the last key) and keeps the preview in step. Ctrl+S saves at once. After two people
  wrote at once it stops saving until they are merged: the form then goes to the merge page. Leaving with unsaved words asks first.
*/
const SAVE_AFTER = 1500;
const SHOW_AFTER = 250;

class Editor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", () => { this.dirty = false; clearTimeout(this.saving); });
    this.form.addEventListener("htmx:afterSwap", () => { if (!this.querySelector("#saved .error, #saved [data-conflict]")) this.dirty = this.typedSince; });
    this.form.addEventListener("htmx:beforeRequest", () => { this.typedSince = false; });
    this.onKey = (event) => {
      if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") { event.preventDefault(); this.save(); }
    };
    this.onLeave = (event) => { if (this.dirty) event.preventDefault(); };
    document.addEventListener("keydown", this.onKey);
    addEventListener("beforeunload", this.onLeave);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    removeEventListener("beforeunload", this.onLeave);
    clearTimeout(this.saving);
    clearTimeout(this.showing);
  }

  changed() {
    this.dirty = true;
    this.typedSince = true;
    clearTimeout(this.saving);
    clearTimeout(this.showing);
    this.saving = setTimeout(() => this.save(), SAVE_AFTER);
    this.showing = setTimeout(() => this.form.dispatchEvent(new CustomEvent("rq-preview", { bubbles: true })), SHOW_AFTER);
  }

  save() {
    clearTimeout(this.saving);
    if (this.querySelector("[data-conflict]")) return;
    this.form.dispatchEvent(new CustomEvent("rq-autosave"));
  }
}

customElements.define("rq-editor", Editor);
