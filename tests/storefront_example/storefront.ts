/**
 * A storefront of a customer, on its own origin, without a framework: find credits, ask for a quote, sign in or up,
 * order, watch the order until its certificate is there. Every type is made from the document that the desk serves.
 */
import createClient from "openapi-fetch";
import type { components, paths } from "./build/api";
import { at, both, element, type Field, input, moment, money, onSubmit, reveal, select, show, unreachable } from "./page";

type Schemas = components["schemas"];

const config: { desk: string; publishable_key: string } = await (await fetch("config.json")).json();
const PAGE = 12;
const REFRESH_BEFORE_MS = 60_000;
const LOOK_AGAIN_MS = 500;
const STATES: Record<string, [ja: string, en: string]> = {
  awaiting_payment: ["お支払い待ち", "Waiting for your payment"],
  paid: ["ご入金済み", "Paid"],
  fulfilled: ["クレジットをお渡しし、無効化の手続き中です", "Delivered; the retirement is on its way"],
  short: ["ご入金済み（担当者が確認しています）", "Paid; a person looks at it"],
  canceled: ["取消し", "Canceled"],
  expired: ["期限切れ", "Expired"],
  certified: ["無効化が完了し、証明書が発行されました", "Retired and certified"],
};

let wanted: NonNullable<paths["/v1/listings"]["get"]["parameters"]["query"]> = {};
let listing: Schemas["ListingOut"] | undefined;
let quote: Schemas["QuoteOut"] | undefined;
let session: Schemas["TokensOut"] | undefined;
let refreshing: Promise<void> | undefined;
let sent: { text: string; key: string } | undefined;

/** Anybody's view, with the key that may be seen, and the signed-in buyer's, with a token that lives for minutes. */
const shop = clientWith(async () => config.publishable_key);
const buyer = clientWith(async () => {
  if (session && Date.parse(session.expires_at) - Date.now() < REFRESH_BEFORE_MS) {
    // A refresh token is good once, and ends the session when it comes twice: all who need it wait for one answer.
    refreshing ??= refresh(session.refresh_token).finally(() => (refreshing = undefined));
    await refreshing;
  }
  return session?.access_token ?? config.publishable_key;
});

async function refresh(refresh_token: string) {
  const { data } = await shop.POST("/v1/storefront-tokens/refresh", { body: { refresh_token } });
  session = data;
  if (!data) reveal("entering");
}

function clientWith(key: () => Promise<string>) {
  const made = createClient<paths>({ baseUrl: config.desk });
  made.use({
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await key()}`);
      request.headers.set("Accept-Language", document.documentElement.lang);
      return request;
    },
  });
  return made;
}

async function begin() {
  const { data, error } = await shop.GET("/v1/storefront");
  if (error) return error;
  const { branding } = data;
  const [ja, en] = [branding.display_name_ja ?? branding.display_name_en, branding.display_name_en ?? branding.display_name_ja];
  document.title = [...new Set([ja, en])].join(" – ");
  at("brand").replaceChildren(...both(ja ?? "", en ?? ""));
  if (branding.colour) document.documentElement.style.setProperty("--brand", branding.colour);
  const links = [link(branding.terms_url, "利用規約", "Terms"), link(branding.privacy_url, "個人情報の取扱い", "Privacy"),
    link(branding.commerce_url, "特定商取引法に基づく表記", "Legal notice"),
    link(branding.support_email && `mailto:${branding.support_email}`, "お問い合わせ", "Contact")];
  at("support").replaceChildren(...links.flat());
  const { data: purposes } = await shop.GET("/v1/purposes");
  const simple = purposes?.data.filter((purpose) => !purpose.needs_fiscal_year) ?? [];
  for (const { code, ja, en } of simple) select("/retire/purpose").add(new Option(`${ja} / ${en}`, code));
  select("/retire/purpose").value = "OFFSET";
  return find(() => "");
}

function link(href: string | null | undefined, ja: string, en: string) {
  return href ? [Object.assign(element("a", ...both(ja, en)), { href })] : [];
}

async function find(field: Field) {
  const [region, methodology] = [field("?region"), field("?methodology")];
  wanted = { limit: PAGE, ...(region && { region }), ...(methodology && { methodology }) };
  at("listings").replaceChildren();
  return more();
}

/** The next page of what was looked for, below what is shown. */
async function more() {
  const { data, error } = await shop.GET("/v1/listings", { params: { query: wanted } });
  if (error) return error;
  at("listings").append(...data.data.map(card));
  const [count, plus] = [at("listings").children.length, data.has_more];
  at("count").replaceChildren(...both(`${count} 件${plus ? "以上" : ""}`, `${count}${plus ? "+" : ""} found`));
  at("more").hidden = !data.next_cursor;
  if (data.next_cursor) wanted = { ...wanted, cursor: data.next_cursor };
  return undefined;
}

function card(found: Schemas["ListingOut"]) {
  const { project, vintage } = found;
  const choose = element("button", ...both("選ぶ", "Choose"));
  choose.addEventListener("click", () => {
    listing = found;
    at("chosen").textContent = `${found.provider.name} ・ ${project.operator_name}`;
    input("/lines/0/quantity").value = String(found.min_quantity);
    reveal("quoting");
  });
  const title = element("h3", project.operator_name);
  title.lang = "ja";
  return element(
    "li", title,
    element("p", `${project.location} ・ ${project.methodology_codes.join(", ")}`),
    element("p", `${found.provider.name} ・ ${vintage.from} – ${vintage.to}`),
    element("p", ...both(`${money(found.price_with_tax)}（税込）／${found.unit}`, `${money(found.price_with_tax)} with tax per ${found.unit}`)),
    element("p", ...both(`残り ${found.available} ${found.unit}`, `${found.available} ${found.unit} left`)), choose,
  );
}

async function ask(field: Field) {
  if (!listing) return undefined;
  const lines = [{ listing_id: listing.id, quantity: Number(field("/lines/0/quantity")) }];
  const { data, error } = await shop.POST("/v1/quotes", { body: { lines } });
  if (error) return error;
  quote = data;
  const until = moment(data.expires_at);
  at("quoted").replaceChildren(...both(`合計 ${money(data.total)}（税込）、${until}まで有効`, `${money(data.total)} with tax, valid until ${until}`));
  reveal(session ? "ordering" : "entering");
  return undefined;
}

async function signUp(field: Field) {
  const member = { email: field("/member/email"), name: field("/member/name"), password: field("/member/password") };
  const { error } = await shop.POST("/v1/organisations", { body: { kind: "buyer", name: field("/name"), member } });
  return error ?? enter(member.email, member.password);
}

async function enter(email: string, password: string) {
  const { data, error } = await shop.POST("/v1/storefront-tokens", { body: { email, password } });
  if (error) return error;
  session = data;
  at("entering").hidden = true;
  at("buyer").textContent = data.organisation.name;
  input("/retire/beneficiary_name").value = data.organisation.name;
  reveal("ordering");
  return undefined;
}

async function leave() {
  await buyer.DELETE("/v1/storefront-tokens");
  session = undefined;
  at("ordering").hidden = true;
  reveal("entering");
  return undefined;
}

async function place(field: Field) {
  if (!quote) return undefined;
  const retire = {
    beneficiary_name: field("/retire/beneficiary_name"),
    purpose: field("/retire/purpose"),
    purpose_detail: field("/retire/purpose_detail"),
  };
  const body = { quote_id: quote.id, retire };
  const { data, error } = await buyer.POST("/v1/orders", { params: { header: { "Idempotency-Key": keyOf(body) } }, body });
  if (error) return error;
  at("order-id").textContent = data.id;
  at("order-total").textContent = money(data.total);
  at("order-reference").textContent = data.payment.reference;
  at("order-deadline").textContent = moment(data.deadline);
  at("ordering").hidden = true;
  reveal("ordered");
  void watch(data.id).catch(unreachable);
  return undefined;
}

/** One key for one wish: sent again after a lost answer, it brings the order that was placed; a changed wish is another. */
function keyOf(wish: unknown) {
  const text = JSON.stringify(wish);
  if (sent?.text !== text) sent = { text, key: crypto.randomUUID() };
  return sent.key;
}

/** Look again and again until nothing more can happen: the certificate is there, or the order is over. */
async function watch(order_id: string) {
  let told = "";
  for (let over = false; !over; await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))) {
    const { data: order, response } = await buyer.GET("/v1/orders/{order_id}", { params: { path: { order_id } } });
    const numbers = order?.status === "fulfilled" ? await certificatesOf(order_id) : [];
    const state = numbers.length > 0 ? "certified" : order?.status;
    if (state && state !== told) at("order-state").replaceChildren(...both(...(STATES[state] ?? [state, state])));
    told = state ?? told;
    at("order-certificates").replaceChildren(...numbers);
    over = state === "certified" || state === "canceled" || state === "expired" || response.status === 401;
  }
}

async function certificatesOf(order_id: string) {
  const { data: retirements } = await buyer.GET("/v1/retirements", { params: { query: { limit: 100 } } });
  const { data: certificates } = await buyer.GET("/v1/certificates", { params: { query: { limit: 100 } } });
  const ours = new Set(retirements?.data.filter((each) => each.order_id === order_id).map((each) => each.id));
  const issued = certificates?.data.filter((each) => ours.has(each.retirement_id)) ?? [];
  return issued.map((each) => Object.assign(element("a", each.number), { href: each.verify_url }));
}

at("languages").addEventListener("click", ({ target }) => {
  document.documentElement.lang = (target as Element).closest("button")?.value ?? document.documentElement.lang;
});
onSubmit("find", find);
onSubmit("more", more);
onSubmit("quote", ask);
onSubmit("sign-in", (field) => enter(field("/email"), field("/password")));
onSubmit("sign-up", signUp);
onSubmit("sign-out", leave);
onSubmit("order", place);
await begin().then((refusal) => refusal && show(refusal), unreachable);
