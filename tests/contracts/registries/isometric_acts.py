"""What do tests of Isometric ask of it again and again?"""

from integrations.registries.isometric.fake import scene
from tests.contracts.registries.stages import IsometricStage, changed


async def retire(stage: IsometricStage, first: int, last: int, **changes: object):
    request = changed(stage.request(first, last, "r"), **changes)
    return request, await stage.registry.retire(request, request_id="req")


def book(stage: IsometricStage):
    return stage.server.admin.ask(scene.show_book())
