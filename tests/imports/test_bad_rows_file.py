"""Does a provider get its bad rows back in a file that it can correct and send again, and that computes nothing?"""

import csv
import io

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import Importer


def corrupted(rows: int, *, bad: dict[int, tuple[str, str]]) -> bytes:
    """A file whose rows (numbered as a spreadsheet does) have another cell in the named column."""
    table = list(csv.reader(io.StringIO(holdings(rows).decode())))
    for number, (column, cell) in bad.items():
        table[number - 1][table[0].index(column)] = cell
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode()


async def test_bad_rows_come_back_with_their_cells_and_reasons(verra: Importer) -> None:
    bad = {
        3: ("Quantity Issued", "11"),
        5: ("Name", '=HYPERLINK("https://x.example")'),
        7: ("Vintage Start", "13/13/2024"),
    }
    staged = await verra.staged(corrupted(8, bad=bad))
    assert (staged["import"]["rows_good"], staged["import"]["rows_bad"]) == (6, 2), "A name may begin with any sign."
    answer = await verra.party.get(f"/v1/imports/{staged['import']['id']}/errors.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="errors-{staged["import"]["id"]}.csv"'
    assert answer.content.startswith("\ufeff".encode())
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    sent = list(csv.reader(io.StringIO(corrupted(8, bad=bad).decode())))
    assert header == ["row", *sent[0], "errors"]
    assert [row[0] for row in rows] == ["3", "7"]
    assert [row[1:-1] for row in rows] == [sent[2], sent[6]]
    assert rows[0][-1].startswith("Quantity Issued: quantity_contradicts_serials: ")
    assert rows[1][-1].startswith("Vintage Start: not_a_date: ")


async def test_what_a_spreadsheet_would_compute_is_text(verra: Importer) -> None:
    bad = {2: ("Serial Number", "=1+1"), 3: ("Serial Number", "+1"), 4: ("Serial Number", "＝1"), 5: ("ID", "@SUM(1)")}
    staged = await verra.staged(corrupted(4, bad=bad))
    assert staged["import"]["rows_bad"] == 4
    text = (await verra.party.get(f"/v1/imports/{staged['import']['id']}/errors.csv")).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]
    assert {"'=1+1", "'+1", "'＝1", "'@SUM(1)"} <= set(cells)


async def test_a_file_corrected_and_sent_again_is_good(verra: Importer) -> None:
    staged = await verra.staged(corrupted(1_600, bad=dict.fromkeys(range(2, 1502), ("Quantity Issued", "9"))))
    assert staged["import"]["rows_bad"] == 1_500
    answer = await verra.party.get(f"/v1/imports/{staged['import']['id']}/errors.csv")
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert len(rows) == 1_500, "More than one part is sent."
    place = header.index("Quantity Issued")
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header[1:-1], *([*row[1:place], "10", *row[place + 1 : -1]] for row in rows)])
    again = await verra.staged(text.getvalue().encode())
    assert (again["import"]["rows_good"], again["import"]["rows_bad"]) == (1_500, 0)


async def test_a_good_file_has_a_header_alone_and_anothers_is_not_found(verra: Importer, other: Importer) -> None:
    import_id = (await verra.staged(holdings(3)))["import"]["id"]
    answer = await verra.party.get(f"/v1/imports/{import_id}/errors.csv")
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 1
    assert (await other.party.get(f"/v1/imports/{import_id}/errors.csv")).status_code == 404
