// What is a registry task on this page? Its row, its sheet, its next step, and what the API is told.

import { ask } from "./api.js";
import { element, fact, quoted } from "./elements.js";
import { nameOf, standing } from "./person.js";
import { isClaimed, nextOfTask } from "./steps.js";
import { languageOf, say, sayOf, today, written } from "./words.js";

const STATUSES = ["open", "prepared", "checked", "executed", "confirmed", "canceled"];
const SPAN = /^(\S+)(?:\s*[~～〜]\s*|\s+[-－–]\s+)(\S+)$/;
const typed = new Map(); // Which notice was typed, by person and task: two people may share a window.

export const path = () => `${standing().root}/registry-tasks`;

/** What may be chosen, first what is shown at first. */
export function states() {
  return [
    ["unfinished", say("state_unfinished")],
    ...STATUSES.map((status) => [status, sayOf("status", status)]),
    ["every", say("state_every")],
  ];
}

/** What is due first stands first. */
export function asked(state) {
  const bounds = { unfinished: { unfinished: "true" }, every: {} }[state] ?? { status: state };
  return { sort: "due_at", ...bounds };
}

export function next(task) {
  return nextOfTask(task, standing(), typed.get(typing(task)) === task.notice_sha256);
}

export function title(task) {
  return task.sheet.beneficiary_name;
}

export function row(task) {
  return [
    element(
      "span",
      { class: "row-first" },
      quoted("b", title(task)),
      " ",
      element("span", { class: "row-amount" }, `${task.sheet.quantity} ${task.sheet.unit}`),
    ),
    element(
      "span",
      { class: "row-second" },
      isLate(task) ? element("strong", {}, `${say("overdue")} `) : null,
      task.due_at ? written(task.due_at) : say("no_due"),
      ` · ${state(task)}`,
      ...(isClaimed(task) ? [` · ${say("at_work")} `, ...by(task.claimed_by)] : []),
    ),
  ];
}

export function facts(task) {
  return [
    fact(say("due"), isLate(task) ? element("strong", {}, `${say("overdue")} `) : "", task.due_at ? written(task.due_at) : say("no_due")),
    fact(say("state"), state(task)),
    fact(say("mode"), sayOf("mode", task.mode)),
    ...(isClaimed(task) ? [fact(say("at_work"), ...by(task.claimed_by), ` → ${written(task.claimed_until)}`)] : []),
    ...(task.maker_id ? [fact(say("prepared_by"), ...by(task.maker_id), ` ${written(task.prepared_at)}`)] : []),
    ...(task.checker_id ? [fact(say("checked_by"), ...by(task.checker_id), ` ${written(task.checked_at)}`)] : []),
    ...(task.registry_transaction
      ? [fact(say("registry_transaction"), element("span", { class: "code" }, task.registry_transaction))]
      : []),
    ...(task.recorded_on ? [fact(say("recorded_on"), task.recorded_on)] : []),
  ];
}

/** The fields of a form that the step needs. */
export function fieldsOf(step, task) {
  const day = { name: "recorded_on", label: say("recorded_on"), hint: say("day_hint"), given: { maxlength: "20", class: "code" } };
  const length = { maxlength: "100", spellcheck: "false", class: "code" };
  if (step.form === "record") {
    return [
      { name: "registry_transaction", label: say("registry_transaction"), value: task.registry_transaction ?? "", given: length },
      { ...day, value: task.recorded_on ?? today() },
    ];
  }
  if (step.form === "file") {
    return [{ name: "file", label: say("notice_file"), type: "file", given: { accept: ".pdf,.png,.jpg,.jpeg" } }];
  }
  if (step.form === "note") return [{ name: "note", label: say("note"), given: { maxlength: "1000" } }];
  return [
    { name: "transaction_no", label: say("transaction_no"), hint: say("blind"), given: length },
    day,
    { name: "quantity", label: `${say("quantity")} (${task.sheet.unit})`, type: "number", given: { min: "1", step: "1" } },
    { name: "serials", label: say("serials"), type: "lines" },
    { name: "beneficiary_name", label: say("beneficiary_name"), given: { maxlength: "1000" } },
    { name: "purpose", label: say("purpose"), given: { maxlength: "1000" } },
  ];
}

/** Tell the API. Returns what is to be said at fields where two people typed different things. Throws Refused. */
export async function send(step, task, etag, values) {
  const at = `${path()}/${task.id}/${step.verb}`;
  if (step.form === "file") {
    const { file } = values;
    await ask("POST", `${at}?filename=${encodeURIComponent(file.name.slice(-200))}`, { file, etag });
    return [];
  }
  if (step.form === "press") {
    await ask("POST", at, { body: step.body, etag });
    return [];
  }
  const recorded_on = values.recorded_on && dayIn(values.recorded_on);
  if (recorded_on === null) return [{ pointer: "/recorded_on", told: say("problem_day") }];
  if (step.form !== "facts") {
    await ask("POST", at, { body: recorded_on ? { ...values, recorded_on } : values, etag });
    return [];
  }
  const serials = spans(values.serials);
  if (serials === null) return [{ pointer: "/serials", told: say("problem_serials") }];
  const { told } = await ask("POST", at, { body: { ...values, recorded_on, quantity: Number(values.quantity), serials }, etag });
  if (told.notice_state !== "typed_differently") {
    typed.set(typing(task), task.notice_sha256);
    return [];
  }
  return told.differences.map(({ field }) => ({ pointer: `/${field}`, told: say("problem_differs") }));
}

/** Choose the other way of naming credits. Throws Refused. */
export async function changeMode(task, etag) {
  await ask("POST", `${path()}/${task.id}/mode`, { body: { mode: otherMode(task) }, etag });
}

/** Whether somebody types or checks this next who has not said so yet: a colleague must not do the same meanwhile. */
export function isToClaim(task, step) {
  return ["prepare", "check"].includes(step.verb) && !(isClaimed(task) && task.claimed_by === standing().id);
}

/** Make the task this person's for a while. Throws Refused. */
export function claim(task, etag) {
  return ask("POST", `${path()}/${task.id}/claim`, { etag });
}

export function otherMode(task) {
  return task.mode === "serial" ? "total" : "serial";
}

/** Whether a mode may still be chosen, by this person. */
export function mayChangeMode(task) {
  const isOthers = isClaimed(task) && task.claimed_by !== standing().id;
  return task.status === "open" && !isOthers && standing().mayWork && !standing().operator;
}

/** Where a notice differs from what was asked for. Throws Refused. */
export async function differences(task) {
  if (task.notice_state !== "differs") return [];
  const { told } = await ask("GET", `${path()}/${task.id}/evidence`);
  return told.readings.at(-1)?.differences ?? [];
}

/** What a difference shows: its field, and both sides' words. */
export function differenceShown({ field, wanted, found }) {
  const shown = (text) => element("span", { class: "code", lang: languageOf(text) }, text);
  return [element("b", {}, say(field)), shown(wanted), shown(found)];
}

/** A day however its year, month and day are parted: in this order alone, for others swap day and month unseen. */
function dayIn(text) {
  const found = /^(\d{4})(?:[-/.]|年)?(\d{1,2})(?:[-/.]|月)?(\d{1,2})日?$/.exec(text.normalize("NFKC").replaceAll(" ", ""));
  return found === null ? null : `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}`;
}

function spans(text) {
  const found = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => SPAN.exec(line) ?? alone(line));
  return found.length === 0 || found.includes(null) ? null : found.map(([, first, last]) => ({ first, last }));
}

function typing(task) {
  return `${standing().id} ${task.id}`;
}

function alone(line) {
  return /^\S+$/.test(line) ? [line, line, line] : null;
}

function by(memberId) {
  if (memberId === standing().id) return [say("by_you")];
  const name = nameOf(memberId);
  return [name === undefined ? say("by_colleague") : quoted("span", name)];
}

function state(task) {
  const status = sayOf("status", task.status);
  return task.status === "executed" ? `${status} · ${sayOf("notice", task.notice_state)}` : status;
}

function isLate(task) {
  return task.due_at !== null && ["open", "prepared", "checked"].includes(task.status) && Date.parse(task.due_at) < Date.now();
}
