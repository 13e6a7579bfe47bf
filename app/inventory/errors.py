"""What may a provider, a buyer or the operator be told about stock that cannot be as they wish?"""

from app.core.errors import BadRequest, Conflict, InvalidState, NotFound, Unprocessable


class AccountNotFound(NotFound):
    """No registry account of this organisation has this id."""

    code = "registry_account_not_found"
    title_en = "No such registry account"
    title_ja = "登録簿口座が見つかりません"


class AccountTaken(Conflict):
    """This account number of this registry is entered already."""

    code = "registry_account_exists"
    title_en = "This registry account is entered already"
    title_ja = "この登録簿口座は登録済みです"


class AccountConfirmedElsewhere(Conflict):
    """Another account with this number of this registry is confirmed: one account is one provider's at most."""

    code = "registry_account_confirmed_elsewhere"
    title_en = "Another entry of this registry account is confirmed already"
    title_ja = "この登録簿口座は別の登録ですでに確認済みです"


class AccountInvalid(Unprocessable):
    """The account cannot be as it was written; `errors` point at the fields."""

    code = "invalid_registry_account"
    title_en = "The registry account is not valid"
    title_ja = "登録簿口座の内容に誤りがあります"


class ImportNotFound(NotFound):
    """No import of this organisation has this id."""

    code = "import_not_found"
    title_en = "No such import"
    title_ja = "取込が見つかりません"


class ImportNotStaged(InvalidState):
    """Only a staged import can be committed or discarded; the detail names the state that was found."""

    code = "import_not_staged"
    title_en = "This import is finished already"
    title_ja = "この取込はすでに完了しています"


class ImportHasBadRows(Conflict):
    """Some rows are bad. Correct the file and import it anew, or commit the good rows alone."""

    code = "import_has_bad_rows"
    title_en = "Some rows of the file are not valid"
    title_ja = "ファイルに誤りのある行があります"


class NothingToImport(Conflict):
    """No row of this import is good: nothing can become a lot."""

    code = "nothing_to_import"
    title_en = "No row can be imported"
    title_ja = "取り込める行がありません"


class AlreadyDeclared(Conflict):
    """Serials of this import are in a lot of yours already; `lot_ids` name the lots. Nothing was written."""

    code = "already_declared"
    title_en = "Some serials are declared already"
    title_ja = "申告済みのシリアル番号が含まれています"


class FileUnreadable(BadRequest):
    """The file is neither UTF-8 nor CP932, or is empty; nothing was kept."""

    code = "file_unreadable"
    title_en = "The file cannot be read"
    title_ja = "ファイルを読み取れません"


class FileTypeWrong(Unprocessable):
    """The file's first bytes are not those of the type that the request names."""

    code = "file_type_wrong"
    title_en = "The file is not of the type it claims"
    title_ja = "ファイルの形式が申告と一致しません"


class TooManyRows(Unprocessable):
    """The file holds more rows than one import takes. Split it."""

    code = "too_many_rows"
    title_en = "The file has too many rows"
    title_ja = "ファイルの行数が多すぎます"


class ImportInvalid(Unprocessable):
    """What was said of the file (its layout, its mapping) cannot be; `errors` point at the parameters."""

    code = "invalid_import"
    title_en = "The import is not valid"
    title_ja = "取込の指定に誤りがあります"


class DisputeNotFound(NotFound):
    """No dispute has this id."""

    code = "dispute_not_found"
    title_en = "No such dispute"
    title_ja = "係争が見つかりません"


class LotNotFound(NotFound):
    """No lot of this organisation has this id."""

    code = "lot_not_found"
    title_en = "No such lot"
    title_ja = "在庫ロットが見つかりません"


class LotConflict(Conflict):
    """The lot's serials cannot be confirmed. The lot is disputed now; the operator finds out why."""

    code = "lot_conflict"
    title_en = "The lot cannot be confirmed"
    title_ja = "在庫ロットを確認できません"


class NothingToWithdraw(Conflict):
    """Nothing of the lot is free: all of it is reserved, sold, or withdrawn already."""

    code = "nothing_to_withdraw"
    title_en = "Nothing of the lot is free"
    title_ja = "取り下げ可能な在庫がありません"


class CertificationMissing(Conflict):
    """A lot without a certification number cannot be confirmed: it names no issuance."""

    code = "certification_no_missing"
    title_en = "The lot has no certification number"
    title_ja = "クレジット認証番号がありません"


class EvidenceNotFound(NotFound):
    """No evidence has this id."""

    code = "evidence_not_found"
    title_en = "No such evidence"
    title_ja = "証憑が見つかりません"


class EvidenceInvalid(Unprocessable):
    """The evidence cannot be as it was sent; `errors` point at the parameters."""

    code = "invalid_evidence"
    title_en = "The evidence is not valid"
    title_ja = "証憑の内容に誤りがあります"


class HoldingNotFound(NotFound):
    """No holding of this organisation has this id."""

    code = "holding_not_found"
    title_en = "No such holding"
    title_ja = "保有クレジットが見つかりません"


class NotEnoughHeld(Conflict):
    """The holding has fewer credits left than are to be retired; `held` says how many."""

    code = "not_enough_held"
    title_en = "Not enough credits are held"
    title_ja = "保有クレジットが不足しています"


class SerialsNotExchangeable(Conflict):
    """The serials that a registry picked cannot take the place of those set aside: `reason` says why, by its name."""

    code = "serials_not_exchangeable"
    title_en = "The registry's serials cannot take the place of those set aside"
    title_ja = "登録簿が選んだシリアル番号に差し替えられません"


class OwnersUnnamed(Exception):
    """Somebody's serials are concerned whom the transaction does not name: look them up again, and begin anew."""
