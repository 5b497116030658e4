/*
  <rq-chart data-from="SCRIPT_ID"> draws time series with uPlot; the data is a json_script:
    {"series": [{"label": "In"}, {"label": "Out"}], "points": [[unix seconds…], [in…], [out…]], "unit": ""}
  null is a gap. New data: the event rq-chart-data on the element, or rq:<data-topic> on <body> (see rq-live), detail
  {"points": […]} for all or {"append": [t, a, b]} for one more (the last data-keep points are kept, 720 without it).
  A change of the JSON script by htmx is seen as well. Colours come from the tokens and follow the light.
*/
const meta = document.querySelector('meta[name="rq-uplot"]');
let loading;

function uplot() {
  loading ??= Promise.all([
    arrived(Object.assign(document.createElement("link"), { rel: "stylesheet", href: meta.dataset.css })),
    arrived(Object.assign(document.createElement("script"), { src: meta.content })),
  ]);
  return loading;
}

function arrived(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

class Chart extends HTMLElement {
  async connectedCallback() {
    const source = document.getElementById(this.dataset.from);
    if (!source) return;
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.data = JSON.parse(source.textContent);
    this.addEventListener("rq-chart-data", (event) => this.take(event.detail), options);
    if (this.dataset.topic) document.body.addEventListener(`rq:${this.dataset.topic}`, (event) => this.take(event.detail), options);
    document.addEventListener("rq:prefs", () => this.draw(), options);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), options);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this);
    await uplot();
    if (this.isConnected) this.draw();
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.watch?.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  take(detail) {
    if (detail?.points) this.data.points = detail.points;
    else if (detail?.append) {
      const keep = Number(this.dataset.keep) || 720;
      this.data.points.forEach((column, index) => { column.push(detail.append[index] ?? null); if (column.length > keep) column.shift(); });
    } else return;
    this.plot?.setData(this.data.points);
  }

  /** light-dark() is resolved only in a computed colour, so ask for one. */
  colour(token) {
    const probe = document.createElement("i");
    probe.hidden = true;
    this.append(probe);
    probe.style.setProperty("color", `var(${token})`);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  get room() {
    const legend = this.plot?.root.querySelector(".u-legend")?.offsetHeight ?? 28;
    return { width: Math.max(this.clientWidth, 200), height: Math.max(this.clientHeight - legend, 60) };
  }

  fit() { this.plot?.setSize(this.room); }

  draw() {
    if (!window.uPlot) return;
    this.plot?.destroy();
    const ink = this.colour("--ink-soft");
    const line = this.colour("--line");
    const font = `11px ${getComputedStyle(this).fontFamily}`;
    const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const unit = this.data.unit ?? "";
    this.plot = new window.uPlot({
      ...this.room,
      legend: { live: true },
      cursor: { y: false, points: { size: 6 } },
      scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high * 1.1 : 1] } },
      axes: [
        { ...axis, values: (_, at) => at.map((second) => label(second, at)) },
        { ...axis, size: 46, values: (_, values) => values.map((value) => `${value}${unit}`) },
      ],
      series: [
        { value: (_, second) => (second == null ? "–" : new Date(second * 1000).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })) },
        ...this.data.series.map((one, index) => ({
          label: one.label,
          stroke: this.colour(`--series-${(index % 4) + 1}`),
          width: 1.75,
          dash: index % 2 ? [6, 4] : undefined,
          points: { show: false },
          value: (_, value) => (value == null ? "–" : `${value}${unit}`),
        })),
      ],
    }, this.data.points, this);
    requestAnimationFrame(() => this.fit()); // only now has the legend its width, and with it its height
  }
}

function label(second, all) {
  const day = all.length > 1 && all.at(-1) - all[0] > 2 * 86_400;
  return new Date(second * 1000).toLocaleString([], day ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

customElements.define("rq-chart", Chart);
