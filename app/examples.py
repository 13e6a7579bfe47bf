"""Which bodies does the document show? One for each that callers write by hand; ids are of the form only."""

from typing import Any, Final

_LISTING: Final = "lst_01m899b62kf4qvhwm9ned78a14"
_PURPOSE: Final[dict[str, Any]] = {
    "beneficiary_name": "青葉化学株式会社",
    "purpose": "OFFSET",
    "purpose_detail": "2026年度の配送の排出量",
    "fiscal_year": 2026,
}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "SignUp": {
        "kind": "buyer",
        "name": "青葉化学株式会社",
        "member": {"email": "hanako@aoba.example", "name": "青葉 花子", "password": "correct horse battery staple"},
    },
    "SignIn": {"email": "hanako@aoba.example", "password": "correct horse battery staple"},
    "MemberIn": {
        "email": "taro@aoba.example",
        "name": "青葉 太郎",
        "role": "admin",
        "password": "correct horse battery staple",
    },
    "MemberChange": {"role": "owner"},
    "ApiKeyIn": {"name": "基幹システム", "scopes": ["read", "orders:write"]},
    "QuoteIn": {"lines": [{"listing_id": _LISTING, "quantity": 120}]},
    "OrderIn": {"lines": [{"listing_id": _LISTING, "quantity": 120}], "retire": _PURPOSE},
    "RetirementIn": {"holding_id": "hld_01m899b6fwe3k9wa48qm3qh6dz", "quantity": 12, **_PURPOSE},
    "SignOffIn": {"quantity": 12},
    "ListingIn": {
        "lot_id": "lot_01m899gf45f7vr9dsm2fvb1g79",
        "price": {"amount": 4500, "currency": "JPY"},
        "min_quantity": 1,
    },
    "ListingChange": {"price": {"amount": 4400, "currency": "JPY"}},
    "AccountIn": {"registry_code": "jcredit", "account_no": "A-100", "holder_name": "口座名義 株式会社"},
}
