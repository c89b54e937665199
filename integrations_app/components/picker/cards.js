// What the picker shows: which cards, in which order, and which of them a search finds.
import { useEffect, useMemo, useRef, useState } from "react";

const SEARCH_AFTER_MS = 150;

// What there is to choose from: what is gone, then what was selected before anyone clicked here,
// then what is connected, then the rest. A click moves no card, and neither does a check.
export function useCards(props) {
  const { connections, selected, provider, loading, forbidden, more, searched, missing } = props;
  const touched = useRef(new Set()).current;
  const wasConnected = useRef(new Map()).current; // when it was first seen
  const [pinned, setPinned] = useState(() => new Set());
  const stored = useMemo(() => byUuid(selected), [selected]);
  const uuids = [...stored.keys()];
  if (uuids.some((uuid) => !pinned.has(uuid) && !touched.has(uuid))) setPinned(new Set(uuids));
  const isWhole = !more && !searched;
  const cards = useMemo(() => {
    if (loading || forbidden) return [];
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
    for (const { uuid, status } of offered) {
      if (!wasConnected.has(uuid)) wasConnected.set(uuid, status === "connected");
    }
    const first = offered.filter(({ uuid }) => pinned.has(uuid));
    const others = offered.filter(({ uuid }) => !pinned.has(uuid));
    const ready = others.filter(({ uuid }) => wasConnected.get(uuid));
    const rest = others.filter(({ uuid }) => !wasConnected.get(uuid));
    return [...absent, ...first, ...ready, ...rest];
  }, [connections, stored, provider, loading, forbidden, isWhole, missing, pinned, wasConnected]);
  return [cards, touched];
}

// What is selected, by uuid: a consumer without one may store "", one from elsewhere capitals.
function byUuid(selected) {
  const texts = (selected ?? []).filter((each) => each && typeof each === "string");
  return new Map(texts.map((text) => [text.toLowerCase(), text]));
}

export function matching(cards, query) {
  const parts = query.toLowerCase().split(/\s+/);
  return query ? cards.filter((card) => parts.every((part) => card.text.includes(part))) : cards;
}

// Asks the server where the list is too long to be here; tells whether it still has to answer.
export function useSearch(query, { loading, more, searched, onSearch }) {
  const isPartial = Boolean(onSearch && !loading && (more || searched));
  const asked = useRef(null);
  const ask = useRef(onSearch);
  ask.current = onSearch;
  useEffect(() => {
    if (!isPartial) return undefined;
    asked.current ??= searched;
    // What another picker of the same state has searched for is let be; what is forgotten is not.
    if (query === asked.current && (searched || !query)) return undefined;
    const soon = setTimeout(() => {
      asked.current = query;
      ask.current(query);
    }, SEARCH_AFTER_MS);
    return () => clearTimeout(soon);
  }, [query, searched, isPartial]);
  return isPartial && query !== searched;
}
