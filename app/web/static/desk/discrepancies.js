// What is a discrepancy on this page? Its row, both sides' words, and what a person may do about it.

import { ask } from "./api.js";
import { element, fact, quoted } from "./elements.js";
import { nameOf, standing } from "./person.js";
import { nextOfDiscrepancy } from "./steps.js";
import { say, sayOf, written } from "./words.js";

export const path = () => "v1/discrepancies";

export function states() {
  return [
    ...["open", "proposed", "resolved"].map((status) => [status, sayOf("discrepancy", status)]),
    ["every", say("state_every")],
  ];
}

export function asked(state) {
  return state === "every" ? {} : { status: state };
}

export function next(found) {
  return nextOfDiscrepancy(found, standing());
}

export function title(found) {
  return `${sayOf("kind", found.kind)} ${found.serials}`;
}

export function row(found) {
  return [
    element(
      "span",
      { class: "row-first" },
      element("b", {}, sayOf("kind", found.kind)),
      " ",
      element("span", { class: "row-amount" }, String(found.quantity)),
    ),
    element(
      "span",
      { class: "row-second" },
      found.at_risk ? element("strong", {}, `${say("at_risk")} `) : null,
      `${say("age_days", { days: found.age_days })} · ${say("owner")} `,
      ...person(found.owner_id),
      ` · ${sayOf("cause", found.cause)}`,
    ),
  ];
}

export function facts(found) {
  return [
    fact(say("state"), sayOf("discrepancy", found.status)),
    fact(say("owner"), ...person(found.owner_id)),
    fact(say("age"), `${say("age_days", { days: found.age_days })} (${written(found.opened_at)})`),
    fact(say("likely_cause"), sayOf("cause", found.cause)),
    fact(say("span"), element("span", { class: "code" }, found.serials)),
    ...(found.action ? [fact(say("action"), sayOf("action", found.action))] : []),
    ...(found.note ? [fact(say("proposed_note"), quoted("span", found.note))] : []),
  ];
}

/** Both sides' words, whatever they hold. */
export function sides(found) {
  return [
    [say("ours"), found.ours],
    [say("theirs"), found.theirs],
  ];
}

export function fieldsOf(step, found) {
  const note = { name: "note", label: say("note"), given: { maxlength: "1000" } };
  if (step.form === "action") {
    const options = found.actions.map((action) => [action, sayOf("action", action)]);
    return [{ name: "action", label: say("action"), type: "select", options }, note];
  }
  const answers = [
    ["yes", say("agree_yes")],
    ["no", say("agree_no")],
  ];
  return [{ name: "agreed", label: say("agree"), type: "select", options: answers }, note];
}

/** Tell the API. Throws Refused. */
export async function send(step, found, etag, values) {
  const body = step.body ?? (step.form === "decision" ? { ...values, agreed: values.agreed === "yes" } : values);
  await ask("POST", `${path()}/${found.id}/${step.verb}`, { body, etag });
  return [];
}

function person(memberId) {
  if (memberId === null) return [say("nobody")];
  if (memberId === standing().id) return [say("by_you")];
  const name = nameOf(memberId);
  return [name === undefined ? say("by_colleague") : quoted("span", name)];
}
