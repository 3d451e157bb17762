// The menus are <details>: they work without this. Here: Escape and a press outside close them,
// and "More" in the bar of a phone opens the menu at the top.

const menus = () => document.querySelectorAll(".who[open], .menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const menu = document.getElementById(opener.dataset.opens);
    event.preventDefault();
    menu.open = true;
    menu.scrollIntoView();
    menu.querySelector("summary").focus();
    return;
  }
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
