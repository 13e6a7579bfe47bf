/**
 * How forms and facts stand on the page, for any storefront.
 *
 * The name of each form field is the JSON pointer of what it becomes, so a refusal shows itself at the field it is about.
 */
import type { components } from "./build/api";

type Schemas = components["schemas"];
/** What a page needs of a problem (RFC 9457), whichever code it has. */
export type Refusal = Pick<Schemas["Problem"], "title" | "detail" | "errors">;
/** The text of the field with this name in the form that was sent. */
export type Field = (pointer: string) => string;

/** Send a form: what is refused shows at its fields, the rest above them, and the reader is led to the first. */
export function onSubmit(id: string, act: (field: Field) => Promise<Refusal | undefined>) {
  const form = at(id) as HTMLFormElement;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    forget(form);
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    const data = new FormData(form);
    await act((pointer) => String(data.get(pointer) ?? "")).then((refusal) => (refusal ? show(refusal) : forgetPasswords(form)), unreachable);
    if (button) button.disabled = false;
  });
}

/** A refusal, at the fields that it is about. */
export function show(refusal: Refusal) {
  const elsewhere = refusal.errors.filter(({ pointer, detail }) => {
    const input = document.getElementsByName(pointer)[0];
    if (!input) return true;
    const told = element("p", detail);
    told.id = `wrong${pointer}`;
    told.className = "wrong";
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told.id);
    input.after(told);
    return false;
  });
  const rest = [refusal.detail, ...elsewhere.map((each) => each.detail)].join(" ");
  at("trouble").replaceChildren(element("strong", refusal.title), element("br"), rest);
  (document.querySelector<HTMLElement>("[aria-invalid]") ?? at("trouble")).focus();
}

function forget(form: HTMLFormElement) {
  at("trouble").replaceChildren();
  form.querySelectorAll(".wrong").forEach((told) => told.remove());
  form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
}

function forgetPasswords(form: HTMLFormElement) {
  form.querySelectorAll<HTMLInputElement>("[type=password]").forEach((each) => (each.value = ""));
}

/** No answer came: no network, or this origin is not one of the storefront's (CORS), which a page is not told apart. */
export function unreachable(why: unknown) {
  console.error(why);
  at("trouble").replaceChildren(...both("接続できませんでした。", "The desk cannot be reached from here."));
}

export function at(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no ${id}.`);
  return found;
}

export function input(pointer: string) {
  return document.getElementsByName(pointer)[0] as HTMLInputElement;
}

export function select(pointer: string) {
  return document.getElementsByName(pointer)[0] as HTMLSelectElement;
}

export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, ...content: (string | Node)[]) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/** Both languages; the style sheet shows the page's. */
export function both(ja: string, en: string) {
  return Object.entries({ ja, en }).map(([lang, text]) => Object.assign(element("span", text), { lang }));
}

/** Show the next step and lead the reader to it. */
export function reveal(id: string) {
  at(id).hidden = false;
  at(id).querySelector<HTMLElement>("input, select, button")?.focus();
}

/** Amounts come in the currency's smallest unit. */
export function money({ amount, currency }: Schemas["MoneyOut"]) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}

/** In the reader's own time zone, as 2026-11-24 12:49: how Swedish writes it, and everybody reads it. */
export function moment(at: string) {
  return new Date(at).toLocaleString("sv", { dateStyle: "short", timeStyle: "short" });
}
