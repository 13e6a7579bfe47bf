"""What may a caller be told about a listing that cannot be?"""

from app.core.errors import Conflict, NotFound


class ListingNotFound(NotFound):
    """404: no listing that you may see has this id: paused and withdrawn ones are seen by their provider alone."""

    code = "listing_not_found"
    title_en = "No such listing"
    title_ja = "出品が見つかりません"


class ListingExists(Conflict):
    """409: the lot has a listing that is open or paused. Change that one, or withdraw it first."""

    code = "listing_exists"
    title_en = "The lot is listed already"
    title_ja = "この在庫ロットは既に出品されています"


class SavedSearchNotFound(NotFound):
    """404: your organisation has no saved search with this id."""

    code = "saved_search_not_found"
    title_en = "No such saved search"
    title_ja = "保存した検索条件が見つかりません"


class SavedSearchExists(Conflict):
    """409: your organisation has a saved search of this name. Change that one, or choose another name."""

    code = "saved_search_exists"
    title_en = "There is a saved search of this name"
    title_ja = "同じ名前の検索条件が既に保存されています"


class TooManySavedSearches(Conflict):
    """409: your organisation has as many saved searches as it may have. Delete one first."""

    code = "too_many_saved_searches"
    title_en = "No more searches can be saved"
    title_ja = "これ以上検索条件を保存できません"


class ProjectNotListed(Conflict):
    """409: the lot's project is a provider's declaration that the operator has not confirmed yet."""

    code = "project_not_listed"
    title_en = "The project is not in the catalogue yet"
    title_ja = "プロジェクトがまだ掲載されていません"
