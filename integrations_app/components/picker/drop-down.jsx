// One line that says what is selected, and opens the list below or above it.
import { useEffect, useRef, useState } from "react";
import { Face } from "./card.jsx";
import { List } from "./list.jsx";

const TALLEST = 340; // px, of the list with its search
const MARGIN = 8;

export function DropDown(props) {
  const { id, naming, note, cards, focus, setTyped, typed, loading, forbidden, words } = props;
  const [room, setRoom] = useState(null); // where the list is, while it is open
  const whole = useRef(null);
  const trigger = useRef(null);
  const isOpen = room !== null;
  const hasChoice = !forbidden && (loading || cards.length > 0 || typed !== "" || isOpen);

  const open = () => {
    if (loading) return;
    setRoom(roomAround(trigger.current));
    if (!props.searchable) focus.enter();
  };
  const close = () => {
    setRoom(null);
    setTyped("");
  };
  const leave = () => {
    trigger.current.focus();
    close();
  };
  useOutside(whole, isOpen, close);
  useEffect(() => {
    if (isOpen && !hasChoice) close();
  });
  const choose = (card) => {
    props.toggle(card);
    if (!props.multiple) leave();
  };
  const onKeyDown = (event) => {
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (isOpen && event.key === "Escape") leave();
    else if (event.target === trigger.current && isArrow) isOpen ? focus.enter() : open();
    else return;
    event.preventDefault();
  };
  const onBlur = ({ relatedTarget }) => {
    if (isOpen && relatedTarget && !whole.current.contains(relatedTarget)) close();
  };

  return (
    <div ref={whole} className="picker-drop" onKeyDown={onKeyDown} onBlur={onBlur}>
      {hasChoice && (
        <button
          ref={trigger}
          type="button"
          role="combobox"
          {...naming}
          aria-haspopup="listbox"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `${id}-list` : undefined}
          aria-disabled={loading}
          className="picker-trigger"
          onClick={isOpen ? close : open}
        >
          <Selected {...props} />
          <span className="picker-chevron" aria-hidden="true" />
        </button>
      )}
      {isOpen && hasChoice && (
        <div className={room.above ? "picker-popup above" : "picker-popup"} style={room.style}>
          <List {...props} toggle={choose} />
        </div>
      )}
      <div role="status" className="picker-note">
        {hasChoice ? "" : note}
      </div>
    </div>
  );
}

function Selected({ cards, loading, provider, words }) {
  const selected = cards.filter((card) => card.isSelected);
  if (selected.length === 1) {
    const [card] = selected;
    const note = card.state ? words[card.state] : words.status[card.status];
    return <Face {...card} hasBadge={card.provider !== provider} note={note} />;
  }
  if (!selected.length) {
    return <span className="picker-who unset">{loading ? words.loading : words.choose}</span>;
  }
  const names = selected.map((card) => card.name ?? words[card.state]);
  const list = new Intl.ListFormat(document.documentElement.lang || "en", { type: "unit" });
  return (
    <span className="picker-who">
      <span className="picker-name" translate="no">{list.format(names)}</span>
    </span>
  );
}

function roomAround(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const below = window.innerHeight - bottom - MARGIN;
  const above = below < TALLEST && top > below;
  const height = Math.min(TALLEST, above ? top - MARGIN : below);
  return { above, style: { maxHeight: `${Math.max(height, TALLEST / 2)}px` } };
}

function useOutside(inside, isOpen, close) {
  const done = useRef(close);
  done.current = close;
  useEffect(() => {
    if (!isOpen) return undefined;
    const onPress = ({ target }) => {
      if (!inside.current.contains(target)) done.current();
    };
    document.addEventListener("pointerdown", onPress, true);
    return () => document.removeEventListener("pointerdown", onPress, true);
  }, [inside, isOpen]);
}
