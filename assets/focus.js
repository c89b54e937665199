// The keyboard stays where it was: pages draw anew what it was on, and disable buttons while they
// work. Without this it would be nowhere, and begin again at the top.
(() => {
  const FORM = "form[data-limited]";
  const WAITS_MS = 10_000;
  const SEEMS_LOST_MS = 400;

  let last = null; // the element, and what its like is known by
  let path = location.pathname;

  const isNowhere = () => !document.activeElement || document.activeElement === document.body;

  const nameOf = (element) =>
    element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 200);

  const rowOf = (element) =>
    element.closest("tr, [role=row], [role=listitem], li")?.textContent ?? "";

  const marksOf = (element) => ({
    element,
    tag: element.tagName,
    id: element.id,
    field: element.form?.matches(FORM) ? element.name : "",
    isInForm: Boolean(element.closest(FORM)),
    href: element.getAttribute("href"),
    name: nameOf(element),
    row: rowOf(element),
  });

  const isUsable = (element) =>
    Boolean(element?.isConnected) && !element.disabled && element.getClientRects().length > 0;

  // Ids of Radix's own parts differ each time; ours do not begin with a colon.
  const likeOf = ({ tag, id, field, href, name, row }) => {
    if (id && !/^(:|radix)/.test(id)) return document.getElementById(id);
    if (field) return document.querySelector(FORM)?.elements.namedItem(field);
    const alike = [...document.querySelectorAll(tag)].filter(
      (each) => each.getAttribute("href") === href && nameOf(each) === name,
    );
    return alike.find((each) => rowOf(each) === row) ?? (row && !href ? null : alike[0]);
  };

  const put = (element) => {
    if (!element) return false;
    element.focus({ preventScroll: true });
    return document.activeElement === element;
  };

  // Where nothing like it is left: the first field of the form it was in, else the page.
  const home = () => {
    const field = last.isInForm && document.querySelector(`${FORM} input[name]:not([type=hidden])`);
    put(field || document.getElementById("content"));
  };

  let lostAt = 0;

  const giveUp = () => {
    last = null;
    lostAt = 0;
  };

  const look = () => {
    if (!last || !isNowhere()) return;
    if (isUsable(last.element)) return void put(last.element);
    if (last.element.isConnected && last.element.disabled) return; // it is at work
    const like = likeOf(last);
    if (isUsable(like) && put(like)) return;
    const now = performance.now();
    lostAt ||= now;
    if (now - lostAt < SEEMS_LOST_MS) return void setTimeout(look, SEEMS_LOST_MS);
    if (now - lostAt > WAITS_MS) return giveUp();
    if (like?.disabled || document.querySelector("[aria-busy=true]")) return;
    home();
  };

  // On another page it begins where that page has it begin.
  const watch = () => {
    if (location.pathname !== path) giveUp();
    path = location.pathname;
    look();
  };

  document.addEventListener("focusin", ({ target }) => {
    if (target === document.body) return;
    last = marksOf(target);
    lostAt = 0;
  });
  // A click beside everything takes the keyboard away on purpose.
  document.addEventListener("pointerdown", ({ target }) => {
    const takes = "a, button, input, select, textarea, summary, label, [tabindex]";
    if (!target.closest?.(takes)) giveUp();
  });
  new MutationObserver(watch).observe(document, {
    attributes: true,
    attributeFilter: ["disabled"],
    childList: true,
    subtree: true,
  });
})();
