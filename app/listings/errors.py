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


class ProjectNotListed(Conflict):
    """409: the lot's project is a provider's declaration that the operator has not confirmed yet."""

    code = "project_not_listed"
    title_en = "The project is not in the catalogue yet"
    title_ja = "プロジェクトがまだ掲載されていません"
