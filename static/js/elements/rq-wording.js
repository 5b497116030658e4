/*
  <rq-wording> around a button: rules are read in her language, or, while it is pressed, in the words they were written in.
  What she chose lasts for this tab. Without it both are shown, one below the other.
*/
const KEY = "rq-source-words";

class Wording extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.show(this.button.getAttribute("aria-pressed") !== "true"));
    this.show(sessionStorage.getItem(KEY) === "yes");
  }

  show(source) {
    document.documentElement.toggleAttribute("data-source-words", source);
    this.button.setAttribute("aria-pressed", String(source));
    sessionStorage.setItem(KEY, source ? "yes" : "no");
  }
}

customElements.define("rq-wording", Wording);
