// What is said beside the search, or where there is nothing to choose from; it is announced.
import { Link } from "react-router";

export function outcome(props) {
  const { query, waits, count, isEmpty, loading, forbidden, more, words } = props;
  if (forbidden) return <Linked text={words.forbidden} to={props.signInUrl} link={words.signIn} out />;
  if (loading) return words.loading;
  if (query && waits) return words.searching;
  if (query && !count) return words.unmatched;
  const told = query ? [words.found.replace("{number}", count)] : [];
  if (more) told.push(words.more);
  if (!isEmpty || more || query) return told.join(" ");
  return <Linked text={words.empty} to={props.emptyUrl} link={words.add} />;
}

// A sign-in may be no page of the app's, so it is loaded anew.
function Linked({ text, to, link, out = false }) {
  return (
    <>
      <span>{text}</span> {to && <Link to={to} reloadDocument={out}>{link}</Link>}
    </>
  );
}
