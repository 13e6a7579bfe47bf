// How does something come onto the page? As elements whose text is text: no markup is ever made of what others wrote.

import { languageOf } from "./words.js";

/** An element with these attributes (null: leave out) and children; strings become text. */
export function element(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** What somebody else wrote, in the language that it is in. */
export function quoted(tag, text, given = {}) {
  return element(tag, { ...given, lang: languageOf(text) }, text);
}

/** A button that does this when it is pressed. */
export function button(label, act, given = {}) {
  const made = element("button", { type: "button", ...given }, label);
  made.addEventListener("click", act);
  return made;
}

/** A pair of a list of facts. */
export function fact(label, ...values) {
  return element("div", {}, element("dt", {}, label), element("dd", {}, ...values));
}

/** The page's own element. */
export function byId(id) {
  return document.getElementById(id);
}

/** Tell everybody, those too who hear the page: results politely, problems at once. */
export function tell(text) {
  byId("problem").hidden = true;
  byId("told").textContent = text;
}

/** A problem that belongs to no field. */
export function tellProblem(text) {
  byId("told").textContent = "";
  byId("problem").hidden = false;
  byId("problem").textContent = text;
}
