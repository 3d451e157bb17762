// Names for what Django's admin scripts draw without one.

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

name(document);
new MutationObserver(() => name(document)).observe(document.body, {
  childList: true,
  subtree: true,
});
