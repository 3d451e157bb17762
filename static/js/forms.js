// Forms work without this. Here: a form is sent once however often its button is pressed, and a
// page that comes back with errors says so where the reader is.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "1";
});

// A page fetched from the browser's own memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.querySelector("[data-errors]")?.focus();
