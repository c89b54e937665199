// Where the focus is in the picker, and how keys move it.
import { useLayoutEffect, useRef, useState } from "react";

const CHUNK = 50; // cards drawn at a time
const TYPING_ENDS_MS = 700;

// One tab stop that the keys move through the list. A change of the list leaves the focus where
// it is, or on what took the place of a card that went away.
export function useFocus(found, query) {
  const root = useRef(null);
  const list = useRef(null);
  const [active, setActive] = useState(null);
  const [drawn, setDrawn] = useState(CHUNK);
  const [drawnFor, setDrawnFor] = useState(query);
  const isSent = useRef(false);
  const wasAt = useRef(0);
  const wasFocused = list.current?.contains(document.activeElement) ?? false;
  const stop = stopOf(found, active, wasFocused ? wasAt.current : -1);
  // More is drawn only for whoever goes there, so that no keystroke waits for all of it.
  if (drawnFor !== query) {
    setDrawnFor(query);
    setDrawn(CHUNK);
    setActive(null);
  } else if (drawn <= stop) setDrawn(stop + CHUNK);
  const typing = useRef({ text: "", at: 0 }).current;

  useLayoutEffect(() => {
    wasAt.current = stop;
    const isLost = wasFocused && document.activeElement === document.body;
    if (!isSent.current && !isLost) return;
    (list.current?.children[stop] ?? root.current).focus({ preventScroll: !isSent.current });
    isSent.current = false;
  });

  const send = (at) => {
    if (at < 0 || at >= found.length) return;
    isSent.current = true;
    wasAt.current = at;
    setActive({ uuid: found[at].uuid }); // another object even for the same card
  };
  const indexOf = (element) => {
    const option = element.closest('[role="option"]');
    return option ? [...list.current.children].indexOf(option) : -1;
  };
  const onScroll = ({ target }) => {
    const below = target.scrollHeight - target.scrollTop - target.clientHeight;
    if (drawn < found.length && below < target.clientHeight) setDrawn(drawn + CHUNK);
  };
  const isTyping = () => Date.now() - typing.at < TYPING_ENDS_MS;
  const find = (letter) => {
    typing.text = (isTyping() ? typing.text : "") + letter.toLowerCase();
    typing.at = Date.now();
    const from = typing.text.length > 1 ? stop : stop + 1;
    const order = [...found.slice(from), ...found.slice(0, from)];
    const hit = order.find((card) => (card.name ?? "").toLowerCase().startsWith(typing.text));
    send(found.indexOf(hit));
  };
  const move = (key) => {
    const places = { ArrowDown: stop + 1, ArrowUp: stop - 1, Home: 0, End: found.length - 1 };
    if (key in places) send(places[key]);
    else if (key.length === 1) find(key);
    else return false;
    return true;
  };
  return {
    root,
    list,
    stop,
    drawn,
    onScroll,
    move,
    isTyping,
    enter: () => send(stop),
    cardAt: (element) => found[indexOf(element)],
    arrived: (element) => {
      const uuid = found[indexOf(element)]?.uuid;
      if (uuid !== undefined && uuid !== active?.uuid) setActive({ uuid });
    },
  };
}

function stopOf(found, active, wasAt) {
  const at = active ? found.findIndex((card) => card.uuid === active.uuid) : -1;
  if (at >= 0) return at;
  if (wasAt >= 0) return Math.min(wasAt, found.length - 1);
  return Math.max(
    found.slice(0, CHUNK).findIndex((card) => card.isSelected),
    0,
  );
}
