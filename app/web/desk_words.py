"""What does the desk for registry tasks say? Every phrase in Japanese and English; its script is given all of them."""

from typing import Final

from app.core.http.language import Language
from app.web.discrepancy_words import DISCREPANCY_WORDS
from app.web.words import words_in

DESK_WORDS: Final[dict[str, tuple[str, str]]] = {
    "desk_title": ("登録簿作業デスク", "Registry desk"),
    "desk_needs_script": ("このページにはJavaScriptが必要です。", "This page needs JavaScript."),
    # Signing in.
    "sign_in": ("サインイン", "Sign in"),
    "sign_in_for": (
        "クレジット供給者と運営者の担当者のためのページです。",
        "For the people of credit providers and of the operator.",
    ),
    "email": ("メールアドレス", "E-mail"),
    "password": ("パスワード", "Password"),
    "sign_out": ("サインアウト", "Sign out"),
    "signed_in": ("{name}さんとしてサインインしました。", "Signed in as {name}."),
    "signed_out": ("サインアウトしました。", "Signed out."),
    "session_over": ("もう一度サインインしてください。", "Please sign in again."),
    "other_tab": (
        "別のタブで、サインインまたはサインアウトがありました。もう一度サインインしてください。",
        "Somebody signed in or out in another tab. Please sign in again.",
    ),
    "no_desk": (
        "この組織には登録簿作業がありません。供給者か運営者の担当者としてサインインしてください。",
        "This organisation has no registry tasks. Sign in as a person of a provider or of the operator.",
    ),
    # The lists.
    "tasks": ("登録簿作業", "Registry tasks"),
    "discrepancies": ("不一致", "Discrepancies"),
    "open_one": ("選んだ作業", "What is open"),
    "filter_page": ("このページで絞り込み", "Filter this page"),
    "state": ("状態", "State"),
    "state_unfinished": ("未完了すべて", "All unfinished"),
    "state_every": ("すべて", "All"),
    "page_before": ("前のページ", "Previous page"),
    "page_after": ("次のページ", "Next page"),
    "page_of": ("{page}ページ・{count}件", "Page {page}, {count} shown"),
    "no_rows": ("この条件に当てはまるものはありません。", "Nothing here fits."),
    "nothing_open": ("一覧から選んで Enter で開きます。", "Choose one of the list; Enter opens it."),
    "no_more": ("この後に、あなたが進められるものはありません。", "Nothing after this waits for you."),
    "page_shown": ("{page}ページ目を表示しました。{count}件。", "Page {page} is shown: {count}."),
    # A task.
    "due": ("期限", "Due"),
    "overdue": ("期限超過", "Overdue"),
    "no_due": ("期限なし", "No due date"),
    "prepared_by": ("入力", "Prepared"),
    "checked_by": ("確認", "Checked"),
    "at_work": ("作業中", "At work:"),
    "by_you": ("あなた", "you"),
    "by_colleague": ("ほかの担当者", "a colleague"),
    "sheet": ("登録簿に入力する内容", "To be typed at the registry"),
    "copy": ("コピー", "Copy"),
    "copied": ("コピー済み", "Copied"),
    "compared": ("照合済み", "Compared"),
    "told_copied": ("{label}：コピーしました（{done}/{all}）", "{label}: copied, {done} of {all}"),
    "all_copied": ("すべての項目がコピー済みです。", "Every field is copied."),
    "copy_failed": (
        "クリップボードに書き込めませんでした。文字を選択してコピーしてください。",
        "The clipboard cannot be written. Select the text and copy it.",
    ),
    "characters": ("{length}字", "Length {length}"),
    "characters_of": ("{length}/{longest}字", "Length {length} of {longest}"),
    "unverified": ("項目名は登録簿の画面で未確認", "Label not seen on the registry's own screen"),
    "all_unverified": (
        "項目名は、登録簿の画面でまだ確認されていません。",
        "None of these labels was seen on the registry's own screen.",
    ),
    "no_fields": ("この作業には入力項目がありません。", "This task has no fields to type."),
    "mode": ("指定方式", "Credits named"),
    "mode_serial": ("シリアル番号指定", "by serial"),
    "mode_total": ("総量指定", "by total quantity"),
    "mode_to_serial": ("シリアル番号指定に変える", "Name credits by serial"),
    "mode_to_total": ("総量指定に変える", "Name credits by total quantity"),
    "status_open": ("未着手", "Open"),
    "status_prepared": ("入力済み", "Prepared"),
    "status_checked": ("確認済み", "Checked"),
    "status_executed": ("実行済み", "Executed"),
    "status_confirmed": ("完了", "Confirmed"),
    "status_canceled": ("取消", "Canceled"),
    "notice_none": ("通知書待ち", "No notice yet"),
    "notice_to_type": ("通知書の転記待ち", "Notice to be typed"),
    "notice_typed_once": ("一人目が転記済み", "Typed once"),
    "notice_typed_differently": ("転記が一致しない", "Typed differently"),
    "notice_differs": ("通知書が作業票と異なる", "Notice differs"),
    "notice_agreed": ("通知書と一致", "Notice agrees"),
    "notice_made_up": ("見本の通知書", "Sample notice"),
    # The next step.
    "next_step": ("次の操作", "Next step"),
    "step_prepare": ("登録簿に入力した", "Typed in at the registry"),
    "step_check": ("作業票と照合した", "Compared with the sheet"),
    "step_execute": ("登録簿で実行した", "Carried out at the registry"),
    "step_correct-record": ("記録を訂正する", "Correct what was noted"),
    "step_notice": ("通知書を提出する", "Hand in the notice"),
    "step_notice-facts": ("転記を送る", "Send what the notice says"),
    "step_confirm": ("完了として承認する", "Release as recorded"),
    "step_return-notice": ("通知書を差し戻す", "Give the notice back"),
    "told_prepare": ("入力済みにしました。", "Prepared."),
    "told_check": ("確認済みにしました。", "Checked."),
    "told_execute": ("実行済みにしました。", "Executed."),
    "told_correct-record": ("記録を訂正しました。", "Corrected."),
    "told_notice": ("通知書を提出しました。", "The notice is handed in."),
    "told_notice-facts": ("転記を受け付けました。", "What you typed is taken."),
    "told_confirm": ("承認しました。", "Released."),
    "told_return-notice": ("差し戻しました。", "Given back."),
    "told_mode": ("指定方式を変えました。", "The way of naming credits is changed."),
    "opened": ("{title}を開きました。次の操作：{step}", "{title} is open. Next step: {step}"),
    "not_all_copied": (
        "{all}項目のうち{left}項目がコピーされていません。このまま進めるには、もう一度 Enter を押してください。",
        "{left} of {all} fields are not copied. Press Enter once more to go on all the same.",
    ),
    "not_all_compared": (
        "{all}項目のうち{left}項目が照合されていません。このまま進めるには、もう一度 Enter を押してください。",
        "{left} of {all} fields are not compared. Press Enter once more to go on all the same.",
    ),
    "why_reads_only": ("あなたの役割では閲覧のみできます。", "Your role may only read."),
    "why_second_person": (
        "あなたが入力した作業です。別の担当者が照合します。",
        "You prepared this task. Somebody else checks it.",
    ),
    "why_claimed": ("ほかの担当者が作業中です。", "A colleague is at work on this task."),
    "why_colleague_types": (
        "あなたの転記は届いています。別の担当者も、見ずに転記します。",
        "You have typed it. A colleague types it too, without seeing yours.",
    ),
    "why_waits_for_operator": ("運営者の承認を待っています。", "Waits for the operator's release."),
    "why_waits_for_provider": ("供給者の作業を待っています。", "Waits for the provider's people."),
    "why_waits_for_notice": ("通知書の照合を待っています。", "Waits until the notice is compared."),
    "why_done": ("この作業は完了しています。", "This task is done."),
    "why_canceled": ("購入者が取り消しました。登録簿で実行しないでください。", "The buyer took it back. Do not carry it out."),
    "registry_transaction": ("登録簿の取引番号", "Registry transaction number"),
    "day_hint": ("年・月・日の順。例：2026-11-24", "Year, month and day, as 2026-11-24"),
    "recorded_on": ("登録簿の記録日", "Day recorded by the registry"),
    "notice_file": ("無効化通知書（PDF・PNG・JPEG）", "The registry's notice (PDF, PNG or JPEG)"),
    "transaction_no": ("通知書の番号", "Number on the notice"),
    "quantity": ("数量", "Quantity"),
    "serials": ("シリアル番号（1行に1区間：最初 - 最後）", "Serials (one range a line: first - last)"),
    "beneficiary_name": ("クレジット利用者名", "Beneficiary"),
    "purpose": ("用途", "Purpose"),
    "note": ("理由", "Why"),
    "blind": ("通知書だけを見て転記します。作業票からコピーしないでください。", "Type what the notice says; do not copy the sheet."),
    "differences": ("異なる項目", "What differs"),
    "asked_for": ("作業票", "Sheet"),
    "said_by_notice": ("通知書", "Notice"),
    "problem_differs": ("二人の転記が異なります。通知書をもう一度見てください。", "Two people typed this differently. Look at the notice again."),
    "problem_serials": ("「最初 - 最後」の形で、1行に1区間を入力してください。", "One range a line, as first - last."),
    "problem_day": ("2026-11-24 のように、年・月・日の順で入力してください。", "Year, month and day, as 2026-11-24."),
    "problem_required": ("入力してください。", "This is needed."),
    # What went wrong, in the page's own words where the API's are in English.
    "problem_unreachable": ("デスクに接続できません。もう一度お試しください。", "The desk cannot be reached. Please try again."),
    "problem_stale_version": (
        "ほかの担当者が先に変更しました。新しい内容を表示しています。",
        "Somebody changed it first. What is shown now is new.",
    ),
    "problem_impossible_day": (
        "購入者の署名日から今日（日本時間）までの日付にしてください。",
        "A day between the buyer's sign-off and today, in Japan.",
    ),
    "request_id": ("お問い合わせ番号：{id}", "Request {id}"),
    # The keys.
    "every_key": ("キー操作", "Keys"),
    "keys_close": ("閉じる", "Close"),
    "keys_single": ("1文字のキー操作を使う", "Use single-letter keys"),
    "key_move": ("次・前へ", "Next, previous"),
    "key_enter": ("開く。開いた作業では次の操作", "Open; in an open task: its next step"),
    "key_copy": ("次の項目をコピー", "Copy the next field"),
    "key_uncopy": ("コピー済みの印を消す", "Take the marks away"),
    "key_mode": ("指定方式を変える", "Change how credits are named"),
    "key_filter": ("絞り込み", "Filter"),
    "key_page": ("前・次のページ", "Previous, next page"),
    "key_tabs": ("登録簿作業・不一致", "Tasks, discrepancies"),
    "key_escape": ("戻る", "Leave"),
    "key_help": ("この一覧", "This list"),
}  # fmt: skip


def desk_words_in(language: Language) -> dict[str, str]:
    """Every phrase of the desk in one language, and those that every page has."""
    return words_in(language) | spoken_in(language)


def spoken_in(language: Language) -> dict[str, str]:
    """What the desk's script says."""
    words = DESK_WORDS | DISCREPANCY_WORDS
    return {name: ja if language == "ja" else en for name, (ja, en) in words.items()}
