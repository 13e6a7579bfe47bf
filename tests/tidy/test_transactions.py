"""Transactions: one place commits, no lock is held over a network, and the trades between parties are a closed list."""

import ast

from tests.tidy.source import Source, calls, dotted, enclosing, functions, sources, written

SESSION = "AsyncSession"
CLIENTS = frozenset({"Registries", "Registry", "Documents", "Files", "AsyncClient", "Database"})
"""What reaches beyond the transaction at hand: other people's systems, and a second transaction."""
COMMITS_IN = "app/core/db.py"
# Who may act for two organisations at once, and why: a trade has two sides.
TRADES = {
    "app/expansions.py:holdings": "what a holding is, its provider's lot says",
    "app/certificates/flow.py:issue": "a certificate names the provider who keeps the account",
    "app/identity/http/admin.py:_decided": "the desk approves or rejects an organisation",
    "app/identity/http/desk_storefronts.py:_moved": "the desk stops an organisation's storefront",
    "app/identity/http/organisations.py:opened_buyer": "the desk and the storefront's owner see who came through it",
    "app/identity/http/organisations.py:sign_up": "the desk sees who signs up",
    "app/identity/http/storefront_keys.py:create_storefront_key": "the desk sees every storefront, so both lock it",
    "app/identity/http/storefronts.py:change_storefront": "the desk sees every storefront",
    "app/identity/http/storefronts.py:close_storefront": "the desk sees every storefront",
    "app/identity/http/storefronts.py:create_storefront": "the desk sees every storefront",
    "app/identity/http/storefronts.py:show_own_storefront": "a storefront shows itself to its buyers",
    "app/inventory/flow/commits.py:commit": "the desk sees every lot",
    "app/inventory/flow/evidence.py:submit_evidence": "the desk is who evidence is shown to",
    "app/inventory/http/accounts.py:add_account": "the desk sees every account",
    "app/inventory/http/desk_accounts.py:_decided": "the desk finds out whose an account is",
    "app/inventory/http/evidence.py:_turned": "the desk freezes or releases a provider's lot",
    "app/inventory/http/evidence.py:accept_evidence": "the desk decides about a provider's lot",
    "app/inventory/http/evidence.py:reject_evidence": "the desk decides about a provider's lot",
    "app/inventory/http/holdings.py:list_holdings": "what a holding is, its provider's lot says",
    "app/inventory/http/holdings.py:show_holding": "how serials are written, its provider's lot says",
    "app/inventory/http/imports.py:commit_import": "the desk sees every lot",
    "app/inventory/http/lots.py:withdraw_lot": "the desk sees every lot",
    "app/invoices/flow/issuing.py:issue_for_order": "a paper names its issuer and its sellers",
    "app/invoices/flow/issuing.py:issue_claim_receipt": "a paper names its issuer and its sellers",
    "app/invoices/flow/issuing.py:issue_payout_statement": "the desk states to a provider what it paid",
    "app/invoices/flow/issuing.py:issue_receipt": "a paper names its issuer and its sellers",
    "app/invoices/flow/issuing.py:issue_return": "a paper names its issuer and its sellers",
    "app/invoices/flow/months.py:close_month": "a combined invoice names its issuer, and its sellers earn its rounding",
    "app/invoices/flow/reminders.py:remind": "the desk reminds a buyer of what it owes",
    "app/invoices/flow/rendering.py:render": "the desk keeps the file of what a recipient was given",
    "app/invoices/flow/settling.py:release_orders": "an invoice that is paid makes a buyer's credits and providers' earnings final",
    "app/invoices/flow/settling.py:set_off": "the desk lets its buyer owe less",
    "app/invoices/flow/settling.py:settle": "the desk's bank line pays what a buyer owes",
    "app/invoices/http/corrections.py:issue_correction": "a paper names its issuer, its recipient and its sellers",
    "app/invoices/http/corrections.py:propose_correction": "the desk says anew what a recipient was given",
    "app/invoices/http/corrections.py:reject_correction": "the desk decides about what a recipient was given",
    "app/invoices/http/on_account.py:buy_on_account": "the desk lends its buyer the money",
    "app/invoices/http/asked.py:issue_bill": "a paper names its issuer and its sellers",
    "app/invoices/http/asked.py:issue_quotation": "a paper names its issuer and its sellers; the quote may be the storefront's",
    "app/invoices/http/asked.py:issue_receipt": "a paper names its issuer and its sellers",
    "app/invoices/http/desk_parties.py:confirm_invoice_status": "the desk vouches for a provider's registration",
    "app/invoices/http/desk_parties.py:grant_credit_line": "the desk grants a buyer credit",
    "app/invoices/http/papers.py:copy_paper": "the desk issues what its buyer asks for",
    "app/orders/flow/allocate.py:allocate": "serials go from a provider's lot to a buyer",
    "app/orders/flow/expire.py:expire": "what was reserved goes back to providers",
    "app/orders/flow/expire.py:expire_substitution": "what was reserved for a buyer goes back to providers",
    "app/orders/flow/disputes.py:take_dispute": "a payer's bank takes money back that paid a buyer's order of providers' credits",
    "app/orders/http/desk_payments.py:answer_payment_dispute": "the desk answers for a buyer's payment",
    "app/orders/http/desk_payments.py:release_order": "the desk takes a buyer's payment of providers' credits for final",
    "app/orders/http/desk_payments.py:return_payment": "the desk gives a buyer's money back",
    "app/orders/http/substitutions.py:_answer": "a provider's credits take the place of another's in a buyer's order",
    "app/orders/http/substitutions.py:list_substitutions": "what the desk has proposed to a buyer",
    "app/orders/http/substitutions.py:propose_substitution": "the desk reserves a provider's credits for a buyer",
    "app/orders/http/refunds.py:_step": "the desk gives a buyer's money back",
    "app/orders/http/refunds.py:order_and_parties": "who the providers of a buyer's order are",
    "app/orders/http/refunds.py:propose_goodwill": "the desk gives a buyer money back",
    "app/orders/http/refunds.py:refund_order": "credits go back to their providers, money to its buyer",
    "app/payments/flow/events.py:_take_refund": "what Stripe tells the desk is of a buyer's refund",
    "app/orders/flow/settle_attempt.py:settle_attempt": "Stripe's money pays a buyer's order, of providers' credits",
    "app/orders/http/orders.py:_with_account": "an account of the desk's becomes a buyer's to pay into",
    "app/orders/http/payments.py:pay_order": "the desk's account at Stripe takes a buyer's money",
    "app/payments/flow/attempts.py:start": "the desk's account at Stripe takes a buyer's money",
    "app/payments/flow/calls.py:call": "what the desk asks of Stripe is for somebody",
    "app/payments/flow/events.py:_named_by": "what Stripe tells the desk is of a buyer's payment",
    "app/orders/flow/settle.py:settle": "the desk's bank line pays a buyer's order",
    "app/orders/http/reading.py:check_wish": "the quote may be the storefront's that the buyer came through",
    "app/orders/http/orders.py:cancel_order": "what was reserved goes back to providers",
    "app/orders/http/orders.py:show_order_terms": "what a buyer agreed to, its provider's listing says",
    "app/payments/http/bank.py:resolve_bank_line": "what a line brought is its payer's money too",
    "app/payments/http/payer_names.py:add_payer_name": "the desk recognises its payer by it",
    "app/payments/http/payer_names.py:remove_payer_name": "the desk recognises its payer by it no more",
    "app/payouts/http/desk_line_returns.py:_with_payer": "what the desk gives back is its payer's money",
    "app/payouts/flow/connected.py:open_connected": "the desk sees every provider's account at Stripe",
    "app/payouts/flow/events.py:_account": "what Stripe tells the desk is of a provider's account",
    "app/payouts/flow/events.py:_transfer": "what Stripe tells the desk is of a provider's payout",
    "app/payouts/flow/runs.py:run_due": "the desk owes providers what they earned",
    "app/payouts/http/desk_files.py:_moved": "the desk's file pays its providers",
    "app/payouts/http/file_made.py:file_made": "the desk's file pays its providers, or its buyers back",
    "app/payouts/http/desk_payouts.py:_moved": "the desk pays a provider",
    "app/payouts/http/desk_payouts.py:make_payout": "the desk pays a provider",
    "app/payouts/http/desk_payouts.py:retry_payout": "the desk pays a provider",
    "app/payouts/http/desk_refunds.py:name_buyer_account": "the desk writes down where a buyer is paid back",
    "app/payouts/http/desk_terms.py:_decided": "the desk confirms where a provider is paid",
    "app/payouts/http/desk_terms.py:agree_provider_terms": "the desk agrees terms with a provider",
    "app/payouts/http/desk_terms.py:set_commission_rate": "the desk charges a provider",
    "app/payouts/http/own.py:name_payout_account": "the desk finds out whose an account is",
    "app/reconciliation/flow/daily.py:fetch_daily": "the schedule asks for the lists of many owners at once",
    "app/reconciliation/flow/fetching.py:ask_to_fetch": "the desk has a provider's account fetched",
    "app/reconciliation/flow/fetching.py:fetch_statement": "the desk sees every statement",
    "app/reconciliation/flow/marking.py:mark_reconciled": "a provider's statement shows its buyers' retirements",
    "app/reconciliation/flow/reports.py:_lots": "the desk reads a provider's account",
    "app/reconciliation/flow/reports.py:report_of": "the desk reads a provider's account",
    "app/reconciliation/flow/settling.py:compare_again": "the desk sees every difference",
    "app/reconciliation/flow/settling.py:settle": "a provider's statement records a buyer's retirement",
    "app/reconciliation/flow/settling.py:trust": "the desk vouches for a provider's statement",
    "app/reconciliation/flow/statements.py:read_statement": "the desk sees every statement",
    "app/reconciliation/flow/statements.py:take_statement": "the desk sees every statement",
    "app/reconciliation/http/discrepancies.py:_work_on": "provider and desk answer for a difference",
    "app/reconciliation/http/statements.py:list_quarantined_rows": "the desk looks at a provider's rows",
    "app/reconciliation/http/statements.py:list_statement_lines": "the desk looks at a provider's rows",
    "app/retirements/flow/notices.py:_among_owners": "a provider's task moves a buyer's retirement, and serials others hold",
    "app/retirements/flow/notices.py:_owners": "whose serials the registry picked is asked first",
    "app/retirements/flow/prechecks.py:make_precheck": "buyers read what happens to their tasks",
    "app/retirements/http/agreements.py:give_mandate": "a buyer mandates a provider",
    "app/retirements/flow/sending.py:_scope_of": "a provider's account retires a buyer's credits",
    "app/retirements/flow/sending.py:_with_owners": "serials that the registry picked change places with other buyers'",
    "app/retirements/http/cases.py:confirm_decision": "the desk's people decide about a buyer's credits in a provider's lot",
    "app/retirements/http/cases.py:list_cases": "what was sent for a buyer is the evidence that the desk's people read",
    "app/retirements/http/cases.py:propose_decision": "the desk's people say what became of a buyer's retirement",
    "app/retirements/http/desk.py:confirm_registry_task": "the desk releases what a provider did for a buyer",
    "app/retirements/http/desk.py:return_notice": "the desk gives a provider's notice back",
    "app/retirements/http/desk.py:show_evidence_of_any": "what a provider did for a buyer, the desk reads",
    "app/retirements/http/retirements.py:cancel_retirement": "a buyer's credits return in a provider's lot",
    "app/retirements/http/retirements.py:request_retirement": "a buyer's credits are put aside in a provider's lot",
    "app/retirements/http/retirements.py:sign_off_retirement": "a buyer's word gives a provider a task",
    "app/retirements/http/tasks.py:work_on": "a provider's task moves a buyer's retirement",
    "app/sandbox/http/orders.py:make_bank_transfer": "a buyer plays the desk's bank (test mode)",
    "app/sandbox/http/supply.py:accept_own_evidence": "the desk's robot decides about a provider's lot (test mode)",
    "app/sandbox/http/supply.py:reject_own_evidence": "the desk's robot decides about a provider's lot (test mode)",
    "app/sandbox/http/supply.py:set_status": "the desk decides about an organisation (test mode)",
    "app/sandbox/http/tasks.py:finish_registry_task": "the desk releases what a provider did for a buyer (test mode)",
}


def both_session_and_client(source: Source) -> list[str]:
    """Functions that could hold a lock while somebody else's system makes up its mind."""
    found = []
    for function in functions(source):
        arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        hints = [argument.annotation for argument in arguments if argument.annotation is not None]
        names = {node.id for hint in hints for node in ast.walk(hint) if isinstance(node, ast.Name)}
        names |= {node.attr for hint in hints for node in ast.walk(hint) if isinstance(node, ast.Attribute)}
        if SESSION in names and names & CLIENTS:
            found.append(f"{source.path}:{function.lineno} {function.name}")
    return found


def commits(source: Source) -> list[str]:
    """Calls of anything's `commit`."""
    made = [call for call in calls(source.tree) if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"]
    return [f"{source.path}:{call.lineno}" for call in made if source.path != COMMITS_IN]


def trades(source: Source) -> set[str]:
    """The functions that add a party to a scope."""
    inside = enclosing(source)
    made = [call for call in calls(source.tree) if dotted(call.func).endswith(".with_party")]
    return {f"{source.path}:{inside.get(call, 'the module')}" for call in made}


def test_a_function_takes_a_session_or_a_client_never_both() -> None:
    found = [line for source in sources() for line in both_session_and_client(source)]
    assert not found, found
    planted = "async def f(session: AsyncSession, registries: NamedDependency[Registries]) -> None: ..."
    assert both_session_and_client(written("app/x.py", planted))


def test_only_the_database_commits() -> None:
    found = [line for source in sources() for line in commits(source)]
    assert not found, found
    assert commits(written("app/x.py", "await session.commit()"))


def test_the_trades_between_parties_are_a_closed_list() -> None:
    found = {line for source in sources() for line in trades(source)}
    assert found == set(TRADES), found ^ set(TRADES)
    assert trades(written("app/x.py", "def f():\n    return scope.with_party(a)")) == {"app/x.py:f"}
