// What lists ask of the keyboard and of links, beyond what their elements do by themselves.
(() => {
  const TYPING = "input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]";

  // "/" leads to the search, unless somebody types, or is asked something.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPING) || document.querySelector("[role=alertdialog]")) return;
    const search = document.querySelector("[data-searches]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // A click that asks for another tab is the browser's own business, and no page's.
  document.addEventListener(
    "click",
    (event) => {
      const asksForTab = event.ctrlKey || event.metaKey || event.shiftKey;
      if (asksForTab && event.target.closest?.("a[data-turns]")) event.stopPropagation();
    },
    true,
  );
})();
