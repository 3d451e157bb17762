// Letter shortcuts of a list worked by keyboard. They rest while a field has focus and can be
// switched off (WCAG 2.1.4); a page without [data-keys] has none.
//   j k   next, previous [data-row]        o   its [data-open]
//   /     the search field                 ?   the hints
//   any other letter: the visible element with that data-key; a button whose form lacks its
//   [data-first] field leads there instead, a summary into what it opens

const hints = document.querySelector("[data-keys]");
const root = document.documentElement;
const STORED = "uppsikt-keys-off";

const stored = () => {
  try {
    return localStorage.getItem(STORED) === "1";
  } catch {
    return false;
  }
};

const store = (off) => {
  try {
    if (off) localStorage.setItem(STORED, "1");
    else localStorage.removeItem(STORED);
  } catch {
    // a browser that stores nothing keeps the choice for this page
  }
};

const isOff = () => root.hasAttribute("data-keys-off");

function show(off) {
  const button = hints.querySelector("[data-keys-switch]");
  root.toggleAttribute("data-keys-off", off);
  button.hidden = false;
  button.textContent = off ? button.dataset.on : button.dataset.off;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.hasAttribute("data-keys-current"));
  const next = now < 0 ? 0 : Math.min(Math.max(now + by, 0), rows.length - 1);
  rows[now]?.removeAttribute("data-keys-current");
  rows[next].setAttribute("data-keys-current", "");
  rows[next].scrollIntoView({ block: "nearest" });
  const row = rows[next];
  const act = row.querySelector(".row__act :is(a, button)") ?? row.querySelector("a, button");
  (act ?? row).focus({ preventScroll: true });
}

function act(key) {
  const row = document.querySelector("[data-keys-current]");
  const within = row?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const target = within ?? document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const first = target?.form?.querySelector("[data-first]");
  if (first && !first.value) first.focus();
  else target?.click();
  if (target?.matches("summary")) target.parentElement.querySelector("textarea, input")?.focus();
  return Boolean(target);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => document.querySelector("[data-keys-current] [data-open]")?.click(),
  "/": () => document.querySelector('input[type="search"], input[name="q"]')?.focus(),
  "?": () => {
    hints.scrollIntoView({ block: "nearest" });
    hints.querySelector("[data-keys-switch]").focus();
  },
};

const typing = (element) =>
  element.closest("input, select, textarea, [contenteditable]") !== null;

if (hints) {
  show(stored());
  hints.querySelector("[data-keys-switch]").addEventListener("click", () => {
    show(!isOff());
    store(isOff());
  });
  document.addEventListener("keydown", (event) => {
    if (isOff() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.length !== 1) return;
    const known = KEYS[event.key];
    if (known) known();
    else if (!act(event.key)) return;
    event.preventDefault();
  });
}
