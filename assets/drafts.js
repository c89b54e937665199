// What was typed and never saved is offered again where it was typed: in the same tab, to the same
// person, and never a secret. Only fields that say so are kept.
(() => {
  const FORM = "form[data-limited]";
  const KEPT = "input[data-kept]";
  const STORE = "integrations.drafts";
  const SIGNED_OUT = "integrations.signed-out-at";
  const MOST_DRAFTS = 20;
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(STORE)) ?? {};
    } catch {
      return {};
    }
  };

  const write = (drafts) => {
    const newest = Object.entries(drafts)
      .sort(([, one], [, other]) => other.at - one.at)
      .slice(0, MOST_DRAFTS);
    try {
      if (newest.length) sessionStorage.setItem(STORE, JSON.stringify(Object.fromEntries(newest)));
      else sessionStorage.removeItem(STORE);
    } catch {
      // A browser that keeps nothing keeps no drafts.
    }
  };

  const forget = (subject) => {
    const { [subject]: _gone, ...others } = read();
    write(others);
  };

  const signedOutAt = () => Number(localStorage.getItem(SIGNED_OUT) ?? 0);

  const person = () => document.querySelector("[data-person]")?.textContent ?? "";

  // What a form is about, whichever version of it.
  const subjectAt = (path, identity) =>
    path.replace(/\/$/, "") + " " + identity.replace(/\/\d+\.\d+$/, "");

  const subjectOf = (form) => subjectAt(location.pathname, form.dataset.form);

  const keptOf = (form) => [...form.querySelectorAll(KEPT)].filter((field) => field.name);

  const remember = (form) => {
    const subject = subjectOf(form);
    const typed = keptOf(form).filter((field) => field.value !== field.defaultValue);
    if (!typed.length || !person()) return forget(subject);
    const drafts = read();
    drafts[subject] = {
      owner: person(),
      form: window.integrationsFormSubject(form),
      at: Date.now(),
      values: Object.fromEntries(typed.map((field) => [field.name, field.value])),
    };
    write(drafts);
  };

  // Called once the server says that a form is stored, whatever is shown by then.
  window.integrationsFormSaved = (path, identity) => {
    forget(subjectAt(path, identity));
    const detail = { path, identity };
    window.dispatchEvent(new CustomEvent("integrations-form-saved", { detail }));
  };

  const looked = new WeakSet();
  const offers = new WeakMap();

  const offer = (form) => {
    const owner = person();
    if (looked.has(form) || !owner) return;
    looked.add(form);
    keepOnly((draft) => draft.owner === owner);
    const subject = subjectOf(form);
    const draft = read()[subject];
    if (!draft) return;
    const fields = keptOf(form).filter((field) => field.name in draft.values);
    const differs = (field, value) => draft.values[field.name] !== value;
    if (!fields.some((field) => differs(field, field.defaultValue))) return forget(subject);
    if (!fields.some((field) => differs(field, field.value))) return; // it is there already
    offers.set(form, { draft, fields, subject });
    form.querySelector("[data-typed-before]").hidden = false;
  };

  const keepOnly = (isWanted) => {
    const since = signedOutAt();
    const drafts = Object.entries(read());
    const kept = drafts.filter(([, draft]) => draft.at > since && isWanted(draft));
    if (kept.length < drafts.length) write(Object.fromEntries(kept));
  };

  const putBack = (form) => {
    const { draft, fields } = offers.get(form);
    window.integrationsFormGoesBack(form, draft.form); // others may have saved since
    for (const field of fields) {
      setValue.call(field, draft.values[field.name]);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    close(form);
    fields[0].focus();
  };

  const close = (form) => {
    offers.delete(form);
    form.querySelector("[data-typed-before]").hidden = true;
  };

  const look = () => {
    const form = document.querySelector(FORM);
    if (form?.dataset.form) offer(form);
  };

  // Read by the page for whoever has to sign in again: whether what they typed waits for them.
  window.integrationsKeeps = () =>
    Object.values(read()).some((draft) => draft.at > signedOutAt());

  window.addEventListener(
    "input",
    ({ target }) => target.matches?.(KEPT) && target.form?.matches(FORM) && remember(target.form),
    true,
  );
  window.addEventListener(
    "click",
    ({ target }) => {
      const form = target.closest?.(FORM);
      if (!form) return;
      if (target.closest("[data-puts-back]")) putBack(form);
      if (target.closest("[data-forgets], [data-gives-up]")) {
        forget(subjectOf(form));
        close(form);
      }
    },
    true,
  );
  window.addEventListener("integrations-form-moved", () => {
    const form = document.querySelector(FORM);
    if (form && subjectOf(form) in read()) remember(form);
  });
  window.addEventListener("integrations-signed-out", () => {
    write({});
    localStorage.setItem(SIGNED_OUT, Date.now());
  });
  // Another tab signed out, now or while this one was between two pages.
  window.addEventListener("storage", ({ key }) => key === SIGNED_OUT && write({}));
  keepOnly(() => true);
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
