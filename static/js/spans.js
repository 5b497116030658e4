/*
  What was really uncovered, and for how long, on the case now open.
  One span is {block, from_ms, to_ms}: whole milliseconds since the case was opened (the server's clock at rendering,
  then this page's monotonic one, so a reload goes on where the last page stopped and a wrong wall clock does no harm).
  The list is cumulative: every heartbeat and the decision carry all of it, so a lost answer loses nothing.
*/
let caseId = null;
let base = 0;
let closed = [];
const open = new Map();

const now = () => Math.round(base + performance.now());

/** Starts counting for a case; the same case keeps what it has (a form that came back with errors). */
export function openCase(id, elapsedMs) {
  if (id === caseId) return;
  caseId = id;
  base = elapsedMs - performance.now();
  closed = [];
  open.clear();
}

export function begin(block) {
  if (!open.has(block)) open.set(block, now());
  write();
}

export function end(block) {
  if (!open.has(block)) return;
  closed.push({ block, from_ms: open.get(block), to_ms: Math.max(now(), open.get(block) + 1) });
  open.delete(block);
  write();
}

/** Whether anything lies uncovered now. */
export const uncovered = () => open.size > 0;

/** All spans so far; those still open end now. */
export function list() {
  return [...closed, ...[...open].map(([block, from]) => ({ block, from_ms: from, to_ms: now() }))];
}

export function write() {
  document.querySelectorAll('input[type="hidden"][name="spans"]').forEach((field) => { field.value = JSON.stringify(list()); });
}

// The submit may happen while something is uncovered: bring the fields up to date just before.
document.addEventListener("submit", write, true);
document.addEventListener("htmx:configRequest", (event) => {
  if ("spans" in event.detail.parameters) event.detail.parameters.spans = JSON.stringify(list());
});
