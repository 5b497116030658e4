// <button data-open="id"> opens a native dialog as modal; [data-close] inside it closes. Escape is the browser's.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      document.querySelectorAll(":popover-open").forEach((menu) => menu.hidePopover());
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  else if (event.target instanceof HTMLDialogElement) event.target.close(); // a press beside the dialog
});
