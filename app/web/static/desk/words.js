// What does the desk say? The page's own phrases, in the page's language, and how days are written in it.

export const LANGUAGE = document.documentElement.lang;

const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff]/;
const spoken = new Map(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")].map((each) => [
    each.dataset.word,
    each.textContent,
  ]),
);
const moments = new Intl.DateTimeFormat(LANGUAGE === "ja" ? "ja-JP" : "en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "Asia/Tokyo", // Cut-offs are the registry's, whose clock is Japan's.
});
const japaneseDays = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }); // Writes 2026-11-30.

/** The phrase with its facts put in. */
export function say(name, facts = {}) {
  const text = spoken.get(name);
  if (text === undefined) throw new Error(`no phrase is called ${name}`);
  return text.replace(/\{(\w+)\}/g, (_, fact) => String(facts[fact]));
}

/** The phrase for a code of the API; a code that is newer than this page stands for itself. */
export function sayOf(kind, code) {
  return spoken.get(`${kind}_${code}`) ?? code;
}

/** Whether the page has words of its own for this. */
export function hasWord(name) {
  return spoken.has(name);
}

/** A moment as it is written, by Japan's clock. */
export function written(moment) {
  return moments.format(new Date(moment));
}

/** Today in Japan, as a date field takes it. */
export function today() {
  return japaneseDays.format(new Date());
}

/** The language that a text of others needs to be read in; null where it is the page's. */
export function languageOf(text) {
  return LANGUAGE !== "ja" && JAPANESE.test(text) ? "ja" : null;
}
