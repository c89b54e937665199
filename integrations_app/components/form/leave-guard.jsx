// Asks before a page is left whose form has edits that nobody has saved; leaving.js knows of them.
import { useCallback, useEffect, useRef, useState } from "react";
import { AlertDialog, Button, Flex } from "@radix-ui/themes";
import { useBlocker } from "react-router";

const isElsewhere = ({ currentLocation: here, nextLocation: next }) =>
  here.pathname !== next.pathname || here.search !== next.search;

// What the server sends people to, it has reason to; a person goes by a link, or back.
const isAsked = (step) => isElsewhere(step) && (window.integrationsHoldsBack?.(step) ?? false);

export function LeaveGuard({ words, className }) {
  const blocker = useBlocker(useCallback(isAsked, []));
  const [waiting, setWaiting] = useState(null); // a script that asked, and waits for the answer
  const askedFrom = useRef(null); // where the keyboard was
  const isBlocked = blocker.state === "blocked";

  useEffect(() => {
    window.integrationsMayLeave = () =>
      window.integrationsHasEdits?.()
        ? new Promise((answer) => setWaiting(() => answer))
        : Promise.resolve(true);
    return () => {
      delete window.integrationsMayLeave;
    };
  }, []);

  const answer = (leaves) => {
    if (leaves) window.integrationsGivesUpEdits?.();
    waiting?.(leaves);
    setWaiting(null);
    if (!isBlocked) return;
    if (leaves) blocker.proceed();
    else blocker.reset();
  };

  return (
    <AlertDialog.Root open={isBlocked || waiting !== null}>
      <AlertDialog.Content
        maxWidth="480px"
        className={className}
        onOpenAutoFocus={() => {
          askedFrom.current = document.activeElement;
        }}
        onEscapeKeyDown={() => answer(false)}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          askedFrom.current?.focus();
        }}
      >
        <AlertDialog.Title>{words.title}</AlertDialog.Title>
        <AlertDialog.Description>{words.sentence}</AlertDialog.Description>
        <Flex gap="3" justify="end" wrap="wrap" mt="4">
          <AlertDialog.Cancel>
            <Button variant="soft" color="gray" onClick={() => answer(false)}>
              {words.stay}
            </Button>
          </AlertDialog.Cancel>
          <Button color="red" onClick={() => answer(true)}>
            {words.leave}
          </Button>
        </Flex>
      </AlertDialog.Content>
    </AlertDialog.Root>
  );
}
