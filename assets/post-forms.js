// Forms that carry secrets go straight to the server, at once or not at all: the page's own events
// would wait while the line is cut, and be carried out when somebody looks at something else.
(() => {
  const FORM = "form[data-posts]";
  const GIVEN_UP_AFTER_MS = 90_000;
  const HERE = "[data-hears-posts]";
  const ELSEWHERE = "[data-hears-of-left-forms]";
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  let current = null; // what is waited for: action, page, and what ends it early
  let count = 0;

  const addressOfPage = () => location.pathname + location.search;

  // A check may be overtaken by a save; nothing else of the same page may be overtaken.
  const isInTheWay = (action) =>
    current?.page === addressOfPage() &&
    !(action === "save" && ["test", "try"].includes(current.action));

  const shownForm = () => document.querySelector(FORM);

  // It stays until the next click or another page, also in a form that is drawn anew: a server
  // that starts again draws all of them.
  let problem = { words: "", page: "", form: null };

  const showProblem = (words) => {
    problem = { words, page: addressOfPage(), form: shownForm() };
    const place = problem.form?.querySelector("[data-post-problem]");
    if (!place) return;
    place.firstElementChild.textContent = words;
    place.hidden = !words;
  };

  const showAgain = () => {
    const form = problem.words && shownForm();
    if (form && form !== problem.form && addressOfPage() === problem.page) {
      showProblem(problem.words);
    }
  };

  // The page's state hears of it as it would hear of typing.
  const tell = (listener, answer) => {
    const input = document.querySelector(listener);
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
    if (told.action) return told;
    if (!told.message) throw new Error("not the server's own answer");
    return { problem: told.message }; // refused before anything was looked at
  };

  const mayBeDone = ["save", "create", "connect"];

  const send = async (form, action, over) => {
    if (isInTheWay(action)) return showProblem(form.dataset.waiting);
    const { pathname } = location;
    const { form: identity, unanswered, unreachable } = form.dataset;
    const name = form.elements.namedItem("name")?.value ?? "";
    const subject = subjectOf(form);
    const turn = { action, page: addressOfPage(), ends: new AbortController() };
    if (current?.page === turn.page) current.ends.abort();
    current = turn;
    const tooLong = setTimeout(() => turn.ends.abort(), GIVEN_UP_AFTER_MS);
    showProblem("");
    form.setAttribute("aria-busy", "true");
    tell(HERE, { action, subject, is_begun: true });
    let answer;
    try {
      answer = await ask(form, action, subject, over, turn.ends.signal);
    } catch {
      const words = mayBeDone.includes(action) ? unanswered : unreachable;
      answer = { problem: words, is_unanswered: true };
    }
    clearTimeout(tooLong);
    if (answer.is_done) window.integrationsFormSaved?.(pathname, identity);
    const isOvertaken = current !== turn;
    if (!isOvertaken) current = null;
    if (addressOfPage() !== turn.page) return tell(ELSEWHERE, { ...answer, action, name });
    if (isOvertaken) return;
    shownForm()?.removeAttribute("aria-busy");
    const { leave_for: next, is_unanswered: isUnanswered, ...rest } = answer;
    if (next) location.assign(next);
    if (isUnanswered) showProblem(answer.problem);
    tell(HERE, isUnanswered ? { action, subject } : { ...rest, action, subject });
  };

  new MutationObserver(showAgain).observe(document, { childList: true, subtree: true });

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
      const form = button && shownForm();
      if (form) send(form, button.dataset.postsForm, numberOf(button.dataset.over));
    },
    true,
  );
})();
