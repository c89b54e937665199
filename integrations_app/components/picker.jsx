// The picker in the browser. What is selected is its host's to say: a click is told, not acted on,
// and moving the focus tells nothing.
import { memo, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import "./picker.css";

const FEW = 6; // up to here nobody needs to search
const CHUNK = 80; // cards drawn at a time, so that no keystroke waits for a thousand
const AGES_EVERY_MS = 15_000;
const SEARCH_AFTER_MS = 150;
const TYPING_ENDS_MS = 700;
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function IntegrationPicker(props) {
  const { connections, selected, provider, multiple, compact, loading, words } = props;
  const label = props.label || words.label;
  const ownId = useId();
  const id = props.id || ownId;
  const [typed, setTyped] = useState("");
  const query = typed.trim();
  const [cards, touched] = useCards(props);
  const found = useMemo(() => matching(cards, query), [cards, query]);
  const now = useNow();
  const focus = useFocus(found);
  const waits = useSearch(query, props);
  const searchable = query || (props.searchable ?? (props.more || cards.length > FEW));

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
          <span className="picker-facts">{uuid}</span>
        </span>
      ) : (
        <>
          {props.hasBadge && <Mark key={props.icon} icon={props.icon} service={props.service} />}
          <span className="picker-who">
            <span className="picker-name">{props.name}</span>
            <span className="picker-facts">
              {props.hasBadge && <span className="picker-service">{props.service}</span>}
              {props.account && <span className="picker-account">{props.account}</span>}
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
      {words.empty} {emptyUrl && <Link to={emptyUrl}>{words.add}</Link>}
    </>
  );
}

function matching(cards, query) {
  const parts = query.toLowerCase().split(/\s+/);
  return query ? cards.filter((card) => parts.every((part) => card.text.includes(part))) : cards;
}

// What there is to choose from: what is gone, then what was selected before anyone clicked here,
// then the rest. A click moves no card.
function useCards({ connections, selected, provider, loading, more, searched, missing }) {
  const touched = useRef(new Set()).current;
  const [pinned, setPinned] = useState(() => new Set());
  const stored = useMemo(() => byUuid(selected), [selected]);
  const uuids = [...stored.keys()];
  if (uuids.some((uuid) => !pinned.has(uuid) && !touched.has(uuid))) setPinned(new Set(uuids));
  const isWhole = !more && !searched;
  const cards = useMemo(() => {
    if (loading) return [];
    const known = new Set(connections.map((each) => each.uuid));
    const absent = [...stored]
      .filter(([uuid]) => !known.has(uuid))
      .map(([uuid, text]) => ({
        uuid,
        stored: text,
        state: isWhole || missing.includes(text) ? "deleted" : "unknown",
        isSelected: true,
        text: uuid,
      }));
    const offered = connections
      .filter(
        ({ uuid, provider: own }) =>
          !provider || own === provider || stored.has(uuid) || pinned.has(uuid),
      )
      .map((each) => ({
        ...each,
        stored: stored.get(each.uuid),
        isSelected: stored.has(each.uuid),
        text: `${each.name} ${each.account} ${each.service}`.toLowerCase(),
      }));
    const first = offered.filter(({ uuid }) => pinned.has(uuid));
    const rest = offered.filter(({ uuid }) => !pinned.has(uuid));
    return [...absent, ...first, ...rest];
  }, [connections, stored, provider, loading, isWhole, missing, pinned]);
  return [cards, touched];
}

// What is selected, by uuid: a consumer without one may store "", one from elsewhere capitals.
function byUuid(selected) {
  const texts = selected.filter((each) => each && typeof each === "string");
  return new Map(texts.map((text) => [text.toLowerCase(), text]));
}

// Asks the server where the list is too long to be here; tells whether it still has to answer.
function useSearch(query, { more, searched, onSearch }) {
  const asks = Boolean(onSearch && (more || searched) && query !== searched);
  const ask = useRef(onSearch);
  ask.current = onSearch;
  useEffect(() => {
    if (!asks) return undefined;
    const soon = setTimeout(() => ask.current(query), SEARCH_AFTER_MS);
    return () => clearTimeout(soon);
  }, [query, more]); // not `searched`, which another picker may have asked for
  return asks;
}

// One tab stop that the keys move through the list. A change of the list leaves the focus where
// it is, or on what took the place of a card that went away.
function useFocus(found) {
  const root = useRef(null);
  const list = useRef(null);
  const [active, setActive] = useState(null);
  const isSent = useRef(false);
  const wasAt = useRef(0);
  const wasFocused = list.current?.contains(document.activeElement) ?? false;
  const stop = stopOf(found, active, wasFocused ? wasAt.current : -1);
  const [drawn, setDrawn] = useGrowth(found.length, stop);
  const typing = useRef({ text: "", at: 0 }).current;

  useLayoutEffect(() => {
    wasAt.current = stop;
    const isLost = wasFocused && document.activeElement === document.body;
    if (!isSent.current && !isLost) return;
    (list.current.children[stop] ?? root.current).focus({ preventScroll: !isSent.current });
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
    found.findIndex((card) => card.isSelected),
    0,
  );
}

// How many cards are drawn: some at once, the others between the browser's own duties.
function useGrowth(total, needed) {
  const [drawn, setDrawn] = useState(CHUNK);
  const most = Math.max(total, CHUNK);
  if (drawn > most) setDrawn(most);
  else if (drawn <= needed) setDrawn(needed + 1);
  useEffect(() => {
    if (drawn >= total) return undefined;
    const next = setTimeout(() => setDrawn(drawn + CHUNK));
    return () => clearTimeout(next);
  }, [drawn, total]);
  return [drawn, setDrawn];
}

function useNow() {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), AGES_EVERY_MS);
    return () => clearInterval(clock);
  }, []);
  return now;
}

function ageOf(testedAt, now, words) {
  if (!testedAt) return words.untested;
  const passedS = (now - Date.parse(testedAt)) / 1_000;
  const [unit, lengthS] = UNITS.find((each) => passedS >= each[1]) ?? [];
  if (!unit) return words.justTested;
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");
  return words.tested.replace("{age}", format.format(-Math.floor(passedS / lengthS), unit));
}
