/*
  <rq-decision> around the decision form: choosing a rule means "violates", opens that rule's text and marks its usual
  action (until an action was chosen by hand; the first press of its key keeps it); [data-summary] says in a line what Submit will do; A means "no violation" and clears both, O "not sure" and clears the actions. A rule found by search moves to the list.
  Everything it does can be done by hand without it.
*/
class Decision extends HTMLElement {
  connectedCallback() {
    this.byHand = this.all("actions").some((box) => box.checked);
    this.addEventListener("change", (event) => this.changed(event.target));
    this.addEventListener("rq-press", (event) => this.pressed(event));
    this.addEventListener("click", (event) => {
      const reader = event.target.closest("[data-read]");
      if (reader) this.open(reader.closest(".rule"), !reader.closest(".rule").classList.contains("open"));
    });
    this.addEventListener("rq-restored", () => {
      this.byHand = this.all("actions").some((box) => box.checked);
      const last = this.all("rules").filter((box) => box.checked).pop();
      if (last) this.open(last.closest(".rule"), true);
      this.sum();
    });
    this.addEventListener("reset", () => setTimeout(() => { this.byHand = false; this.open(null); this.sum(); }));
    const chosen = this.all("rules").filter((box) => box.checked);
    if (chosen.length) this.open(chosen.at(-1).closest(".rule"), true);
    this.sum();
  }

  all(name) { return [...this.querySelectorAll(`input[name="${name}"]`)]; }

  changed(field) {
    if (field.name === "rules") this.ruleChanged(field);
    else if (field.name === "actions") {
      this.byHand = true;
      if (field.checked) this.outcome("violates");
    } else if (field.name === "outcome" && field.value === "not") {
      this.all("rules").concat(this.all("actions")).forEach((box) => { box.checked = false; });
      this.byHand = false;
      this.open(null);
    } else if (field.name === "outcome" && field.value === "unsure") {
      // What she suspects goes with the case; nothing is done while nobody is sure.
      this.all("actions").forEach((box) => { box.checked = false; });
      this.byHand = false;
    } else if (field.name === "outcome" && !this.byHand) this.usualActions();
    this.sum();
  }

  /** The key of an action that the rule has marked already means "yes, that": it is kept, not taken away. */
  pressed(event) {
    if (event.target.name !== "actions" || !event.target.checked || this.byHand) return;
    event.preventDefault();
    this.byHand = true;
    this.sum();
  }

  ruleChanged(box) {
    const row = box.closest(".rule");
    if (box.checked) {
      this.outcome("violates");
      this.adopt(row);
    }
    this.open(row, box.checked);
    if (!this.byHand) this.usualActions();
  }

  outcome(value) {
    const radio = this.querySelector(`input[name="outcome"][value="${value}"]`);
    if (radio) radio.checked = true;
  }

  usualActions() {
    const usual = new Set(this.all("rules").filter((box) => box.checked && box.dataset.usual).map((box) => box.dataset.usual));
    for (const action of this.all("actions")) {
      action.checked = usual.has(action.value);
      if (action.checked) action.closest("details")?.setAttribute("open", "");
    }
  }

  /** What Submit will do, in one line beside it: the last look before the key. */
  sum() {
    const place = this.querySelector("[data-summary]");
    if (!place) return;
    const value = (name) => this.querySelector(`input[name="${name}"]:checked`)?.value;
    const labels = (name) => this.all(name).filter((box) => box.checked).map((box) => box.dataset.label);
    const rules = labels("rules");
    const actions = labels("actions");
    const allowed = new Set(this.all("rules").filter((box) => box.checked).flatMap((box) => (box.dataset.actions ?? "").split(/\s+/).filter(Boolean)));
    for (const box of this.all("actions")) {
      box.closest(".chip").classList.toggle("usual", allowed.has(box.value));
      box.closest(".chip").classList.toggle("other", allowed.size > 0 && !allowed.has(box.value));
    }
    const beyond = this.all("actions").filter((box) => box.checked && allowed.size && !allowed.has(box.value)).map((box) => box.dataset.label);
    let words = "";
    if (value("approval") === "approve") words = "Approve the held decision";
    else if (value("outcome") === "not") words = "No violation: it stays up";
    else if (value("outcome") === "unsure") words = `To a second person${rules.length ? `, with ${rules.join(", ")} marked` : ""}`;
    else if (value("outcome") === "violates") words = `${rules.length ? `Violates ${rules.join(", ")}` : "Violates – which rule?"}${actions.length ? `: ${actions.join(", ")}` : ""}`
      + (beyond.length ? ` – the rule does not provide for: ${beyond.join(", ")}` : "");
    place.textContent = words;
  }

  open(row, yes = true) {
    this.querySelectorAll(".rule").forEach((one) => {
      const shown = one === row && yes;
      one.classList.toggle("open", shown);
      one.querySelector("[data-read]")?.setAttribute("aria-expanded", String(shown));
    });
  }

  /** A search result that was chosen joins the list above, so the next search does not wipe it. */
  adopt(row) {
    const found = row.closest("[data-found]");
    if (!found) return;
    const value = row.querySelector("input").value;
    const there = this.all("rules").find((box) => box.value === value && !found.contains(box));
    if (there) { there.checked = true; row.remove(); this.open(there.closest(".rule")); return; }
    this.querySelector("[data-rules]").append(row);
    row.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("rq-decision", Decision);
