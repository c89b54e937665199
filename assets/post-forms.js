// Forms that carry secrets go straight to the server, at once or not at all: the page's own events
// would wait while the line is cut, and be carried out when somebody looks at something else.
(() => {
  const FORM = "form[data-posts]";
  const GIVEN_UP_AFTER_MS = 90_000;
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  let current = null; // what is under way: action, form, and what ends it early
  let count = 0;

  const addressOfPage = () => location.pathname + location.search;

  // A check may be overtaken by a save; nothing else may be overtaken.
  const isInTheWay = (action) =>
    current && !(action === "save" && ["test", "try"].includes(current.action));

  const showProblem = (form, words) => {
    const place = form.querySelector("[data-post-problem]");
    place.firstElementChild.textContent = words;
    place.hidden = !words;
  };

  // The page's state hears of it as it would hear of typing.
  const tell = (answer) => {
    const input = document.querySelector("[data-hears-posts]");
    if (!input) return;
    count += 1;
    setValue.call(input, JSON.stringify({ ...answer, count }));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // What was typed may have been begun in an older version of the form than the one drawn now.
  const subjectOf = (form) => window.integrationsFormSubject?.(form) ?? form.dataset.form;

  const ask = async (form, action, subject, over, signal) => {
    const values = Object.fromEntries(new FormData(form));
    const body = JSON.stringify({ subject, provider: form.dataset.provider, over, values });
    const response = await fetch(`${form.dataset.posts}/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      signal,
    });
    const told = await response.json();
    // Refused before anything was looked at: only words come back.
    return told.action ? told : { problem: told.message };
  };

  const send = async (form, action, over) => {
    if (isInTheWay(action)) return;
    current?.ends.abort();
    const turn = { action, ends: new AbortController() };
    current = turn;
    const page = addressOfPage();
    const { pathname } = location;
    const identity = form.dataset.form;
    const subject = subjectOf(form);
    const tooLong = setTimeout(() => turn.ends.abort("too long"), GIVEN_UP_AFTER_MS);
    showProblem(form, "");
    form.setAttribute("aria-busy", "true");
    tell({ action, subject, is_begun: true });
    let answer = {};
    try {
      answer = await ask(form, action, subject, over, turn.ends.signal);
    } catch {
      if (current === turn) showProblem(form, form.dataset.unreachable);
    }
    clearTimeout(tooLong);
    if (answer.is_done) window.integrationsFormSaved?.(pathname, identity);
    if (current !== turn) return; // overtaken
    current = null;
    form.removeAttribute("aria-busy");
    if (addressOfPage() !== page) return;
    if (answer.leave_for) location.assign(answer.leave_for);
    tell({ ...answer, action, subject });
  };

  const numberOf = (text) => (text === undefined ? null : Number(text));

  // Later than forms.js, which stops what is too large.
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches(FORM)) return;
      event.preventDefault();
      send(event.target, event.target.dataset.action, null);
    },
    true,
  );
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[data-posts-form]");
      const form = button && document.querySelector(FORM);
      if (form) send(form, button.dataset.postsForm, numberOf(button.dataset.over));
    },
    true,
  );
})();
