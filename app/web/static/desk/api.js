// How is the desk's API asked? By the session's cookie, which no script can read; a refusal keeps what it says of fields.

import { LANGUAGE, hasWord, say } from "./words.js";

const ROOT = new URL("../../", import.meta.url); // The desk may stand under a mount.

/** An answer that is no success. `errors` point at fields; `status` 0: no answer came. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title ?? "");
    this.status = status;
    this.code = problem.code ?? "unreachable";
    this.errors = problem.errors ?? [];
    this.detail = problem.detail ?? "";
    this.requestId = problem.request_id ?? "";
  }

  /** What a person is told: in the page's own words where it has them. */
  get told() {
    if (hasWord(`problem_${this.code}`)) return say(`problem_${this.code}`);
    const detail = LANGUAGE === "ja" ? "" : ` ${this.detail}`; // Details are in English.
    const asked = this.status >= 500 && this.requestId ? ` ${say("request_id", { id: this.requestId })}` : "";
    return `${this.message}${LANGUAGE === "ja" || !this.message ? "" : "."}${detail}${asked}`.trim();
  }
}

/** What the API answers, and its ETag. Throws Refused. A 401 is told to the page, which asks for a sign-in. */
export async function ask(method, path, { body, file, etag } = {}) {
  const headers = { "Accept-Language": LANGUAGE };
  if (etag) headers["If-Match"] = etag;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (file) headers["Content-Type"] = file.type || "application/octet-stream";
  let answer;
  try {
    answer = await fetch(new URL(path, ROOT), {
      method,
      headers,
      body: file ?? (body === undefined ? undefined : JSON.stringify(body)),
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw new Refused(0, {});
  }
  const told = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (answer.ok) return { told, etag: answer.headers.get("ETag") };
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-over"));
  throw new Refused(answer.status, told);
}
