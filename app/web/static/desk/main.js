// How do the parts of the desk work together? Signing in, two lists, what is open beside them, and the keys.

import { Refused } from "./api.js";
import * as discrepancies from "./discrepancies.js";
import { byId, tell, tellProblem } from "./elements.js";
import { Form } from "./form.js";
import { isTyping, listen } from "./keys.js";
import { List } from "./list.js";
import { Pane } from "./pane.js";
import { forget, hasDesk, learnNames, onOtherTab, person, signIn, signOut } from "./person.js";
import * as tasks from "./tasks.js";
import { say } from "./words.js";

const TABS = { tasks, discrepancies };
const list = new List((id) => told(() => open(id)), told);
const pane = new Pane(async (kind, item, verb) => {
  list.replace(item);
  if (verb === "take") {
    pane.focus(); // Who takes a discrepancy on says what to do about it.
    return;
  }
  const taken = byId("told").textContent;
  const following = kind === list.kind ? await list.nextWaiting(item.id) : null;
  if (following === null) {
    list.focus();
    tell(`${taken} ${say("no_more")}`);
  } else {
    await open(following.id);
    tell(`${taken} ${byId("told").textContent}`);
  }
}, (item) => list.replace(item));
const signingIn = new Form(
  [
    { name: "email", label: say("email"), type: "email", given: { autocomplete: "username" } },
    { name: "password", label: say("password"), type: "password", given: { autocomplete: "current-password" } },
  ],
  say("sign_in"),
  ({ email }) => told(() => enter(email, byId("field-password").value)), // A password is not trimmed.
  byId("sign-in"),
);

/** Do this, and tell everybody what the API refuses. */
async function told(act) {
  try {
    await act();
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.status !== 401 || !byId("signing-in").hidden) tellProblem(refused.told);
  }
}

async function enter(email, password) {
  await signIn(email, password);
  byId("sign-in").reset();
  await begin();
}

async function begin() {
  const { member, organisation } = person();
  byId("who").textContent = `${member.name} · ${organisation.name}`;
  byId("signing-in").hidden = true;
  byId("sign-out").hidden = false;
  if (!hasDesk()) {
    tellProblem(say("no_desk"));
    byId("sign-out").focus();
    return;
  }
  await learnNames();
  byId("work").hidden = false;
  await show("tasks");
  tell(`${say("signed_in", { name: member.name })} ${byId("told").textContent}`);
}

function outside(text) {
  forget();
  pane.close();
  byId("rows").replaceChildren(); // Nothing of the last person's stays behind.
  byId("who").textContent = "";
  byId("work").hidden = true;
  byId("sign-out").hidden = true;
  byId("signing-in").hidden = false;
  tell(text);
  signingIn.focus();
}

async function show(tab) {
  for (const name of Object.keys(TABS)) {
    byId(`tab-${name}`).setAttribute("aria-selected", String(name === tab));
    byId(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
  }
  byId("panel").setAttribute("aria-labelledby", `tab-${tab}`);
  byId("list-part").setAttribute("aria-labelledby", `tab-${tab}`);
  pane.close();
  await list.use(TABS[tab]);
  list.focus();
  tell(say("page_shown", { page: 1, count: list.items.length }));
}

async function open(id) {
  await pane.open(list.kind, id);
  if (pane.item?.id !== id) return;
  list.replace(pane.item);
  list.current(id);
}

/** To the next row, or where something is open and the focus is in it, to the next of those. */
function move(by) {
  const beside = byId("open-one").contains(document.activeElement) ? list.beside(pane.item.id, by) : null;
  return told(() => (beside === null ? list.move(by) : open(beside.id)));
}

function leave() {
  if (byId("open-one").contains(document.activeElement) && isTyping()) pane.rest();
  else if (!byId("work").hidden) list.focus();
}

/** Only for who is signed in; the page's own keys go on working for others. */
const inside = (act) => () => (byId("work").hidden ? false : act());
const inList = (act) => () => (byId("open-one").contains(document.activeElement) ? false : inside(act)());

for (const tab of Object.keys(TABS)) {
  byId(`tab-${tab}`).addEventListener("click", () => told(() => show(tab)));
  byId(`tab-${tab}`).addEventListener("keydown", (event) => {
    if (["ArrowLeft", "ArrowRight"].includes(event.key)) byId(tab === "tasks" ? "tab-discrepancies" : "tab-tasks").focus();
  });
}
byId("show-keys").addEventListener("click", () => byId("keys").showModal());
byId("sign-out").addEventListener("click", () =>
  told(async () => {
    await signOut();
    outside(say("signed_out"));
  }),
);
document.addEventListener("session-over", () => person() !== null && outside(say("session_over")));
onOtherTab(() => person() !== null && outside(say("other_tab")));

listen(
  {
    Enter: inside(() => told(() => pane.goOn())),
    j: inside(() => move(1)),
    k: inside(() => move(-1)),
    ArrowDown: inList(() => move(1)),
    ArrowUp: inList(() => move(-1)),
    c: inside(() => pane.sheet?.copyNext()),
    x: inside(() => pane.sheet?.clear()),
    m: inside(() => told(() => pane.changeMode())),
    "/": inside(() => byId("filter").focus()),
    s: inside(() => byId("state").focus()),
    "[": inside(() => told(() => list.turn(-1))),
    "]": inside(() => told(() => list.turn(1))),
    1: inside(() => told(() => show("tasks"))),
    2: inside(() => told(() => show("discrepancies"))),
    "?": () => byId("keys").showModal(),
  },
  leave,
);

if (person() === null) outside("");
else told(begin);
