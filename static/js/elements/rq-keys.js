/*
  <rq-keys> once per page. A control names its physical key (event.code, so a Khmer layout changes nothing):
    data-code="KeyR"             clicks it (a text field is focused instead)
    data-code="KeyU" data-hold   tells it rq-hold {down: true} and {down: false}
  Before a click it is told rq-press (bubbles, cancelable): whoever cancels it has done what the key asked for.
  Silent inside text fields, with Ctrl, Alt or Meta, while a word is being composed, and when switched off in the settings.
  While a window (dialog) is open only the keys inside it work.
*/
const TEXT = 'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="range"])';
const PRESSABLE = "a[href], button, summary";

class Keys extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.held = new Map();
    document.addEventListener("keydown", (event) => this.down(event), options);
    document.addEventListener("keyup", (event) => this.up(event), options);
    window.addEventListener("blur", () => this.releaseAll(), options);
  }

  disconnectedCallback() { this.leaving.abort(); }

  down(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const typing = target.matches(TEXT);
    if (event.code === "Escape") {
      document.dispatchEvent(new CustomEvent("rq:cover"));
      if (typing && !document.querySelector("dialog[open], :popover-open")) target.blur();
      return;
    }
    if (typing || document.documentElement.dataset.keys === "off") return;
    if (event.key === "?") { this.press(event, document.querySelector('[data-open="keys-help"]')); return; }
    if (event.shiftKey) return;
    const code = plain(event.code);
    if (code === "Enter" && target.closest(PRESSABLE)) return;
    const control = find(code);
    if (!control) {
      if (code === "KeyV") document.dispatchEvent(new CustomEvent("rq:next-veil"));
      return;
    }
    if ("hold" in control.dataset) {
      event.preventDefault();
      if (event.repeat) return;
      this.held.set(code, control);
      control.dispatchEvent(new CustomEvent("rq-hold", { detail: { down: true } }));
      return;
    }
    this.press(event, control);
  }

  press(event, control) {
    if (!control) return;
    event.preventDefault();
    if (event.repeat) return;
    if (control.matches(TEXT)) { control.focus(); control.select?.(); return; }
    if (control.matches("input")) control.focus({ preventScroll: true });
    if (control.dispatchEvent(new CustomEvent("rq-press", { bubbles: true, cancelable: true }))) control.click();
    if (control.matches("input")) control.closest("li, label")?.scrollIntoView({ block: "nearest" });
  }

  up(event) {
    const code = plain(event.code);
    const control = this.held.get(code);
    if (!control) return;
    this.held.delete(code);
    control.dispatchEvent(new CustomEvent("rq-hold", { detail: { down: false } }));
  }

  releaseAll() {
    this.held.forEach((control) => control.dispatchEvent(new CustomEvent("rq-hold", { detail: { down: false } })));
    this.held.clear();
  }
}

const plain = (code) => code.replace(/^Numpad(\d|Enter)$/, (_, key) => (key === "Enter" ? key : `Digit${key}`));

function find(code) {
  // X stops everything, whatever window is open.
  const scope = (code !== "KeyX" && document.querySelector("dialog[open]")) || document;
  const controls = [...scope.querySelectorAll(`[data-code="${CSS.escape(code)}"]`)].filter((one) => !one.disabled && one.checkVisibility());
  return controls.find((one) => one.closest("rq-veil[current]")) ?? controls[0];
}

customElements.define("rq-keys", Keys);
