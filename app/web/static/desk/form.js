// How does a person say something? In fields with their labels, each with a place for what is wrong with it.

import { byId, element } from "./elements.js";
import { say } from "./words.js";

/** A form of these fields. `send` gets the values by name; what it throws is the caller's to show. */
export class Form {
  /** A field: `name`, `label`, and as needed `type`, `value`, `options` ([value, label]), `hint`, `given` (attributes). */
  constructor(fields, submitLabel, send, form = element("form", { novalidate: true })) {
    this.fields = fields;
    this.form = form;
    form.replaceChildren(
      ...fields.map((field) => this.#shown(field)),
      element("button", { class: "primary", id: `send-${fields[0].name}` }, submitLabel, " ", element("kbd", {}, "Enter")),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      if (this.#isComplete()) send(this.values());
    };
    form.onkeydown = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
    };
  }

  /** What is typed now; a file as the file itself. */
  values() {
    return Object.fromEntries(
      this.fields.map(({ name, type }) => [name, type === "file" ? this.input(name).files[0] : this.input(name).value.trim()]),
    );
  }

  input(name) {
    return this.form.elements.namedItem(name);
  }

  focus() {
    this.input(this.fields[0].name).focus();
  }

  /** Say at each field what is wrong with it, and go to the first. Returns what belongs to no field of this form. */
  problems(errors) {
    for (const { name } of this.fields) this.#mark(name, "");
    const names = errors.map(({ pointer }) => pointer.replace(/^[/?]/, "").split("/")[0]);
    const known = names.map((name) => this.fields.some((field) => field.name === name));
    errors.forEach((error, at) => known[at] && this.#mark(names[at], error.told));
    const first = names.find((_, at) => known[at]);
    if (first !== undefined) this.input(first).focus();
    return errors.filter((_, at) => !known[at]);
  }

  #isComplete() {
    const missing = this.fields.filter(({ name }) => !this.values()[name]);
    this.problems(missing.map(({ name }) => ({ pointer: `/${name}`, told: say("problem_required") })));
    return missing.length === 0;
  }

  #mark(name, told) {
    const place = byId(`problem-${name}`) ?? this.form.querySelector(`#problem-${name}`);
    place.textContent = told;
    place.hidden = told === "";
    if (told) this.input(name).setAttribute("aria-invalid", "true");
    else this.input(name).removeAttribute("aria-invalid");
  }

  #shown({ name, label, type = "text", value = "", options = [], hint = "", given = {} }) {
    const described = [hint && `hint-${name}`, `problem-${name}`].filter(Boolean).join(" ");
    const attributes = { id: `field-${name}`, name, "aria-describedby": described, required: true, ...given };
    let input;
    if (type === "select") {
      input = element("select", attributes, ...options.map(([code, text]) => element("option", { value: code }, text)));
    } else if (type === "lines") {
      input = element("textarea", { ...attributes, rows: "3", spellcheck: "false" });
    } else {
      input = element("input", { ...attributes, type, autocomplete: given.autocomplete ?? "off" });
    }
    if (value) input.value = value;
    return element(
      "div",
      { class: "asked" },
      element("label", { for: `field-${name}` }, label),
      hint ? element("p", { class: "quiet", id: `hint-${name}` }, hint) : null,
      input,
      element("p", { class: "problem", id: `problem-${name}`, role: "alert", hidden: true }),
    );
  }
}
