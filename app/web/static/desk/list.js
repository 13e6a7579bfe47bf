// Which rows are there to choose from? One page at a time, so that the page never holds more than fifty.

import { ask } from "./api.js";
import { byId, element, tell } from "./elements.js";
import { say } from "./words.js";

const ROWS = 50;

const PAGES_AHEAD = 10;

/** The list on the left. `open(id)` is called for the row that is chosen, `told(act)` tells what the API refuses. */
export class List {
  constructor(open, told) {
    this.open = open;
    this.items = [];
    this.asked = 0;
    this.rows = byId("rows");
    byId("filter").addEventListener("input", () => this.#filter());
    byId("filter").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.focus();
    });
    byId("state").addEventListener("change", () => told(() => this.#choose()));
    byId("page-before").addEventListener("click", () => told(() => this.turn(-1)));
    byId("page-after").addEventListener("click", () => told(() => this.turn(1)));
  }

  /** Show what is of this kind, from its first page. Throws Refused. */
  async use(kind) {
    this.kind = kind;
    byId("state").replaceChildren(...kind.states().map(([code, text]) => element("option", { value: code }, text)));
    byId("filter").value = "";
    await this.reload();
  }

  /** The first page, with the state that is chosen now. Throws Refused. */
  async reload() {
    this.cursors = [""];
    await this.#load();
  }

  /** The page after (1) or before (-1) this one; false where there is none. Throws Refused. */
  async turn(by) {
    if (by > 0 && !this.next) return false;
    if (by < 0 && this.cursors.length === 1) return false;
    if (by > 0) this.cursors.push(this.next);
    else this.cursors.pop();
    await this.#load();
    tell(say("page_shown", { page: this.cursors.length, count: this.items.length }));
    this.focus();
    return true;
  }

  /** Put the focus on the row that is open, on the first one where none is, or where rows can be chosen. */
  focus() {
    const target = this.#buttons().find((row) => row.tabIndex === 0) ?? this.#buttons()[0] ?? byId("state");
    target.focus();
  }

  /** Go on by one row from the one in focus, or from the open one; over the end of the page to the next. */
  async move(by) {
    const buttons = this.#buttons();
    const at = buttons.findIndex((row) => row === document.activeElement);
    const from = at >= 0 ? at : buttons.findIndex((row) => row.tabIndex === 0);
    const to = buttons[at < 0 && !this.rows.contains(document.activeElement) ? Math.max(from, 0) : from + by];
    if (to === undefined) {
      await this.turn(by);
      return;
    }
    this.#rove(to);
    to.focus();
  }

  /** The item so many rows after this one; null at either end. */
  beside(id, by) {
    const buttons = this.#buttons();
    const at = buttons.findIndex((row) => row.dataset.id === id);
    const row = at < 0 ? undefined : buttons[at + by];
    return row ? this.items.find((each) => each.id === row.dataset.id) : null;
  }

  /** The next row after this one that waits for the person, on this page or one of the next; null when none does. */
  async nextWaiting(id) {
    for (let ahead = 0; ahead < PAGES_AHEAD; ahead += 1) {
      const buttons = this.#buttons();
      const start = ahead > 0 ? 0 : buttons.findIndex((row) => row.dataset.id === id) + 1;
      for (const row of buttons.slice(start)) {
        const item = this.items.find((each) => each.id === row.dataset.id);
        if (this.kind.next(item).verb !== null) return item;
      }
      if (!(await this.turn(1))) return null;
    }
    return null;
  }

  /** Say which row is open. */
  current(id) {
    for (const row of this.#buttons(true)) {
      if (row.dataset.id === id) {
        row.setAttribute("aria-current", "true");
        this.#rove(row);
        row.scrollIntoView({ block: "nearest" });
      } else row.removeAttribute("aria-current");
    }
  }

  /** Show a row as it is now. It stays where it is, also when it no longer fits what was asked for. */
  replace(item) {
    const at = this.items.findIndex((each) => each.id === item.id);
    if (at < 0) return;
    this.items[at] = item;
    const row = this.#buttons(true).find((each) => each.dataset.id === item.id);
    row.replaceChildren(...this.kind.row(item));
  }

  async #choose() {
    await this.reload();
    tell(say("page_shown", { page: 1, count: this.items.length }));
  }

  async #load() {
    this.asked += 1;
    const mine = this.asked;
    const cursor = this.cursors.at(-1);
    const asked = new URLSearchParams({ limit: String(ROWS), ...this.kind.asked(byId("state").value) });
    if (cursor) asked.set("cursor", cursor);
    const { told } = await ask("GET", `${this.kind.path()}?${asked}`);
    if (mine !== this.asked) return; // Another page was asked for meanwhile, and is the one that is wanted.
    const hadFocus = this.rows.contains(document.activeElement);
    this.items = told.data;
    this.next = told.next_cursor;
    this.rows.replaceChildren(...this.items.map((item) => element("li", {}, this.#row(item))));
    this.#filter();
    const count = this.items.length;
    byId("page-no").textContent = say("page_of", { page: this.cursors.length, count });
    byId("page-before").hidden = this.cursors.length === 1;
    byId("page-after").hidden = !this.next;
    if (hadFocus) this.focus();
  }

  #row(item) {
    const row = element("button", { type: "button", class: "row", "data-id": item.id, tabindex: "-1" });
    row.append(...this.kind.row(item));
    row.addEventListener("click", () => this.open(item.id));
    return row;
  }

  #filter() {
    const wanted = byId("filter").value.trim().toLowerCase();
    for (const row of this.#buttons(true)) row.parentElement.hidden = !row.textContent.toLowerCase().includes(wanted);
    const [first] = this.#buttons();
    byId("no-rows").hidden = first !== undefined;
    if (first !== undefined && !this.#buttons().some((row) => row.tabIndex === 0)) this.#rove(first);
  }

  #rove(to) {
    for (const row of this.#buttons(true)) row.tabIndex = row === to ? 0 : -1;
  }

  #buttons(hiddenToo = false) {
    const all = [...this.rows.querySelectorAll(".row")];
    return hiddenToo ? all : all.filter((row) => !row.parentElement.hidden);
  }
}
