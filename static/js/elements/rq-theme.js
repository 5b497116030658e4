/* <rq-theme> holds radios named pref-theme, pref-density, pref-keys, pref-hold; the choice stays on this computer (localStorage "rq.prefs"). */
const KEY = "rq.prefs";

function read() {
  try { return JSON.parse(localStorage.getItem(KEY) || "{}"); } catch { return {}; }
}

class Theme extends HTMLElement {
  connectedCallback() {
    this.show();
    this.addEventListener("change", (event) => {
      const name = event.target.name?.replace(/^pref-/, "");
      if (!name) return;
      const prefs = { ...read(), [name]: event.target.value };
      try { localStorage.setItem(KEY, JSON.stringify(prefs)); } catch { /* it still holds for this page */ }
      document.documentElement.dataset[name] = event.target.value;
      document.dispatchEvent(new CustomEvent("rq:prefs", { detail: { name } }));
    });
    this.listen = (event) => { if (event.key === KEY) this.show(true); };
    window.addEventListener("storage", this.listen);
  }

  disconnectedCallback() { window.removeEventListener("storage", this.listen); }

  show(apply = false) {
    for (const [name, value] of Object.entries(read())) {
      const radio = this.querySelector(`input[name="pref-${CSS.escape(name)}"][value="${CSS.escape(String(value))}"]`);
      if (radio) radio.checked = true;
      if (radio && apply) document.documentElement.dataset[name] = value;
    }
    if (apply) document.dispatchEvent(new CustomEvent("rq:prefs", { detail: {} }));
  }
}

customElements.define("rq-theme", Theme);
