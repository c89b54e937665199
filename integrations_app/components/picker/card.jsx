// A connection, as the list and the closed drop-down show it.
import { memo, useState } from "react";

// Texts and flags only, so that a card is drawn again only when it looks different.
export const Card = memo(function Card(props) {
  const { isSelected, isStop, place, places, state } = props;
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
      <Face {...props} />
    </div>
  );
});

export function Face(props) {
  if (props.state) {
    return (
      <span className="picker-who">
        <span className="picker-name">{props.note}</span>
        <span className="picker-facts" translate="no">{props.uuid}</span>
      </span>
    );
  }
  return (
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
  );
}

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
