"""What does identity refuse?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unauthenticated


class OrganisationNotFound(NotFound):
    """404: there is no such organisation, or it is not yours to see."""

    code = "organisation_not_found"
    title_en = "Organisation not found"
    title_ja = "組織が見つかりません"


class MemberNotFound(NotFound):
    """404: your organisation has no such member."""

    code = "member_not_found"
    title_en = "Member not found"
    title_ja = "メンバーが見つかりません"


class ApiKeyNotFound(NotFound):
    """404: your organisation has no such API key."""

    code = "api_key_not_found"
    title_en = "API key not found"
    title_ja = "APIキーが見つかりません"


class EmailTaken(Conflict):
    """409: somebody has signed up with this e-mail address; one address is one member."""

    code = "email_taken"
    title_en = "This e-mail address is in use"
    title_ja = "このメールアドレスは既に使用されています"


class LastOwner(Conflict):
    """409: an organisation keeps at least one owner who can sign in. Make somebody else an owner first."""

    code = "last_owner"
    title_en = "The last owner cannot leave"
    title_ja = "最後のオーナーは外せません"


class DeskFounded(Conflict):
    """409: this installation has its operator's organisation already."""

    code = "desk_founded"
    title_en = "The desk exists already"
    title_ja = "運営組織は既に存在します"


class SignInFailed(Unauthenticated):
    """401: the e-mail address or the password is wrong. Which of the two is not told."""

    code = "sign_in_failed"
    title_en = "E-mail address or password is wrong"
    title_ja = "メールアドレスまたはパスワードが正しくありません"


class OrganisationSuspended(Forbidden):
    """403: the operator rejected or suspended the organisation; its credentials open nothing."""

    code = "organisation_suspended"
    title_en = "The organisation is suspended"
    title_ja = "この組織は利用を停止されています"


class CrossSite(Forbidden):
    """403: another site's page made the browser send this. A change by cookie needs Sec-Fetch-Site or Origin of ours."""

    code = "cross_site"
    title_en = "Sent from another site"
    title_ja = "別サイトからのリクエストです"


class RightsNotHeld(Forbidden):
    """403: nobody gives away, or takes from another, a right that their own credential does not have."""

    code = "rights_not_held"
    title_en = "You do not have these rights yourself"
    title_ja = "ご自身が持たない権限は付与・変更できません"
