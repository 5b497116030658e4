/*
  <rq-live data-url="/ws/live/"> keeps one websocket open and says so when it is not.
  A message is JSON {topic, …}. It becomes the event rq:<topic> on <body>, so a panel renews itself through its
  ordinary door: hx-get="…" hx-trigger="rq:queues from:body". Without data-url it only speaks up when the computer is offline.
  Any [data-live-state] on the page shows "live", "paused" or "connecting" in words.
*/
const WORDS = { live: "Live", paused: "Paused – trying to reconnect", connecting: "Connecting" };

class Live extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.wait = 1000;
    window.addEventListener("offline", () => this.offline(), options);
    window.addEventListener("online", () => { this.say(""); this.open(); }, options);
    document.addEventListener("htmx:sendError", () => this.say("The server could not be reached. What you typed is still here; try again in a moment."), options);
    document.addEventListener("htmx:afterOnLoad", () => { if (navigator.onLine) this.say(""); }, options);
    if (!navigator.onLine) this.offline();
    else this.open();
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearTimeout(this.retry);
    this.socket?.close();
  }

  offline() { this.say("This computer is offline. What you typed stays here, and the page goes on when the connection is back."); }

  say(sentence) {
    if (this.sentence === sentence) return;
    this.sentence = sentence;
    this.textContent = sentence;
    this.hidden = !sentence;
  }

  open() {
    if (!this.dataset.url || this.socket?.readyState <= 1) return;
    this.state("connecting");
    const url = new URL(this.dataset.url, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      const again = this.wasOpen;
      this.wasOpen = true;
      this.wait = 1000;
      this.state("live");
      if (again) this.tell({ topic: "reconnected" }); // hints were missed: panels listening for it fetch afresh
    });
    socket.addEventListener("message", (event) => {
      try { this.tell(JSON.parse(event.data)); } catch { /* not ours to read */ }
    });
    socket.addEventListener("close", () => {
      if (this.leaving.signal.aborted) return;
      this.state("paused");
      this.retry = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, 20_000);
    });
  }

  tell(message) {
    if (typeof message?.topic === "string") document.body.dispatchEvent(new CustomEvent(`rq:${message.topic}`, { detail: message }));
  }

  state(name) {
    document.documentElement.dataset.live = name;
    document.querySelectorAll("[data-live-state]").forEach((place) => {
      place.dataset.liveState = name;
      place.textContent = WORDS[name];
    });
  }
}

customElements.define("rq-live", Live);
