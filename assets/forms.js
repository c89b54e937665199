// What forms need where there is no server: nothing typed is lost, nothing too large is sent.
(() => {
  const FORM = "form[data-limited]";

  // A server that starts anew knows nothing of an open page and draws its form afresh. What was
  // typed waits here, in the page's own memory, for the fields of the same form to come back.
  const typed = new Map();
  let typedInto = "";
  let typedAt = ""; // the page
  let begunAt = ""; // identity of the form that what is typed was meant for; it may be gone by now
  let sent = false;
  let seen = new WeakSet();
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  const page = () => location.pathname + location.search;

  const identityOf = (form) => page() + " " + form.dataset.form;

  const remember = (field) => {
    const identity = identityOf(field.form);
    if (identity !== typedInto) forget(identity, field.form);
    typed.set(field.name, field.value);
    seen.add(field);
    if (!restoring) sent = false;
  };

  const forget = (identity, form) => {
    typed.clear();
    seen = new WeakSet();
    typedInto = identity;
    typedAt = page();
    begunAt = form.dataset.form;
    sent = false;
  };

  // Whoever comes back is asked first, by drafts.js.
  const leave = () => {
    typed.clear();
    typedInto = typedAt = "";
  };

  // An identity says of what it is, in which version, and how often it was drawn: "uuid/3.0".
  const subjectOf = (identity) => identity.slice(0, identity.lastIndexOf("/"));
  const versionOf = (identity) => parseInt(identity.slice(identity.lastIndexOf("/") + 1), 10);

  // A newer version of the same connection, which nobody asked for here.
  const isUnasked = (identity) => !sent && subjectOf(identity) === subjectOf(typedInto);

  let restoring = false;

  const restore = () => {
    if (typedAt && typedAt !== page()) leave();
    const form = document.querySelector(FORM);
    if (!typed.size || !form || !form.dataset.form) return;
    const identity = identityOf(form);
    if (identity !== typedInto && !isUnasked(identity)) return forget(identity, form);
    typedInto = identity;
    restoring = true;
    for (const [name, value] of typed) {
      const field = form.elements.namedItem(name);
      if (!(field instanceof HTMLInputElement) || seen.has(field)) continue;
      seen.add(field);
      setValue.call(field, value);
      field.dispatchEvent(new Event("input", { bubbles: true })); // the page hears of it, too
    }
    restoring = false;
  };

  // Read by the page: which version what is typed now was meant for.
  window.integrationsFormBegunAt = () => begunAt;

  // Read by post-forms.js: the version of a form that a click in it is meant for.
  window.integrationsFormSubject = (form) =>
    typed.size && identityOf(form) === typedInto ? begunAt : form.dataset.form;

  // Called by drafts.js before it types something that was meant for an older version.
  window.integrationsFormGoesBack = (form, identity) => {
    if (identityOf(form) !== typedInto) forget(identityOf(form), form);
    const isOlder = versionOf(identity) < versionOf(begunAt);
    if (isOlder && subjectOf(identity) === subjectOf(begunAt)) begunAt = identity;
  };

  // Called by the page: the person's own act made a version, for which what is typed is meant now.
  window.integrationsFormMoved = (identity) => {
    if (subjectOf(identity) !== subjectOf(begunAt)) return;
    begunAt = identity;
    window.dispatchEvent(new Event("integrations-form-moved"));
  };

  window.addEventListener(
    "input",
    (event) => event.target.name && event.target.form?.matches(FORM) && remember(event.target),
    true,
  );
  new MutationObserver(restore).observe(document, { childList: true, subtree: true });

  // A message over 1 MB closes the page's socket without a word.
  const MOST_BYTES = 500_000;

  const bytesOf = (form) =>
    [...new FormData(form).values()].reduce((sum, value) => sum + new Blob([value]).size, 0);

  const stopIfTooLarge = (event, form) => {
    const tooLarge = bytesOf(form) > MOST_BYTES;
    form.querySelector("[data-too-large]").hidden = !tooLarge;
    sent = !tooLarge;
    if (tooLarge) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };

  // In the capture phase, before React hears of it.
  window.addEventListener(
    "submit",
    (event) => event.target.matches(FORM) && stopIfTooLarge(event, event.target),
    true,
  );
  window.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[data-sends-form]"); // inside the form or beside it
      const form = button && (button.closest(FORM) ?? document.querySelector(FORM));
      if (form) stopIfTooLarge(event, form);
      if (event.target.closest?.("[data-gives-up]")) sent = true;
    },
    true,
  );
})();
