"""A browser that translates what it shows, as Chrome does, into words that can be told apart."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# Each text gives way to <font><font>…</font></font>; what appears later is translated, too. The
# text that the page made is on it no more.
_TRANSLATE = """
() => {
  const leave = "[translate=no], script, style, textarea, font";
  const wrap = (text) => {
    if (!text.isConnected || !text.data.trim() || text.parentElement.closest(leave)) return;
    const outer = document.createElement("font");
    const inner = document.createElement("font");
    inner.textContent = `⟦${text.data}⟧`;
    outer.append(inner);
    text.replaceWith(outer);
  };
  const all = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach(wrap);
  };
  all();
  new MutationObserver(all).observe(document.body,
    { childList: true, subtree: true, characterData: true });
}
"""
_MARKS = "⟦⟧"


def translate(page: Page) -> list[str]:
    """Translate the page from now on; gives the errors that its scripts will meet."""
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.evaluate(_TRANSLATE)
    return failures


def words(place: Locator) -> str:
    """The text that somebody reads there, in English again."""
    return (place.text_content() or "").translate(str.maketrans("", "", _MARKS)).strip()
