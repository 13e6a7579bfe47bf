"""Which rules does the J-Credit registry have, as far as they are published?

Most of it was read in copies of the secretariat's pages of late 2022 to 2023, not at the source: such a datum is not
`verified`. Lengths, the wording of the selection, the notice's form and processing times are published nowhere.
"""

from typing import Final

from app.retirements.rules.purposes import PURPOSES
from app.retirements.rules.registry_rules.shape import (
    CutOff,
    Datum,
    Field,
    Limit,
    Limits,
    NoticeLabels,
    PurposeRule,
    RegistryRules,
)

_PAGES: Final = (
    "J-Credit secretariat, pages on accounts, use and support (https://japancredit.go.jp/), copies of 2022-2023"
)
_UNPUBLISHED: Final = "The desk's own: the registry publishes nothing about it"

LEGAL_FORMS: Final = (
    *("株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "特定目的会社", "相互会社", "投資法人", "信託"),
    *("一般社団法人", "一般財団法人", "公益社団法人", "公益財団法人", "社団法人", "財団法人", "特定非営利活動法人"),
    *("医療法人", "学校法人", "社会福祉法人", "宗教法人", "独立行政法人", "国立研究開発法人", "国立大学法人"),
    *(
        "公立大学法人",
        "地方独立行政法人",
        "管理組合法人",
        "認可法人",
        "特殊法人",
        "監査法人",
        "弁護士法人",
        "税理士法人",
    ),
    *(
        "組合",
        "連合会",
        "機構",
        "商工会議所",
        "商工会",
        "事務組合",
        "広域連合",
        "財産区",
        "銀行",
        "金庫",
        "公庫",
        "公社",
    ),
    *("都", "道", "府", "県", "市", "区", "町", "村", "省", "庁", "委員会", "協議会", "実行委員会"),
    *("Co., Ltd.", "Co.,Ltd.", "Ltd", "Limited", "Inc", "Corporation", "Corp", "K.K.", "LLC", "G.K.", "LLP", "PLC"),
    *("GmbH", "AG", "S.A.", "SAS", "S.p.A.", "B.V.", "N.V.", "AB", "Oy", "Pte", "Pty", "Foundation", "Association"),
)
"""How a legal or public person's name shows what it is: companies, corporations of other laws, public bodies, and the
usual forms abroad. Nobody publishes a whole list: the operator adds to it."""

JCREDIT: Final = RegistryRules(
    unit=Datum(value="t", verified=True, source="http://offset.env.go.jp/about_credit.html: one unit is one tonne"),
    purposes=Datum(
        value=tuple(PurposeRule(each.code, each.ja, each.scope, each.needs_fiscal_year) for each in PURPOSES),
        verified=False,
        source=_PAGES,
        note="The uses are the scheme's own; the wording of the registry's selection and which uses share a scope of use "
        "(活用範囲) are not published. CDP, SBT and RE100 are explained as one there.",
    ),
    free_reason=Datum(value=False, verified=False, source=_PAGES, note="用途 is a selection; 目的詳細 is free text."),
    one_scope=Datum(
        value=True, verified=False, source=_PAGES, note="Applications of different scopes of use are not combined."
    ),
    beneficiary_required=Datum(value=True, verified=False, source=_PAGES, note="クレジット利用者名"),
    legal_form_required=Datum(
        value=True,
        verified=False,
        source=_PAGES,
        note="Said of the names of account holders: complete with the legal form (法人格). Private persons have no account.",
    ),
    legal_forms=Datum(
        value=LEGAL_FORMS, verified=False, source=_UNPUBLISHED, note="Which words count as a legal form."
    ),
    limits=Datum(
        value=Limits(Limit(200), Limit(200)),
        verified=False,
        source=_UNPUBLISHED,
        note="The fields' lengths are not known.",
    ),
    consumption=Datum(value=None, verified=False, source=_PAGES, note="J-Credits are no energy certificates."),
    offset_elsewhere=Datum(
        value=True,
        verified=False,
        source=f"{_PAGES}, citing the offset guideline (指針), 3rd edition, p. 2",
        note="The 4th edition has not been compared. The desk compares prefectures: no finer place is known.",
    ),
    cut_off=Datum(
        value=CutOff(4, "12:00", 2, "JP", ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03")),
        verified=False,
        source="https://second-solar.jp/?p=3986 and the secretariat's calendar of 2021-2022",
        note="The flow on paper until 2022: in by Thursday noon, carried out in the first days of the next week. Since "
        "2022-11-22 account holders do it themselves and no time is published; the desk plans its work by the old week.",
    ),
    modes=Datum(
        value=("serial", "total"), verified=False, source=_PAGES, note="クレジット総量指定方式, シリアル番号指定方式"
    ),
    fields=Datum(
        value=(
            Field("purpose", "無効化の用途", "Use of the invalidation"),
            Field("purpose_detail", "目的詳細", "Detail of the purpose"),
            Field("beneficiary_name", "クレジット利用者名", "Name of the credit's user"),
            Field("mode", "指定方式", "How credits are named"),
            Field("certification_no", "認証番号", "Certification number"),
            Field("serials", "シリアル番号", "Serial numbers", ("serial",)),
            Field("quantity", "数量", "Quantity"),
        ),
        verified=False,
        source=_PAGES,
        note="用途, 目的詳細, クレジット利用者名 and the two ways of naming credits are known; the order and the others' words are not.",
    ),
    notice_labels=Datum(
        value=NoticeLabels(
            transaction_no=("通知番号", "取引番号", "受付番号", "申請番号"),
            recorded_on=("無効化年月日", "無効化日", "記録年月日", "記録日"),
            quantity=("無効化数量", "数量"),
            serials=("シリアル番号",),
            beneficiary_name=("クレジット利用者名", "利用者名"),
            purpose=("無効化の用途", "用途"),
        ),
        verified=False,
        source=_UNPUBLISHED,
        note="No 無効化通知書 is published: a notice whose words differ is typed twice instead.",
    ),
)
