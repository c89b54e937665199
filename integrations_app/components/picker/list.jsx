// The search field and the list of what it finds.
import { ageOf, useNow } from "./ages.js";
import { Card } from "./card.jsx";

export function List(props) {
  const { id, naming, note, found, focus, toggle, provider, multiple, compact, words } = props;
  const isCompact = compact || props.dropdown;
  const now = useNow();
  const onClick = (event) => {
    const card = focus.cardAt(event.target);
    if (card) toggle(card);
  };
  const onKeyDown = (event) => {
    const card = focus.cardAt(event.target);
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || (event.key === " " && !focus.isTyping())) toggle(card);
    else if (!focus.move(event.key)) return;
    event.preventDefault();
  };

  return (
    <>
      <div className="picker-head">
        {props.searchable && <SearchField {...props} />}
        <div role="status" className="picker-note">
          {note}
        </div>
      </div>
      <div
        id={`${id}-list`}
        ref={focus.list}
        role="listbox"
        {...naming}
        aria-multiselectable={multiple}
        hidden={!found.length}
        className="picker-list"
        onClick={onClick}
        onKeyDown={onKeyDown}
        onScroll={focus.onScroll}
        onFocus={(event) => focus.arrived(event.target)}
      >
        {found.slice(0, focus.drawn).map((card, at) => (
          <Card
            key={card.uuid}
            {...card}
            place={at + 1}
            places={found.length}
            isStop={at === focus.stop}
            hasBadge={card.provider !== provider}
            age={card.state || isCompact ? "" : ageOf(card.tested_at, now, words)}
            note={card.state ? words[card.state] : words.status[card.status]}
            square={multiple}
          />
        ))}
      </div>
    </>
  );
}

function SearchField({ id, dropdown, focus, typed, setTyped, words }) {
  const onKeyDown = (event) => {
    if (event.key === "ArrowDown") focus.enter();
    else if (event.key !== "Enter") return; // it would send a form around the picker
    event.preventDefault();
  };
  return (
    <input
      type="search"
      className="picker-search"
      aria-label={words.search}
      aria-controls={`${id}-list`}
      placeholder={words.search}
      autoComplete="off"
      spellCheck={false}
      maxLength={100}
      autoFocus={Boolean(dropdown)}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
