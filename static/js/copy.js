// A text is copied with one press of the button that names its field. Without this, or where the
// browser refuses, the text stands in its field to be marked and copied.

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const told = button.parentElement.querySelector("[data-words]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = told.dataset.words;
    } catch {
      field.focus();
    }
  });
}
