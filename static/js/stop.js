/*
  Stop now: before the server is asked, everything on the page is out of sight, whatever it is.
  A page that comes back (by the browser's way back) is itself again, its veils closed.
*/
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-covers]")) return;
  document.querySelectorAll("dialog[open]").forEach((open) => open.close());
  document.documentElement.toggleAttribute("data-stopped", true);
}, true);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.documentElement.toggleAttribute("data-stopped", false);
});
