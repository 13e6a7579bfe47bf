"""How do registries lay out the files that they give out? Headers as of April 2026, from their public exports."""

from typing import Final

from app.inventory.rules.layouts.layout import Layout

VERRA: Final = Layout(
    name="verra",
    registry_code="verra",
    needs={
        "project_number": "ID",
        "project_name": "Name",
        "serial": "Serial Number",
        "quantity": "Quantity Issued",  # Of the block; "Total Vintage Quantity" repeats on every block of a vintage.
        "vintage_from": "Vintage Start",
        "vintage_to": "Vintage End",
        "ended": "Retirement/Cancellation Date",
    },
    may={"country": "Country/Area", "project_type": "Project Type", "methodology": "Methodology"},
)
GOLD_STANDARD: Final = Layout(
    name="gold_standard",
    registry_code="gold_standard",
    needs={
        "project_number": "GSID",
        "project_name": "Project Name",
        "serial": "Serial Number",
        "quantity": "Quantity",
        "vintage": "Vintage",
        "status": "Credit Status",
    },
    may={
        "country": "Country",
        "project_type": "Project Type",
        "methodology": "Methodology",
        "developer": "Project Developer",
        "ended": "Retirement Date",
    },
    active=frozenset({"issued"}),
    inactive=frozenset({"retired", "canceled", "cancelled"}),
)
ACR: Final = Layout(
    name="acr",
    registry_code="acr",
    needs={
        "project_number": "Project ID",
        "project_name": "Project Name",
        "serial": "Credit Serial Numbers",
        "quantity": "Quantity of Credits",
        "vintage": "Vintage",
        "vintage_from": "Vintage Assignment Period Start Date",
        "vintage_to": "Vintage Assignment Period End Date",
    },
    may={
        "country": "Project Site Country",
        "project_type": "Project Type",
        "methodology": "Project Methodology/Protocol",
    },
    month_first=True,
    ends_all=("Retirement Reason", "Cancellation Type"),
)
ART: Final = Layout(
    name="art",
    registry_code="art",
    needs={
        "project_number": "Program ID",
        "project_name": "Program Name",
        "serial": "Credit Serial Numbers",
        "quantity": "Quantity of Credits",
        "vintage": "Vintage",
    },
    may={
        "country": "Program Country",
        "project_type": "Program Type",
        "methodology": "Crediting Program and Standard",
    },
    month_first=True,
    ends_all=("Retirement Reason", "Cancellation Reason"),
)
CAR: Final = Layout(
    name="car",
    registry_code="car",
    needs={
        "project_number": "Project ID",
        "project_name": "Project Name",
        "serial": "Offset Credit Serial Numbers",
        "quantity": "Quantity of Offset Credits",
        "vintage": "Vintage",
    },
    may={
        "country": "Project Site Country",
        "project_type": "Project Type",
        "methodology": "Protocol and Version",
    },
    month_first=True,
    ends_all=("Retirement Reason", "Cancellation Reason"),
)
ISOMETRIC: Final = Layout(
    name="isometric",
    registry_code="isometric",
    needs={
        "project_number": "project_id",
        "serial": "serial_number",
        "quantity": "size.credit_kgs",  # Beside it stands the same in decimal tonnes.
        "status": "status",
    },
    may={"country": "country_of_issue", "ended": "retired_at"},
    project_form="prj_",
    active=frozenset({"active"}),
    inactive=frozenset({"retired", "split"}),
)
CERCARBONO: Final = Layout(
    name="cercarbono",
    registry_code="cercarbono",
    needs={
        "project_number": "project_id",
        "project_name": "project_name",
        "serial": "serial",
        "serial_first": "from",
        "serial_last": "to",
        "quantity": "quantity",
        "vintage": "vintage",
    },
    ends_all=("end_user", "certificate_destination"),
)
REGISTRY_LAYOUTS: Final = (VERRA, GOLD_STANDARD, ACR, ART, CAR, ISOMETRIC, CERCARBONO)

WITHOUT_SERIALS: Final = {
    "a list of projects": (
        ("Proponent", "AFOLU Activities", "Estimated Annual Emission Reductions"),
        ("GSID", "Project Developer Name", "Estimated Annual Credits"),
        ("Project ID", "Project Developer", "Total Number of Credits Registered"),
        ("Project ID", "Project Developer", "Total Number of Offset Credits Registered"),
        ("Program ID", "Sovereign Program Developer", "Numberoffiles"),
        ("short_code", "process_key", "issued_credits_total.credits"),
        ("quantification_method", "credits_type", "annualEstimated"),
    ),
    "a list of issuances, which names no serials": (
        ("Date Issued (GMT)", "ReportingPeriodBegin", "Total Credits Issued"),
        ("Date Issued", "Total Offset Credits Issued", "Verification Body"),
        ("Date Approved", "Total Emission Reductions/Removals", "Credits Deposited in Buffer"),
        ("supplier_credit_batch_size_total.credits", "buffer_pool_credit_batch_size_total.credits"),
        ("verification", "serial", "issued_quantity", "is_buffer"),
        ("CARB Project ID", "OPR Project ID", "ARB Offset Credits Issued"),
    ),
    "a list of retirements, which names no serials": (("retirement_id", "beneficiary.id", "sequestered_on"),),
}
"""Headers by which a registry's other files are known: they are told as what they are."""
