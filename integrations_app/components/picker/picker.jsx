// The picker in the browser. What is selected is its host's to say: a click is told, not acted on,
// and moving the focus tells nothing.
import { memo, useId, useMemo, useState } from "react";
import { Link } from "react-router";
import { ageOf, useNow } from "./ages.js";
import { matching, useCards, useSearch } from "./cards.js";
import { useFocus } from "./focus.js";
import "./picker.css";

const FEW = 6; // up to here nobody needs to search

export function IntegrationPicker(props) {
  const { provider, multiple, compact, loading, words } = props;
  const label = props.label || words.label;
  const ownId = useId();
  const id = props.id || ownId;
  const [typed, setTyped] = useState("");
  const query = typed.trim();
  const [cards, touched] = useCards(props);
  const found = useMemo(() => matching(cards, query), [cards, query]);
  const now = useNow();
  const focus = useFocus(found, query);
  const waits = useSearch(query, props);
  const [isLong, setIsLong] = useState(false); // for good: nobody's search goes away under them
  if (!isLong && (props.more || cards.length > FEW)) setIsLong(true);
  const searchable = props.searchable ?? isLong;

  const toggle = ({ uuid, stored, isSelected }) => {
    touched.add(uuid);
    const actions = multiple ? ["add", "remove"] : ["select", "deselect"];
    props.onSelect({ uuid: stored ?? uuid, action: actions[Number(isSelected)] });
  };
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
  const onSearchKey = (event) => {
    if (event.key === "ArrowDown") focus.enter();
    else if (event.key !== "Enter") return; // it would send a form around the picker
    event.preventDefault();
  };

  return (
    <div
      id={id}
      ref={focus.root}
      role="group"
      aria-label={label}
      aria-busy={loading}
      tabIndex={-1}
      className={compact ? "integration-picker compact" : "integration-picker"}
    >
      <div className="picker-head">
        {searchable && (
          <input
            type="search"
            className="picker-search"
            aria-label={words.search}
            aria-controls={`${id}-list`}
            placeholder={words.search}
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={onSearchKey}
          />
        )}
        <div role="status" className="picker-note">
          {outcome({ ...props, query, waits, count: found.length, isEmpty: !cards.length })}
        </div>
      </div>
      <div
        id={`${id}-list`}
        ref={focus.list}
        role="listbox"
        aria-label={label}
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
            age={card.state || compact ? "" : ageOf(card.tested_at, now, words)}
            note={card.state ? words[card.state] : words.status[card.status]}
            square={multiple}
          />
        ))}
      </div>
    </div>
  );
}

// Texts and flags only, so that a card is drawn again only when it looks different.
const Card = memo(function Card(props) {
  const { uuid, isSelected, isStop, place, places, state } = props;
  return (
    <div
      role="option"
      aria-selected={isSelected}
      aria-setsize={places}
      aria-posinset={place}
      tabIndex={isStop ? 0 : -1}
      className={state ? "picker-card absent" : "picker-card"}
    >
      <span className={props.square ? "picker-box square" : "picker-box"} aria-hidden="true" />
      {state ? (
        <span className="picker-who">
          <span className="picker-name">{props.note}</span>
          <span className="picker-facts" translate="no">{uuid}</span>
        </span>
      ) : (
        <>
          {props.hasBadge && <Mark key={props.icon} icon={props.icon} service={props.service} />}
          <span className="picker-who">
            <span className="picker-name" translate="no">{props.name}</span>
            <span className="picker-facts">
              {props.hasBadge && <span className="picker-service" translate="no">{props.service}</span>}
              {props.account && <span className="picker-account" translate="no">{props.account}</span>}
            </span>
          </span>
          <span className="picker-state">
            <span className={`picker-status ${props.status}`}>{props.note}</span>
            {props.age && <span className="picker-age">{props.age}</span>}
          </span>
        </>
      )}
    </div>
  );
});

const broken = new Set(); // addresses without a logo, in an app that ships none

function Mark({ icon, service }) {
  const [isBroken, setIsBroken] = useState(!icon || broken.has(icon));
  const giveUp = () => {
    broken.add(icon);
    setIsBroken(true);
  };
  if (!isBroken) return <img className="picker-mark" src={icon} alt="" onError={giveUp} />;
  return (
    <span className="picker-mark letter" aria-hidden="true">
      {service.slice(0, 1)}
    </span>
  );
}

// What stands between the search and the list, and is announced.
function outcome({ query, waits, count, isEmpty, loading, more, words, emptyUrl }) {
  if (loading) return words.loading;
  if (query && waits) return words.searching;
  if (query && !count) return words.unmatched;
  const told = query ? [words.found.replace("{number}", count)] : [];
  if (more) told.push(words.more);
  if (!isEmpty || more || query) return told.join(" ");
  return (
    <>
      <span>{words.empty}</span> {emptyUrl && <Link to={emptyUrl}>{words.add}</Link>}
    </>
  );
}
