"""What do the pages say? Every phrase in Japanese and English, side by side, so that none is forgotten."""

from typing import Final

from app.core.http.language import Language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("カーボン・クレジット無効化証明書", "Certificate of carbon credit retirement"),
    "number": ("番号", "No."),
    "language": ("表示言語", "Language"),
    "skip": ("本文へ", "Skip to content"),
    # The state of a certificate.
    "valid": ("有効", "Valid"),
    "valid_means": (
        "このデスクが発行した証明書です。下記のクレジットは登録簿で無効化されています。",
        "Issued by this desk. The credits below are recorded as retired in the registry.",
    ),
    "demonstration": ("見本：何も証明しません", "Demonstration – proves nothing"),
    "demonstration_means": (
        "模擬登録簿による見本です。実在のクレジットは無効化されていません。",
        "A sample made with a simulated registry. No real credit was retired.",
    ),
    "demonstration_mark": ("見本", "DEMONSTRATION"),
    # The facts.
    "quantity": ("無効化した数量", "Quantity retired"),
    "carbon_means": (
        "温室効果ガスの排出削減・吸収の量として発行されたクレジットが、下記の利用者のために無効化されました。",
        "Credits issued for emissions reduced or removed were retired on behalf of the beneficiary below.",
    ),
    "energy_means": (
        "エネルギーの属性について発行された証書が、下記の利用者のために無効化されました。",
        "Certificates issued for attributes of energy were retired on behalf of the beneficiary below.",
    ),
    "who": ("利用者と用途", "For whom and for what"),
    "beneficiary": ("クレジット利用者名", "Beneficiary"),
    "retired_by": ("無効化した口座の名義人", "Retired by (account holder)"),
    "purpose": ("用途", "Purpose"),
    "purpose_detail": ("目的の詳細", "Detail"),
    "also_purpose": ("併せて行う報告", "Also for"),
    "renewable_energy": ("再エネ量", "Renewable energy"),
    "fiscal_year": ("利用年度", "Fiscal year"),
    "credits": ("無効化したクレジット", "Credits retired"),
    "project": ("プロジェクト・方法論", "Project, methodology"),
    "vintage": ("対象期間", "Vintage"),
    "serials": ("シリアル番号", "Serial numbers"),
    "amount": ("数量", "Quantity"),
    "certification_no": ("認証番号", "Certification no."),
    "operated_by": ("実施者", "Operator"),
    # Of energy certificates.
    "source": ("電源", "Source of energy"),
    "plant": ("発電設備", "Plant"),
    "country": ("国", "Country"),
    "commissioned_on": ("運転開始日", "In operation since"),
    "category": ("証書区分", "Kind of certificate"),
    "tracking": ("トラッキング", "Tracking"),
    "consumption_country": ("電力を消費した国", "Country of consumption"),
    "consumption_period": ("電力を消費した期間", "Period of consumption"),
    "record": ("登録簿の記録", "The registry's record"),
    "registry": ("登録簿", "Registry"),
    "registry_home": ("登録簿の公開ページ", "The registry's site"),
    "recorded_on": ("登録簿記録日", "Recorded by registry"),
    "compared_as_of": ("登録簿との突合", "Compared with the registry"),
    "compared_means": (
        "この日の登録簿の明細と一致しています。",
        "As of this day the registry's own statement shows the same.",
    ),
    "not_compared": ("登録簿の明細との突合待ちです。", "Not yet compared with a statement of the registry."),
    "recorded_means": (
        "登録簿に無効化が記録された日。税務上の事業年度はこの日で決まります。",
        "The day on which the registry recorded it. It decides the tax year.",
    ),
    "transaction": ("登録簿の取引番号", "Registry transaction"),
    "reference": ("公開備考の参照番号", "Our reference in the public note"),
    "evidence": ("証拠の区分", "Grade of evidence"),
    "limits": ("この証明書が述べないこと", "What this certificate does not say"),
    "issuer": ("発行者", "Issuer"),
    "issued_on": ("発行日", "Issued on"),
    # How to check.
    "check": ("照合のしかた", "How to check"),
    "check_number": (
        "お手元の証明書の番号と数量が、このページと同じであることを確かめます。",
        "See that the number and the quantity on your copy are those on this page.",
    ),
    "check_files": (
        "お手元のPDFのSHA-256を計算し、下の値と比べます。1バイトでも異なれば、別の値になります。",
        "Compute the SHA-256 of your PDF and compare it with the value below. One changed byte gives another value.",
    ),
    "check_registry": (
        "登録簿の公開情報で、シリアル番号と公開備考の参照番号を探します。",
        "Look for the serial numbers and our reference in what the registry publishes.",
    ),
    "pdf": ("証明書のPDF", "Certificate as PDF"),
    "json": ("全記載事項のJSON", "All facts as JSON"),
    "pdf_hash": ("PDFのSHA-256", "SHA-256 of the PDF"),
    "json_hash": ("JSONのSHA-256", "SHA-256 of the JSON"),
    "pdf_pending": (
        "PDFを準備しています。しばらくしてから、このページを開き直してください。",
        "The PDF is being prepared. Please open this page again in a moment.",
    ),
    # A number that is not there.
    "not_found_state": ("該当なし", "Not found"),
    "not_found": ("この番号の証明書はありません", "No certificate has this number"),
    "typed": ("入力された番号", "What you typed"),
    "not_found_means": (
        (
            "番号は英数字12文字で、最後の1文字は検査文字です。1文字の誤りや2文字の入れ替わりがあると、"
            "番号として成り立ちません。"
        ),
        (
            "A number has 12 characters, of which the last one checks the others: with one wrong character, or two "
            "exchanged, it is no number at all."
        ),
    ),
    "not_found_do": (
        (
            "証明書に印刷された番号と、1文字ずつ見比べてください。0とO、1とIとLは同じ文字として読みます。"
            "番号が正しいのに見つからないときは、その証明書はこのデスクが発行したものではありません。"
        ),
        (
            "Compare it with the printed number, character by character. O is read as 0, I and L as 1. If it is the same "
            "and not found here, this desk did not issue that certificate."
        ),
    ),
    # The first page.
    "home_title": ("カーボン・クレジットの取引・無効化・証明", "Carbon credits: traded, retired, certified"),
    "home_what": (
        (
            "登録されたクレジット供給者が、登録簿に保有するクレジットを出品します。登録簿に口座を持たない企業が、"
            "それを購入し、自社の名義で無効化できます。"
        ),
        (
            "Registered providers list the credits that they hold at a registry. Companies that have no account there buy "
            "them and have them retired in their own name."
        ),
    ),
    "home_certificates": (
        "証明書は、登録簿に無効化が記録されたときにだけ発行します。番号があれば、どなたでも照合できます。",
        (
            "A certificate is issued only when the registry has recorded the retirement. Anybody who has its number can "
            "check it."
        ),
    ),
    "verify": ("証明書を照合する", "Check a certificate"),
    "verify_label": ("証明書の番号", "Certificate number"),
    "verify_hint": (
        "英数字12文字。小文字でも、ハイフンなしでも構いません。",
        "12 letters and digits; lower case and missing hyphens are fine.",
    ),
    "verify_button": ("照合する", "Check"),
    "for_machines": ("開発者の方へ", "For developers"),
    "docs": ("APIの説明書", "API documentation"),
    "listings": ("出品の一覧", "Listings"),
    "projects": ("プロジェクトの一覧", "Projects"),
    "as_json": ("JSON形式", "as JSON"),
}

ENERGY_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("エネルギー属性証書 無効化証明書", "Certificate of energy attribute certificates retired"),
    "valid_means": (
        "このデスクが発行した証明書です。下記の証書は登録簿で無効化されています。",
        "Issued by this desk. The certificates below are recorded as retired in the registry.",
    ),
    "demonstration_means": (
        "模擬登録簿による見本です。実在の証書は無効化されていません。",
        "A sample made with a simulated registry. No real certificate was retired.",
    ),
    "beneficiary": ("証書の利用者名", "Beneficiary"),
    "credits": ("無効化した証書", "Certificates retired"),
    "project": ("発電設備の番号", "Plant's number"),
    "vintage": ("発電期間", "Generated"),
    "certification_no": ("発行番号", "Issuance no."),
}
"""What is said otherwise of energy certificates, which are no credits and reduce nothing."""


def words_in(language: Language) -> dict[str, str]:
    """Every phrase in one language."""
    return {name: ja if language == "ja" else en for name, (ja, en) in WORDS.items()}


def energy_words_in(language: Language) -> dict[str, str]:
    """Every phrase in one language, on the page of energy certificates."""
    return words_in(language) | {name: ja if language == "ja" else en for name, (ja, en) in ENERGY_WORDS.items()}
