// Names for what Django's admin scripts draw without one, and for the cells that a phone shows
// without their column's header.

function name(root) {
  for (const box of root.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select?.labels?.[0]?.textContent.trim();
    if (!label) continue;
    box.removeAttribute("aria-labelledby"); // it names an empty element
    box.setAttribute("aria-label", label);
    box.querySelector('[role="textbox"]')?.setAttribute("aria-label", label);
  }
  for (const mark of root.querySelectorAll("span.help-tooltip[aria-label]")) {
    mark.setAttribute("role", "img");
  }
}

for (const table of document.querySelectorAll("#result_list, #change-history")) {
  const headers = [...(table.tHead?.rows[0]?.cells ?? [])].map((each) =>
    (each.querySelector(".text") ?? each).textContent.trim(),
  );
  for (const row of table.tBodies[0]?.rows ?? []) {
    for (const cell of row.querySelectorAll("td:not(.action-checkbox)")) {
      cell.dataset.label = headers[cell.cellIndex] ?? "";
    }
  }
}

name(document);
new MutationObserver(() => name(document)).observe(document.body, {
  childList: true,
  subtree: true,
});
