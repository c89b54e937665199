// The menu of a row, which is made when somebody first opens it: a page has many rows, and nobody
// opens the menus of most of them.
import { useEffect, useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { Ellipsis } from "lucide-react";

// Children: the content of a Radix menu.
export function RowMenu({ label, className, children }) {
  const [openedBy, setOpenedBy] = useState(null); // "pointer" or "keyboard", once it has been

  useEffect(() => {
    // Radix leads the keyboard to the first entry only if its menu was there before the key.
    if (openedBy !== "keyboard") return undefined;
    const frame = requestAnimationFrame(() =>
      document.querySelector('[role="menu"] [role="menuitem"]')?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [openedBy]);

  const button = { type: "button", className, "aria-label": label };
  if (openedBy === null) {
    return (
      <button
        {...button}
        aria-haspopup="menu"
        aria-expanded="false"
        onClick={(event) => setOpenedBy(event.detail === 0 ? "keyboard" : "pointer")}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpenedBy("keyboard");
        }}
      >
        <Ellipsis size={16} />
      </button>
    );
  }
  return (
    // Without a lock on the page, which would hide the scroll bar and move every row.
    <DropdownMenu.Root defaultOpen modal={false}>
      <DropdownMenu.Trigger>
        <button {...button}>
          <Ellipsis size={16} />
        </button>
      </DropdownMenu.Trigger>
      {children}
    </DropdownMenu.Root>
  );
}
