// The whole of our own script: what HTML cannot do alone. Everything is found by data- attributes,
// by delegation, so that parts swapped in by htmx need no second set-up.
(() => {
  "use strict";
  const root = document.documentElement;
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // One-time links: the code stands behind the #, which no server is sent; the page posts it.
  const openLink = () => {
    const form = document.querySelector("form[data-code-from-link]");
    const code = location.hash.slice(1);
    if (!form || !code) return;
    form.elements.code.value = code;
    history.replaceState(null, "", location.pathname);
    form.requestSubmit();
  };
  openLink();
  window.addEventListener("hashchange", openLink);

  // Unsaved changes: form[data-guard] asks before it is left.
  const before = new WeakMap();
  const plain = (value) => (value instanceof File ? value.name : value);
  const written = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, plain(value)]));
  const remember = (scope) => {
    for (const form of scope.querySelectorAll("form[data-guard]")) {
      if (!before.has(form)) before.set(form, written(form));
    }
  };
  const changed = (form) =>
    before.has(form) && (before.get(form) !== written(form) || form.hasAttribute("data-guard-changed"));
  const anyChanged = () => [...document.querySelectorAll("form[data-guard]")].some(changed);
  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && anyChanged()) event.preventDefault();
  });
  // Not refused by the browser's own checks, and not stopped by another listener: the form really goes.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-guard]") && !event.defaultPrevented) leaving = true;
  });
  const noteChanges = (form) => {
    for (const note of form.querySelectorAll("[data-unsaved]")) note.hidden = !changed(form);
  };
  document.addEventListener("input", (event) => {
    const form = closest(event, "form[data-guard]");
    if (form) noteChanges(form);
  });

  // Rows picked in a table: [data-select-all], [data-select], [data-selection] with [data-selection-count].
  const countPicked = (scope) => {
    const boxes = [...scope.querySelectorAll("[data-select]")];
    const picked = boxes.filter((box) => box.checked).length;
    const all = scope.querySelector("[data-select-all]");
    if (all) {
      all.checked = boxes.length > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
    for (const bar of scope.querySelectorAll("[data-selection]")) bar.hidden = picked === 0;
    for (const count of scope.querySelectorAll("[data-selection-count]")) count.textContent = String(picked);
  };
  document.addEventListener("change", (event) => {
    const scope = closest(event, "[data-selectable]");
    if (scope && event.target.matches("[data-select-all]")) {
      for (const box of scope.querySelectorAll("[data-select]")) box.checked = event.target.checked;
    }
    if (scope && event.target.matches("[data-select-all], [data-select]")) countPicked(scope);
    const form = closest(event, "form[data-autosubmit]") ?? closest(event, "[data-submits]")?.form;
    if (form) form.requestSubmit();
  });

  // Theme: auto, light, dark; kept in a cookie so that the server writes it into <html> and nothing flashes.
  const showTheme = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme || "auto")));
    }
  };
  const chooseTheme = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.cookie = `wharfinger_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    showTheme();
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // no permission, or not https: the text can still be selected
    }
    button.dataset.copied = "";
    const said = button.querySelector("[data-copy-said]");
    if (said) said.textContent = said.dataset.copySaid;
    setTimeout(() => { delete button.dataset.copied; if (said) said.textContent = ""; }, 1600);
  };

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const theme = closest(event, "[data-theme-choice]");
    if (theme) chooseTheme(theme.dataset.themeChoice);
    const copied = closest(event, "[data-copy]");
    if (copied) copy(copied);
    const opener = closest(event, "[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    const closer = closest(event, "[data-dialog-close]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement) event.target.close(); // a click on its backdrop
    const dismissed = closest(event, "[data-dismiss]");
    if (dismissed) dismissed.closest(".notice")?.remove();
    const filler = closest(event, "[data-fill]");
    if (filler) {
      const field = document.getElementById(filler.dataset.fill);
      if (field) { field.value = filler.dataset.value; field.form?.querySelector("[type=password]")?.focus(); }
    }
    const printer = closest(event, "[data-print]");
    if (printer) window.print();
  });

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.menu") || !event.target.open) return;
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== event.target) menu.open = false;
  }, true);

  const typed = "input, textarea, select, [contenteditable]";

  // Keys: "/" searches, Escape closes a menu, arrows walk in it.
  const walk = (menu, event) => {
    const items = [...menu.querySelectorAll(".menu-item")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = items.indexOf(document.activeElement);
    const ends = { Home: 0, End: items.length - 1 };
    const next = ends[event.key] ?? (here + step + items.length) % items.length;
    event.preventDefault();
    menu.open = true;
    items[here < 0 && step === -1 ? items.length - 1 : next]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const menu = closest(event, "details.menu");
    if (menu && event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (menu && !closest(event, typed) && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      walk(menu, event);
    }
    else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !closest(event, typed)) {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  // The trade clock goes on between two pages at the system's rate.
  const clocks = () => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      clock.started ??= Date.now();
      const trade = Number(clock.dataset.clock) + (Date.now() - clock.started) * Number(clock.dataset.rate || 1);
      clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
        day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
        timeZone: clock.dataset.zone || "UTC",
      }).format(trade);
    }
  };

  const begin = (scope) => {
    remember(scope);
    for (const form of document.querySelectorAll("form[data-guard]")) noteChanges(form);
    for (const table of document.querySelectorAll("[data-selectable]")) countPicked(table);
    showTheme();
  };
  document.addEventListener("htmx:load", (event) => begin(event.target));
  begin(document);
  clocks();
  setInterval(clocks, 1000);
})();
