/*
  <rq-media data-kind="video|audio" data-src="…" data-frames="/media/1 /media/2 …"> inside an rq-veil, with its own large controls.
    .veil-slot                     where frames or the player appear while uncovered
    [data-do=view] radios          frames | play (video only; frames first)
    [data-do=play|back|on|mute]    buttons · [data-do=seek] range · [data-do=speed] select · [data-part=time]
  Nothing is fetched before it is uncovered, nothing plays by itself, sound is off until asked for. From exposure 2 on it
  plays only while the play button (or P) is held; letting go stops and covers, and keeps the place.
  data-still: stills only, nothing is played. data-silent: never any sound. data-transcript-first: no sound before the transcript was uncovered.
*/
import "./rq-veil.js"; // the veil around must know its words before this one speaks to it

class Media extends HTMLElement {
  connectedCallback() {
    this.veil = this.closest("rq-veil");
    this.stage = this.veil.querySelector(".veil-slot");
    this.view = "still" in this.dataset || (this.dataset.kind === "video" && this.frames.length) ? "frames" : "play";
    this.muted = true;
    this.transcript = document.querySelector(`rq-veil[data-block="transcript:${this.dataset.id}"]`);
    this.mayHear = !("transcriptFirst" in this.dataset) || !this.transcript;
    this.place = 0;
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.veil.addEventListener("rq-reveal", () => this.mount(), options);
    this.veil.addEventListener("rq-cover", () => this.unmount(), options);
    this.transcript?.addEventListener("rq-reveal", () => { this.mayHear = true; this.show(); }, options);
    this.addEventListener("change", (event) => this.changed(event.target), options);
    this.addEventListener("input", (event) => { if (event.target.dataset.do === "seek") this.seek(Number(event.target.value)); }, options);
    this.addEventListener("click", (event) => this.clicked(event.target.closest("[data-do]")?.dataset.do), options);
    this.holdable(this.control("play"), options);
    this.name();
    this.show();
  }

  disconnectedCallback() {
    this.unmount();
    this.leaving.abort();
  }

  get mayPlay() { return this.mayHear || this.dataset.kind !== "audio"; }
  get frames() { return (this.dataset.frames ?? "").split(/\s+/).filter(Boolean); }
  get hold() { return !this.veil.pressed; }
  control(name) { return this.querySelector(`[data-do="${name}"]`); }

  holdable(button, options) {
    if (!button) return;
    const down = () => { if (this.hold && this.mayPlay) { this.setView("play"); this.veil.reveal(0); this.play(); } };
    const up = () => { if (this.hold) this.veil.cover(); };
    button.addEventListener("pointerdown", (event) => { if (event.button === 0) { button.setPointerCapture(event.pointerId); down(); } }, options);
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(kind, up, options);
    button.addEventListener("contextmenu", (event) => event.preventDefault(), options);
    const isPress = (event) => event.code === "Space" || event.code === "Enter";
    button.addEventListener("keydown", (event) => { if (this.hold && isPress(event)) { event.preventDefault(); event.stopPropagation(); if (!event.repeat) down(); } }, options);
    button.addEventListener("keyup", (event) => { if (this.hold && isPress(event)) up(); }, options);
    button.addEventListener("rq-hold", (event) => {
      if (this.hold) { if (event.detail.down) down(); else up(); } else if (event.detail.down) this.toggle();
    }, options);
  }

  clicked(what) {
    if (what === "play" && !this.hold) this.toggle();
    else if (what === "back") this.seek(this.place - 5);
    else if (what === "on") this.seek(this.place + 5);
    else if (what === "mute" && this.mayHear) {
      this.muted = !this.muted;
      if (this.player) this.player.muted = this.muted;
      this.name();
      this.show();
    }
  }

  changed(field) {
    if (field.dataset.do === "view") this.setView(field.value);
    if (field.dataset.do === "speed") { this.speed = Number(field.value); if (this.player) this.player.playbackRate = this.speed; }
  }

  setView(view) {
    if (this.view === view) return;
    this.view = view;
    this.querySelectorAll('[data-do="view"]').forEach((radio) => { radio.checked = radio.value === view; });
    this.name();
    if (!this.veil.covered) { this.unmount(); this.mount(); }
    this.show();
  }

  /** The span says what was seen: stills, moving pictures, or pictures with sound. They weigh differently. */
  name() {
    const kind = this.view === "frames" ? "frames" : this.muted ? "media" : "sound";
    this.veil.renameBlock(`${kind}:${this.dataset.id}`);
  }

  mount() {
    if (this.view === "frames") {
      const grid = document.createElement("div");
      grid.className = "veil-frames";
      this.frames.forEach((src, index) => {
        const image = new Image();
        image.alt = `Frame ${index + 1} of ${this.frames.length}`;
        image.src = src;
        grid.append(image);
      });
      this.stage.replaceChildren(grid);
      return;
    }
    const player = document.createElement(this.dataset.kind === "audio" ? "audio" : "video");
    player.className = "veil-original";
    player.muted = this.muted;
    player.playsInline = true;
    player.preload = "auto";
    player.disablePictureInPicture = true;
    player.disableRemotePlayback = true;
    player.addEventListener("loadedmetadata", () => { player.currentTime = this.place; player.playbackRate = this.speed ?? 1; this.show(); });
    player.addEventListener("timeupdate", () => { this.place = player.currentTime; this.show(); });
    for (const kind of ["play", "pause", "ended"]) player.addEventListener(kind, () => this.show());
    player.addEventListener("error", () => { if (this.player === player) this.note("This file could not be played here."); });
    this.note("");
    player.src = this.dataset.src;
    this.player = player;
    this.stage.replaceChildren(player);
  }

  unmount() {
    const player = this.player;
    this.player = null;
    if (player) {
      player.pause();
      player.removeAttribute("src"); // lets go of what was downloaded
      player.load();
    }
    this.stage?.replaceChildren();
    this.show();
  }

  play() { this.player?.play().catch(() => { /* covered again before it began */ }); }

  toggle() {
    if (!this.mayPlay) return;
    this.setView("play");
    if (this.veil.covered) this.veil.press();
    if (!this.player) return;
    if (this.player.paused) this.play(); else this.player.pause();
  }

  seek(to) {
    const end = this.player?.duration || Number(this.dataset.duration) || 0;
    this.place = Math.min(Math.max(to, 0), end);
    if (this.player?.readyState) this.player.currentTime = this.place;
    this.show();
  }

  note(sentence) { const place = this.querySelector('[data-part="note"]'); if (place) place.textContent = sentence; }

  show() {
    const playing = this.player && !this.player.paused;
    const length = this.player?.duration || Number(this.dataset.duration) || 0;
    const play = this.control("play");
    const words = play?.querySelector("[data-part=play]");
    if (play) play.disabled = !this.mayPlay;
    const first = this.querySelector('[data-part="first"]');
    if (first) first.hidden = this.mayHear;
    if (words) words.textContent = this.hold ? "Hold to play" : playing ? "Pause" : "Play";
    const mute = this.control("mute");
    if (mute) {
      mute.disabled = !this.mayHear;
      mute.setAttribute("aria-pressed", String(!this.muted));
      mute.querySelector("[data-part=mute]").textContent = this.muted ? "Sound off" : "Sound on";
    }
    const seek = this.control("seek");
    if (seek && length) { seek.max = String(length); seek.value = String(this.place); seek.setAttribute("aria-valuetext", `${clock(this.place)} of ${clock(length)}`); }
    const time = this.querySelector('[data-part="time"]');
    if (time) time.textContent = `${clock(this.place)} / ${length ? clock(length) : "–"}`;
  }
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

customElements.define("rq-media", Media);
