// What is open beside the list? One task or discrepancy, with its next step as the one primary button.

import { ask } from "./api.js";
import { byId, button, element, quoted, tell } from "./elements.js";
import { Form } from "./form.js";
import { Sheet } from "./sheet.js";
import * as tasks from "./tasks.js";
import { say, sayOf } from "./words.js";

const CAREFUL = { prepare: "not_all_copied", check: "not_all_compared" };

/** The part on the right. `done(kind, item, verb)` is called when a step was taken, `changed(item)` when it was claimed. */
export class Pane {
  constructor(done, changed) {
    this.done = done;
    this.changed = changed;
    this.asked = 0;
    this.node = byId("open-one");
    this.close();
  }

  /** Nothing is open. */
  close() {
    this.asked += 1; // What is still on its way is not wanted any more.
    this.item = null;
    this.sheet = null;
    this.form = null;
    this.node.replaceChildren(element("p", { class: "none" }, say("nothing_open")));
  }

  /** Show the item as it is now, and go to it. Throws Refused. */
  async open(kind, id) {
    if (!(await this.#fetch(kind, id))) return;
    this.#show();
    this.focus();
    tell(say("opened", { title: kind.title(this.item), step: this.#stepSaid() }));
  }

  /** Go to where the next step begins: a field to type in, or the heading. */
  focus() {
    if (this.form !== null && this.step.form !== "file") this.form.focus();
    else this.node.querySelector("h2")?.focus();
  }

  /** Leave what is typed in, but stay at the item. */
  rest() {
    this.node.querySelector("h2")?.focus();
  }

  /** Take the next step, or say why there is none. */
  async goOn() {
    if (this.item === null || this.busy) return;
    if (this.step.form === "none") {
      tell(say(`why_${this.step.why}`));
    } else if (this.form === null) {
      if (this.#isHeedless()) return;
      await this.#take({});
    } else if (this.step.form === "file" && this.form.values().file === undefined) {
      this.form.input("file").click(); // The system's own dialog.
    } else {
      this.form.form.requestSubmit();
    }
  }

  /** Name credits the other way. */
  async changeMode() {
    if (this.item === null || this.kind !== tasks || !tasks.mayChangeMode(this.item)) return;
    const { kind, item, etag } = this;
    await this.#guarded(async () => {
      await tasks.changeMode(item, etag);
      await this.#fetch(kind, item.id);
      this.#show();
      this.focus();
      tell(`${say("told_mode")} ${sayOf("mode", this.item.mode)}`);
    });
  }

  /** Make a task this person's before it is typed; false when it is somebody else's, which is told. */
  async #claim() {
    const { item, etag, step } = this;
    if (!tasks.isToClaim(item, step)) return true;
    let isOurs = false;
    await this.#guarded(async () => {
      const answer = await tasks.claim(item, etag);
      if (this.item !== item) return; // Another one was opened meanwhile.
      Object.assign(this, { item: answer.told, etag: answer.etag });
      this.changed(this.item);
      isOurs = true;
    });
    return isOurs;
  }

  /** Whether this is still what is wanted when it has come: who goes on quickly gets the last one. */
  async #fetch(kind, id) {
    this.asked += 1;
    const mine = this.asked;
    const { told, etag } = await ask("GET", `${kind.path()}/${id}`);
    const differences = kind === tasks ? await tasks.differences(told) : [];
    if (mine !== this.asked) return false;
    Object.assign(this, { kind, item: told, etag, differences, warned: false });
    return true;
  }

  #show() {
    const { kind, item } = this;
    this.step = kind.next(item);
    const hasSheet = kind === tasks && item.fields.length > 0 && this.step.form !== "facts"; // A notice is typed blind.
    this.sheet = hasSheet ? new Sheet(item, () => this.#claim()) : null;
    this.node.replaceChildren(
      quoted("h2", kind.title(item), { tabindex: "-1" }),
      element("dl", { class: "facts" }, ...kind.facts(item)),
      this.#stepPart(),
      ...this.#body(),
    );
  }

  #body() {
    if (this.kind !== tasks) return this.kind.sides(this.item).map(([name, told]) => side(name, told));
    if (this.sheet === null) return [];
    return [element("h3", {}, say("sheet")), this.sheet.hint ?? "", this.sheet.node];
  }

  #stepPart() {
    const { kind, item, step } = this;
    this.form = null;
    const problem = element("p", { class: "problem", id: "step-problem", role: "alert", hidden: true });
    const part = element("section", { class: "step", "aria-label": say("next_step") });
    const label = step.verb === null ? "" : sayOf("step", step.verb);
    if (step.form === "none") {
      part.append(element("p", { class: "why" }, say(`why_${step.why}`)));
    } else if (step.form === "press") {
      part.append(button(label, () => this.goOn(), { class: "primary", id: "primary", "aria-keyshortcuts": "Enter" }));
      part.firstChild.append(" ", element("kbd", {}, "Enter"));
    } else {
      this.form = new Form(kind.fieldsOf(step, item), label, (values) => this.#take(values));
      part.append(this.form.form);
    }
    if (kind === tasks && tasks.mayChangeMode(item)) {
      const other = button(say(`mode_to_${tasks.otherMode(item)}`), () => this.changeMode(), { "aria-keyshortcuts": "m" });
      other.append(" ", element("kbd", {}, "m"));
      part.append(other);
    }
    part.append(problem, ...this.#differing());
    return part;
  }

  #differing() {
    if (this.differences.length === 0) return [];
    const head = element("tr", {}, ...["differences", "asked_for", "said_by_notice"].map((each) => element("th", { scope: "col" }, say(each))));
    const rows = this.differences.map((each) => element("tr", {}, ...tasks.differenceShown(each).map((cell) => element("td", {}, cell))));
    return [element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))];
  }

  #isHeedless() {
    const words = CAREFUL[this.step.verb];
    if (words === undefined || this.sheet === null || this.sheet.left === 0 || this.warned) return false;
    this.warned = true;
    this.#problem(say(words, { left: this.sheet.left, all: this.sheet.fields.length }));
    return true;
  }

  async #take(values) {
    const { kind, item, etag, step } = this;
    await this.#guarded(async () => {
      const wrong = await kind.send(step, item, etag, values);
      if (wrong.length > 0) {
        byId("told").textContent = "";
        await this.#fetch(kind, item.id); // The form stays, with what was typed.
        this.form.problems(wrong);
        return;
      }
      await this.#fetch(kind, item.id);
      this.#show();
      tell(sayOf("told", step.verb));
      await this.done(kind, this.item, step.verb);
    });
  }

  /** One thing at a time; a refusal is told at its place, and what somebody else changed is shown. */
  async #guarded(act) {
    if (this.busy) return;
    this.busy = true;
    this.node.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      if (refused.status !== 401) await this.#refuse(refused);
    } finally {
      this.busy = false;
      this.node.removeAttribute("aria-busy");
    }
  }

  async #refuse(refused) {
    byId("told").textContent = "";
    if ([409, 412].includes(refused.status)) {
      await this.#fetch(this.kind, this.item.id).catch(() => undefined);
      this.#show();
      this.changed(this.item);
      this.rest();
    }
    const errors = refused.errors.map((each) => ({
      pointer: each.pointer,
      told: sayOf("problem", each.code) === each.code ? each.detail : sayOf("problem", each.code),
    }));
    const homeless = this.form === null ? errors : this.form.problems(errors);
    if (errors.length === 0 || homeless.length > 0) {
      this.#problem([refused.told, ...homeless.map(({ told }) => told)].join(" "));
    }
  }

  #problem(text) {
    const place = byId("step-problem");
    place.hidden = false;
    place.textContent = text;
    byId("told").textContent = "";
  }

  #stepSaid() {
    return this.step.verb === null ? say(`why_${this.step.why}`) : sayOf("step", this.step.verb);
  }
}

function side(name, told) {
  const facts = Object.entries(told).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return element("div", {}, element("dt", { class: "code" }, key), quoted("dd", text, { class: "code" }));
  });
  return element("section", { class: "side" }, element("h3", {}, name), element("dl", { class: "facts" }, ...facts));
}
