// The picker in the browser. What is selected is its host's to say: a click is told, not acted on,
// and moving the focus tells nothing.
import { useId, useMemo, useState } from "react";
import { matching, useCards, useSearch } from "./cards.js";
import { DropDown } from "./drop-down.jsx";
import { useFocus } from "./focus.js";
import { List } from "./list.jsx";
import { outcome } from "./outcome.jsx";
import "./picker.css";

const FEW = 6; // up to here nobody needs to search

export function IntegrationPicker(props) {
  const { label, labelledBy, multiple, compact, dropdown, loading, words } = props;
  const ownId = useId();
  const id = props.id || ownId;
  const [typed, setTyped] = useState("");
  const query = typed.trim();
  const [cards, touched] = useCards(props);
  const found = useMemo(() => matching(cards, query), [cards, query]);
  const focus = useFocus(found, query);
  const waits = useSearch(query, props);
  const [isLong, setIsLong] = useState(false); // for good: nobody's search goes away under them
  if (!isLong && (props.more || cards.length > FEW)) setIsLong(true);

  const toggle = ({ uuid, stored, isSelected }) => {
    touched.add(uuid);
    const actions = multiple ? ["add", "remove"] : ["select", "deselect"];
    props.onSelect({ uuid: stored ?? uuid, action: actions[Number(isSelected)] });
  };
  const named = labelledBy || (label ? `${id}-label` : undefined);
  const naming = named ? { "aria-labelledby": named } : { "aria-label": words.label };
  const note = outcome({ ...props, query, waits, count: found.length, isEmpty: !cards.length });
  const list = {
    ...props,
    id,
    naming,
    note,
    typed,
    setTyped,
    found,
    focus,
    toggle,
    searchable: props.searchable ?? isLong,
  };
  const kind = compact || dropdown ? "integration-picker compact" : "integration-picker";
  return (
    <div
      id={id}
      ref={focus.root}
      role={dropdown ? undefined : "group"}
      {...(dropdown ? {} : naming)}
      aria-busy={loading}
      tabIndex={-1}
      className={kind}
    >
      {label && !labelledBy && (
        <div id={`${id}-label`} className="picker-label">
          {label}
        </div>
      )}
      {dropdown ? <DropDown {...list} cards={cards} /> : <List {...list} />}
    </div>
  );
}
