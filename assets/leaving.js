// Knows whether a form has edits that nobody has saved. leave-guard.jsx asks before they are left
// within the app, the browser itself before the tab is closed.
(() => {
  const FORM = "form[data-limited]";
  const FIELD = "input[name]:not([type=hidden]), textarea[name]";

  const saved = new WeakMap(); // form to what stood in its fields as it was saved
  const chosen = new WeakSet(); // forms in whose selects something else was chosen
  let isGivenUp = false;
  let isLinkClicked = false;

  const fieldsOf = (form) => [...form.querySelectorAll(FIELD)];

  const isEdited = (form) => {
    const before = saved.get(form);
    if (chosen.has(form) || form.querySelector("[data-edited=true]")) return true;
    return fieldsOf(form).some(
      ({ name, value, defaultValue }) => value !== (before?.get(name) ?? defaultValue),
    );
  };

  const hasEdits = () => {
    const form = document.querySelector(FORM);
    return !isGivenUp && Boolean(form?.dataset.form) && isEdited(form);
  };

  window.integrationsHasEdits = hasEdits;

  // A script of ours leaves: the person has been asked, or cannot stay.
  window.integrationsGivesUpEdits = () => {
    isGivenUp = true;
  };

  // A navigation that a person made; those of the server are none.
  window.integrationsHoldsBack = ({ historyAction }) =>
    (historyAction === "POP" || isLinkClicked) && hasEdits();

  // Heard from drafts.js; another form than the one that was saved may be shown by now.
  window.addEventListener("integrations-form-saved", ({ detail: { path, identity } }) => {
    const form = document.querySelector(FORM);
    if (form?.dataset.form !== identity || location.pathname !== path) return;
    chosen.delete(form);
    saved.set(form, new Map(fieldsOf(form).map(({ name, value }) => [name, value])));
  });

  window.addEventListener(
    "click",
    ({ target }) => {
      isLinkClicked = Boolean(target.closest?.("a[href]"));
      setTimeout(() => {
        isLinkClicked = false;
      });
    },
    true,
  );
  window.addEventListener(
    "input",
    () => {
      isGivenUp = false;
    },
    true,
  );
  window.addEventListener(
    "change",
    ({ target }) => target.matches?.(`${FORM} select[name]`) && chosen.add(target.form),
    true,
  );
  window.addEventListener("beforeunload", (event) => {
    if (hasEdits()) event.preventDefault();
  });
})();
