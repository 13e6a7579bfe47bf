"""Are a programme's members kept with their history?"""

import asyncpg

from tests.catalog_feature.quality_world import listed_project


async def test_members_of_a_programme_are_kept_with_their_history(world, owner: asyncpg.Connection) -> None:
    of_project = (await listed_project(world))["id"]
    path = f"/v1/admin/projects/{of_project}/members"
    told = {
        "name": "北アルプス農園",
        "location": "長野県松本市",
        "joined_on": "2024-04-01",
        "source": "プログラム型の一覧",
    }
    added = await world.desk.post(path, told)
    assert (added.status_code, added.json()["n"], added.headers["etag"]) == (201, 1, '"v1"')
    await world.desk.post(path, told | {"name": "南アルプス農園"})
    member = f"/v1/admin/project-members/{added.json()['id']}"
    left = told | {"left_on": "2026-03-31"}
    for headers, status in (
        ({}, 428),
        ({"If-Match": '"v9"'}, 412),
        ({"If-Match": '"v1"'}, 200),
        ({"If-Match": '"v1"'}, 412),
    ):
        answer = await world.desk.client.patch(member, json=left, headers=headers)
        assert answer.status_code == status, answer.text
    public = (await world.client().get(f"/v1/projects/{of_project}/members")).json()["data"]
    assert [each["prefectures"] for each in public] == [["20"], ["20"]]
    assert [(each["n"], each["name"], each["left_on"]) for each in public] == [
        (1, "北アルプス農園", "2026-03-31"), (2, "南アルプス農園", None),
    ]  # fmt: skip
    kinds = await owner.fetch(
        "select kind, before->>'left_on', after->>'left_on' from event where subject_kind = 'project_member' order by n"
    )
    assert [tuple(row) for row in kinds] == [
        ("project_member.added", None, None), ("project_member.added", None, None),
        ("project_member.changed", None, "2026-03-31"),
    ]  # fmt: skip
    wrong = await world.desk.post(path, told | {"left_on": "2023-01-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/left_on")
    normal = await listed_project(world, kind="normal")
    refusal = await world.desk.post(f"/v1/admin/projects/{normal['id']}/members", told)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "project_not_a_programme")
