// Who sits at the desk? What the sign-in told of the person. The session itself is in a cookie that no script can read.

import { ask } from "./api.js";

const KEPT = "offsetdesk.person";
const tabs = new BroadcastChannel("offsetdesk.person");
const { writers, releasers } = document.getElementById("desk").dataset;
let names = new Map();

/** Who signed in in this tab; null when nobody did, or the session is over. */
export function person() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return kept !== null && Date.parse(kept.expires_at) > Date.now() ? kept : null;
}

/** Whether the person may change anything, and as whom. */
export function standing() {
  const { member, organisation } = person();
  const operator = organisation.kind === "operator";
  const mayWork = (operator ? releasers : writers).split(" ").includes(member.role);
  return { id: member.id, operator, mayWork, root: operator ? "v1/admin" : "v1" };
}

/** Whether an organisation of this kind has registry tasks at all. */
export function hasDesk() {
  return ["provider", "operator"].includes(person().organisation.kind);
}

/** Throws Refused. Other tabs stop: they would act as somebody whom they do not show. */
export async function signIn(email, password) {
  const { told } = await ask("POST", "v1/sessions", { body: { email, password } });
  sessionStorage.setItem(KEPT, JSON.stringify(told));
  tabs.postMessage("changed");
}

/** The session ends here and at the API. Throws Refused when that did not hear of it. */
export async function signOut() {
  await ask("DELETE", "v1/sessions");
  forget();
  tabs.postMessage("changed");
}

/** This tab knows nobody any more. */
export function forget() {
  sessionStorage.removeItem(KEPT);
  names = new Map();
}

/** Call this when somebody signs in or out in another tab of this browser. */
export function onOtherTab(stop) {
  tabs.addEventListener("message", stop);
}

/** Learn the colleagues' names. A list that cannot be read leaves them unnamed. */
export async function learnNames() {
  let cursor = "";
  do {
    const { told } = await ask("GET", `v1/members?limit=100${cursor}`);
    for (const each of told.data) names.set(each.id, each.name);
    cursor = told.has_more ? `&cursor=${encodeURIComponent(told.next_cursor)}` : "";
  } while (cursor);
}

/** A colleague's name; undefined for somebody of another organisation. */
export function nameOf(memberId) {
  return names.get(memberId);
}
