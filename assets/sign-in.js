// Whoever has to sign in comes back to where they were, and reads why it was asked.
(() => {
  const BASE = new URL(".", document.currentScript.src).pathname.slice(0, -1);
  const LOGIN = `${BASE}/login`;
  const OURS = `${BASE}/admin/`;
  const WANTED = "integrations.wanted";
  const PERSON = "integrations.person";
  const SIGNED_OUT = "integrations.signed-out-at";
  const HEARD = "integrations.signed-out-heard-at"; // the last one that this tab heard of
  let isLeaving = false;

  const path = () => location.pathname.replace(/\/$/, "");

  // Own pages only, whatever stands there.
  const own = (address) => {
    if (!address?.startsWith(OURS) || /[\\\p{Cc}]/u.test(address)) return null;
    const url = new URL(address, location.origin);
    const isOwn = url.origin === location.origin && url.pathname.startsWith(OURS);
    return isOwn ? url.pathname + url.search : null;
  };

  const signedOutAt = () => localStorage.getItem(SIGNED_OUT) ?? "";

  // Pages repaint all the time.
  const write = (key, value) => {
    if (sessionStorage.getItem(key) !== value) sessionStorage.setItem(key, value);
  };

  const forget = () => {
    sessionStorage.removeItem(WANTED);
    sessionStorage.removeItem(PERSON);
  };

  const look = () => {
    if (path() === LOGIN) return explain();
    if (isLeaving || !own(location.pathname)) return;
    write(WANTED, location.pathname + location.search);
    const person = document.querySelector("[data-person]")?.textContent;
    if (person) write(PERSON, person);
  };

  const explain = () => {
    const notice = document.querySelector("[data-why]");
    if (!notice || notice.dataset.told) return;
    const why = reason();
    if (!why) return;
    notice.dataset.told = why;
    notice.querySelector(`[data-because=${why}]`).hidden = false;
  };

  const reason = () => {
    if (new URLSearchParams(location.search).has("returned")) return "returned";
    if (!sessionStorage.getItem(PERSON)) return "";
    return window.integrationsKeeps?.() ? "kept" : "ended";
  };

  // Where to go once somebody has signed in; null for nowhere in particular. Not forgotten, as the
  // page may ask again while the browser is on its way there; the next page takes its place.
  window.integrationsWanted = () => own(sessionStorage.getItem(WANTED));

  const leave = () => {
    isLeaving = true;
    forget();
    write(HEARD, signedOutAt());
    const ended = document.querySelectorAll("[data-because]:not([data-because=returned])");
    for (const each of ended) each.hidden = true;
  };

  window.addEventListener("integrations-signed-out", leave);
  // Another tab signed out, now or while this one was between two pages.
  window.addEventListener("storage", ({ key }) => key === SIGNED_OUT && leave());
  if (signedOutAt() !== (sessionStorage.getItem(HEARD) ?? "")) {
    forget();
    write(HEARD, signedOutAt());
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  look(); // a busy browser may leave the page before anything on it moves again
})();
