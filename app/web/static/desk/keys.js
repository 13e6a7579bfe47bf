// Which key does what? One place for all of them; a key that is typed into a field is text and nothing else.

import { byId } from "./elements.js";

const KEPT = "offsetdesk.single-keys";
const OWN_ENTER = new Set(["BUTTON", "A", "INPUT", "SELECT", "TEXTAREA", "SUMMARY"]);

/** `acts` has a function for each key by name; `leave` is Escape's. */
export function listen(acts, leave) {
  const single = byId("single-keys");
  single.checked = localStorage.getItem(KEPT) !== "off";
  single.addEventListener("change", () => localStorage.setItem(KEPT, single.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault(); // A key held down takes one step, not ten.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    if (event.key === "Escape") {
      leave();
    } else if (event.key === "Enter") {
      if (event.repeat || OWN_ENTER.has(document.activeElement.tagName)) return;
      event.preventDefault();
      acts.Enter();
    } else if (acts[event.key] !== undefined && !isTyping() && (event.key.length > 1 || single.checked)) {
      if (acts[event.key]() !== false) event.preventDefault();
    }
  });
}

/** Whether what is pressed now is text. */
export function isTyping() {
  return ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement.tagName);
}
