// An old key goes from one guarded answer into one field, on a click, and nowhere else.
(() => {
  const cardOf = (part) => part.closest("[data-old-key]");
  const fieldOf = (card) => card.querySelector("input");

  const say = (card, words) => {
    card.querySelector("[role=alert]").textContent = words;
  };

  const show = async (card) => {
    const { oldKey: address, uuid, unreachable } = card.dataset;
    say(card, "");
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ uuid }) });
      const told = await answer.json();
      if (!card.isConnected || card.dataset.uuid !== uuid) return;
      if (!answer.ok) return say(card, told.message);
      fieldOf(card).value = told.key;
      card.dataset.shown = "true";
      fieldOf(card).focus();
      fieldOf(card).select();
    } catch {
      say(card, unreachable);
    }
  };

  const forgetAll = () => {
    for (const card of document.querySelectorAll("[data-old-key]")) {
      fieldOf(card).value = "";
      delete card.dataset.shown;
    }
  };

  window.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-shows-old-key]");
    if (button) show(cardOf(button));
  });
  // A browser may keep a page that is left, to come back to it as it was.
  window.addEventListener("pagehide", forgetAll);
})();
