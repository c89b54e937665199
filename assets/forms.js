// A message over 1 MB closes the page's socket without a word, so a form that large is stopped here.
(() => {
  const MOST_BYTES = 500_000;

  const bytesOf = (form) =>
    [...new FormData(form).values()].reduce((sum, value) => sum + new Blob([value]).size, 0);

  const stopIfTooLarge = (event, form) => {
    const tooLarge = bytesOf(form) > MOST_BYTES;
    form.querySelector("[data-too-large]").hidden = !tooLarge;
    if (tooLarge) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };

  // In the capture phase, before React hears of it.
  window.addEventListener(
    "submit",
    (event) => event.target.matches("[data-limited]") && stopIfTooLarge(event, event.target),
    true,
  );
  window.addEventListener(
    "click",
    (event) => {
      const sends = event.target.closest?.("[data-sends-form]");
      const form = sends?.closest("[data-limited]");
      if (form) stopIfTooLarge(event, form);
    },
    true,
  );
})();
