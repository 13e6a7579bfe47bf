// What is typed into the registry's screen? Each field's exact text, in the screen's order, with a mark once it is copied.

import { button, element, tell } from "./elements.js";
import { LANGUAGE, languageOf, say } from "./words.js";

/** The fields of one task as they are copied, or compared by the second person, one after the other. */
export class Sheet {
  /** `begin` makes the task this person's before the first field is copied: false when it is somebody else's. */
  constructor(task, begin) {
    this.begin = begin;
    this.last = Promise.resolve(); // What was pressed is done one after the other, however quickly it was pressed.
    this.fields = task.fields;
    this.compares = task.status === "prepared";
    this.marked = new Set();
    const unseen = this.fields.every(({ verified }) => !verified);
    this.hint = unseen ? element("p", { class: "quiet" }, say("all_unverified")) : null; // Once, not at every field.
    this.node = element("ol", { class: "sheet-fields" }, ...this.fields.map((field) => this.#shown(field)));
  }

  /** How many fields are not marked yet. */
  get left() {
    return this.fields.length - this.marked.size;
  }

  /** Copy the first field that is not marked. */
  copyNext() {
    return this.#inTurn(async () => {
      const field = this.fields.find(({ key }) => !this.marked.has(key));
      if (field === undefined) tell(say(this.fields.length === 0 ? "no_fields" : "all_copied"));
      else await this.#copy(field);
    });
  }

  /** Take all marks away, to begin anew. */
  clear() {
    this.marked.clear();
    for (const field of this.fields) this.#mark(field);
  }

  #inTurn(act) {
    this.last = this.last.then(act);
    return this.last;
  }

  async #copy(field) {
    if (!(await this.begin())) return;
    if (!(await written(field.copy))) {
      tell(say("copy_failed"));
      getSelection().selectAllChildren(this.#part(field, ".copy-text"));
      return;
    }
    this.marked.add(field.key);
    this.#mark(field);
    this.#row(field).focus(); // Where the eye is: the browser brings it into view.
    tell(say("told_copied", { label: label(field), done: this.marked.size, all: this.fields.length }));
  }

  #mark(field) {
    const marked = this.marked.has(field.key);
    this.#part(field, ".done-mark").textContent = marked ? `✓ ${say(this.compares ? "compared" : "copied")}` : "";
    this.#row(field).classList.toggle("marked", marked);
  }

  #part(field, part) {
    return this.#row(field).querySelector(part);
  }

  #row(field) {
    return this.node.querySelector(`[data-key="${CSS.escape(field.key)}"]`);
  }

  #shown(field) {
    const [own, other, otherLanguage] =
      LANGUAGE === "ja" ? [field.label_ja, field.label_en, "en"] : [field.label_en, field.label_ja, "ja"];
    const counted = field.longest === null ? "characters" : "characters_of";
    return element(
      "li",
      { "data-key": field.key, tabindex: "-1" },
      element(
        "div",
        { class: "field-head" },
        element("b", {}, own),
        " ",
        element("small", { lang: otherLanguage }, other),
        element("small", {}, say(counted, field)),
        field.verified || this.hint ? null : element("small", {}, say("unverified")),
        element(
          "span",
          { class: "field-done" },
          element("span", { class: "done-mark" }),
          button(say("copy"), () => this.#inTurn(() => this.#copy(field)), { "aria-label": `${say("copy")} ${label(field)}` }),
        ),
      ),
      element("pre", { class: "copy-text", lang: languageOf(field.copy) }, field.copy),
    );
  }
}

function label(field) {
  return LANGUAGE === "ja" ? field.label_ja : field.label_en;
}

/** Whether the clipboard has the text now. Without a secure connection browsers only know the old way. */
async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const carrier = element("textarea", { class: "carrier", "aria-hidden": "true" });
    carrier.value = text;
    document.body.append(carrier);
    carrier.select();
    const done = document.execCommand("copy");
    carrier.remove();
    before?.focus();
    return done;
  }
}
