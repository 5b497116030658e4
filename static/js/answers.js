// What to do with htmx answers that are not simply a new piece of page.

// A session that ran out answers with the sign-in page: go there as a whole page instead of putting it inside this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const url = event.detail.xhr?.responseURL;
  if (!url) return;
  const path = new URL(url, location.href).pathname;
  if (path.startsWith("/account/") && !location.pathname.startsWith("/account/")) {
    event.preventDefault();
    location.assign(`/account/login/?next=${encodeURIComponent(location.pathname)}`);
  }
});

// Old notices belong to the old question.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig?.verb !== "get") document.getElementById("notices")?.replaceChildren();
});
