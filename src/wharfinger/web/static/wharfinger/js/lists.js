// Keys of a list that people live in: tr[data-row] in the page's order; the first link of a row opens it.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("tr[data-row], li[data-row]")];
  const busy = "input, textarea, select, [contenteditable], dialog, details.menu";

  const move = (step) => {
    const all = rows();
    const here = all.indexOf(document.activeElement?.closest("[data-row]"));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
    all[next]?.focus();
    all[next]?.scrollIntoView({ block: "nearest" });
  };
  const tick = (row) => {
    const box = row.querySelector("[data-select]");
    if (box) box.click(); // as a person would: the count of picked rows follows
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-list-keys]")) return;
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest("[data-row]");
    const inRow = row && target === row;
    if (target?.closest(busy) && !(row && target.matches("[data-select]"))) return;
    const keys = {
      j: () => move(1),
      k: () => move(-1),
      x: row ? () => tick(row) : null,
      ArrowDown: row ? () => move(1) : null,
      ArrowUp: row ? () => move(-1) : null,
      Enter: inRow ? () => row.querySelector("a[href]")?.click() : null,
      f: () => (document.querySelector(".filters [name=q]") ?? document.querySelector(".filters select"))?.focus(),
      "?": () => document.querySelector("[data-list-keys]").showModal(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
