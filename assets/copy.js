// Copies what stands beside a button, and says "Copied" only where it was.
(() => {
  const SAYS_COPIED_MS = 5_000;

  const copy = async (group) => {
    const source = group.querySelector("[data-copy-source]");
    const outcome = group.querySelector("[data-copy-outcome]");
    outcome.textContent = "";
    const isCopied = await put(source.value ?? source.textContent, group);
    if (!isCopied) select(source);
    const said = isCopied ? group.dataset.copied : group.dataset.notCopied;
    outcome.textContent = said;
    if (isCopied) setTimeout(() => forget(outcome, said), SAYS_COPIED_MS);
  };

  // Without a secure context, over plain HTTP at any name but localhost, there is no clipboard.
  const put = async (text, group) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return putByCommand(text, group);
    }
  };

  const putByCommand = (text, group) => {
    const before = document.activeElement;
    const carrier = document.createElement("textarea");
    carrier.value = text;
    carrier.readOnly = true;
    carrier.style.cssText = "position: fixed; inset: 0 auto auto 0; opacity: 0;";
    // A dialog takes the keyboard back from whatever stands outside of it.
    (group.closest("[role=dialog], [role=alertdialog]") ?? document.body).append(carrier);
    carrier.focus({ preventScroll: true });
    carrier.select();
    const isCopied = runCommand(text);
    carrier.remove();
    before?.focus?.({ preventScroll: true });
    return isCopied;
  };

  // The command alone may claim a success that is none: the browser has to ask for the text, too.
  const runCommand = (text) => {
    let isAskedFor = false;
    const answer = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      event.stopImmediatePropagation();
      isAskedFor = true;
    };
    window.addEventListener("copy", answer, true);
    try {
      return document.execCommand("copy") && isAskedFor;
    } catch {
      return false;
    } finally {
      window.removeEventListener("copy", answer, true);
    }
  };

  const select = (source) => {
    if (source.select) {
      source.focus();
      source.select();
    } else {
      getSelection().selectAllChildren(source);
    }
  };

  const forget = (outcome, said) => {
    if (outcome.textContent === said) outcome.textContent = "";
  };

  // For what has no place of its own to say how it went; gives whether it was copied.
  window.integrationsCopy = (text) => put(text, document.body);

  window.addEventListener("click", (event) => {
    const group = event.target.closest?.("[data-copies]")?.closest("[data-copy-group]");
    if (group) copy(group);
  });
})();
