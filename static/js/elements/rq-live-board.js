/*
  <rq-live-board hx-get="BOARD" hx-trigger="rq:poll"> fills numbers in where they stand: any [data-key] inside takes
  its text (in its [data-text], if it has one) and its data-tone from a message {at, shape, cells, charts}.
  Messages come as rq:board on <body> (see rq-live). When none came for 12 s the page says that it is paused and asks
  for the board every 5 s instead; when rows came or went (another data-shape) it takes the new board as it is.
*/
const SILENCE = 12_000;
const ASK_EVERY = 5_000;

class LiveBoard extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.heard = this.asked = Date.now();
    document.body.addEventListener("rq:board", (event) => this.hear(event.detail), options);
    document.body.addEventListener("rq:reconnected", () => { this.heard = Date.now(); }, options);
    this.addEventListener("htmx:beforeSwap", (event) => this.answered(event), options);
    this.addEventListener("htmx:afterSwap", () => this.tellTimes(), options);
    this.timer = setInterval(() => this.look(), 1000);
    this.tellTimes();
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearInterval(this.timer);
  }

  /** A message over the websocket. */
  hear(filling) {
    this.heard = Date.now();
    this.live = true;
    this.take(filling);
    this.say("live", filling.at, "");
  }

  /** An answer to our own question: the same numbers in HTML, with the filling beside them. */
  answered(event) {
    if (event.detail.xhr.status !== 200) return;
    const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const filling = JSON.parse(answer.getElementById("board-filling").textContent);
    event.detail.shouldSwap = filling.shape !== this.shape;
    if (!event.detail.shouldSwap) this.fill(filling);
    if (!this.live) this.say("paused", filling.at, "Live updates are paused. The numbers renew every 5 seconds.");
  }

  look() {
    const now = Date.now();
    const closed = document.documentElement.dataset.live === "paused";
    if (!closed && now - this.heard < SILENCE) return;
    this.live = false;
    if (now - this.asked < ASK_EVERY || document.hidden) return;
    this.ask();
  }

  ask() {
    this.asked = Date.now();
    this.dispatchEvent(new CustomEvent("rq:poll"));
  }

  get shape() { return this.querySelector("[data-board]")?.dataset.shape; }

  take(filling) {
    if (filling.shape === this.shape) this.fill(filling);
    else if (Date.now() - this.asked > 1000) this.ask();
  }

  fill({ cells, charts }) {
    for (const place of this.querySelectorAll("[data-key]")) {
      const told = cells[place.dataset.key];
      if (told === undefined) continue;
      const [text, tone] = Array.isArray(told) ? told : [told, ""];
      write(place.querySelector("[data-text]") ?? place, text);
      if (place.dataset.tone !== tone) place.dataset.tone = tone;
    }
    for (const [name, points] of Object.entries(charts)) this.draw(name, points);
  }

  draw(name, points) {
    const said = JSON.stringify(points);
    this.drawn ??= {};
    if (this.drawn[name] === said) return;
    this.drawn[name] = said;
    this.querySelector(`rq-chart[data-from="${name}"]`)?.dispatchEvent(new CustomEvent("rq-chart-data", { detail: { points } }));
    points[0].forEach((second, index) => {
      const start = this.querySelector(`[data-key="${name}.${index}.start"]`);
      if (start) start.dataset.second = second;
      ["arrived", "closed"].forEach((what, column) => {
        const place = this.querySelector(`[data-key="${name}.${index}.${what}"]`);
        if (place) write(place, points[column + 1][index].toLocaleString("en"));
      });
    });
    this.tellTimes();
  }

  /** Moments in the reader's own time. */
  tellTimes() {
    for (const place of this.querySelectorAll("[data-second]")) write(place, clock(place.dataset.second, false));
  }

  say(state, at, words) {
    const badge = document.querySelector("[data-board-state]");
    if (badge) {
      badge.dataset.boardState = state;
      badge.className = `badge ${state === "live" ? "good" : "warn"}`;
      write(badge, `${state === "live" ? "Live" : "Paused"} · ${clock(at, true)}`);
    }
    const line = document.querySelector("[data-board-words]");
    if (line) write(line, words);
  }
}

function clock(second, seconds) {
  return new Date(second * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" });
}

function write(place, text) { if (place.textContent !== text) place.textContent = text; }

customElements.define("rq-live-board", LiveBoard);
