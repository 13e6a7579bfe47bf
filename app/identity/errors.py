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


class StorefrontNotFound(NotFound):
    """404: your organisation has no such storefront."""

    code = "storefront_not_found"
    title_en = "Storefront not found"
    title_ja = "ストアフロントが見つかりません"


class StorefrontKeyNotFound(NotFound):
    """404: your organisation's storefronts have no such publishable key."""

    code = "storefront_key_not_found"
    title_en = "Publishable key not found"
    title_ja = "公開キーが見つかりません"


class StorefrontConsentNotFound(NotFound):
    """404: your organisation has given no such consent."""

    code = "storefront_consent_not_found"
    title_en = "Consent not found"
    title_ja = "同意が見つかりません"


class StorefrontKeysFull(Conflict):
    """409: a storefront has two live publishable keys at most: the one in use and its successor. Revoke the old one."""

    code = "storefront_keys_full"
    title_en = "The storefront has two live keys already"
    title_ja = "有効な公開キーは2つまでです"


class StorefrontConsentGiven(Conflict):
    """409: your organisation's people can sign in through this storefront already."""

    code = "storefront_consent_given"
    title_en = "You have consented already"
    title_ja = "既に同意済みです"


class StorefrontSuspended(Forbidden):
    """403: the storefront is suspended or closed; nothing opens through it."""

    code = "storefront_suspended"
    title_en = "The storefront is not open"
    title_ja = "このストアフロントは利用できません"


class OriginNotAllowed(Forbidden):
    """403: a storefront's key and its buyers' tokens work from the storefront's own origins.

    A program that sends no `Origin` may read. Add the origin to the storefront, exactly as the browser writes it.
    """

    code = "origin_not_allowed"
    title_en = "Not one of the storefront's origins"
    title_ja = "許可されていないオリジンです"


class PublishableKeyRefused(Forbidden):
    """403: a publishable key opens what everybody may read, quotes, sign-up and sign-in, and nothing else."""

    code = "publishable_key_refused"
    title_en = "A publishable key does not open this"
    title_ja = "公開キーでは利用できません"


class PublishableKeyRequired(Forbidden):
    """403: this is asked by a storefront's page, with the storefront's publishable key."""

    code = "publishable_key_required"
    title_en = "Ask with a publishable key"
    title_ja = "公開キーが必要です"


class ActingRefused(Forbidden):
    """403: `Offset-Desk-Organisation` is for a key with `act_for_buyers` of the storefront that opened the buyer."""

    code = "acting_refused"
    title_en = "This credential acts for nobody else"
    title_ja = "この認証情報では代理操作できません"


class BuyerNotFound(NotFound):
    """404: the storefront has opened no such buyer."""

    code = "buyer_not_found"
    title_en = "The storefront has no such buyer"
    title_ja = "購入者が見つかりません"


class ConsentRequired(Forbidden):
    """403: your organisation has not come through this storefront. Consent once, with your own key or session."""

    code = "storefront_consent_required"
    title_en = "Your organisation has not consented"
    title_ja = "ストアフロントの利用に同意が必要です"


class RefreshFailed(Unauthenticated):
    """401: the refresh token is not known, has expired, or was used before. Sign in again.

    A refresh token that comes a second time was copied: every token that followed from the same sign-in has ended.
    """

    code = "refresh_failed"
    title_en = "The refresh token is not good any more"
    title_ja = "リフレッシュトークンが無効です"
