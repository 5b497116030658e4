// Runs before the first paint, so the page never shows the wrong light. Everything else waits for app.js.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var prefs = JSON.parse(localStorage.getItem("rq.prefs") || "{}");
    ["theme", "density", "keys", "hold"].forEach(function (name) {
      if (typeof prefs[name] === "string") root.dataset[name] = prefs[name];
    });
  } catch (refused) { /* storage can be closed to us; the defaults are fine */ }
})();
