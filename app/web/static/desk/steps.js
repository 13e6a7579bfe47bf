// What comes next, for this person and this state? Decides only: one step, or the reason why there is none.

const PRESS = (verb, body) => ({ verb, form: "press", body });
const FORM = (verb, form) => ({ verb, form });
const NONE = (why) => ({ verb: null, form: "none", why });

const BY_NOTICE = {
  none: () => FORM("notice", "file"),
  to_type: () => FORM("notice-facts", "facts"),
  typed_once: (typed) => (typed ? NONE("colleague_types") : FORM("notice-facts", "facts")),
  typed_differently: () => FORM("notice-facts", "facts"),
  differs: () => FORM("correct-record", "record"),
  agreed: () => NONE("waits_for_operator"),
  made_up: () => NONE("waits_for_operator"),
};

/** The next step of a task. `typed`: this person has typed the notice at hand already. */
export function nextOfTask(task, who, typed) {
  if (task.status === "canceled") return NONE("canceled");
  if (task.status === "confirmed") return NONE("done");
  if (!who.mayWork) return NONE("reads_only");
  if (who.operator) return operatorsNext(task);
  if (isClaimed(task) && task.claimed_by !== who.id) return NONE("claimed");
  if (task.status === "open") return PRESS("prepare");
  if (task.status === "prepared") return task.maker_id === who.id ? NONE("second_person") : PRESS("check");
  if (task.status === "checked") return FORM("execute", "record");
  return BY_NOTICE[task.notice_state](typed);
}

/** Whether somebody is at work on it now. */
export function isClaimed(task) {
  return task.claimed_until !== null && Date.parse(task.claimed_until) > Date.now();
}

function operatorsNext(task) {
  if (task.status !== "executed") return NONE("waits_for_provider");
  if (["agreed", "made_up"].includes(task.notice_state)) return PRESS("confirm", {});
  return task.notice_state === "differs" ? FORM("return-notice", "note") : NONE("waits_for_notice");
}

/** The next step of a discrepancy: somebody takes it on, says what to do, and a second person decides. */
export function nextOfDiscrepancy(found, who) {
  if (found.status === "resolved") return NONE("resolved");
  if (!who.mayWork) return NONE("reads_only");
  if (found.status === "proposed") {
    return found.proposed_by === who.id ? NONE("other_decides") : FORM("decide", "decision");
  }
  return found.owner_id === who.id ? FORM("resolve", "action") : PRESS("take", {});
}
