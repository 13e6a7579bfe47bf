"""In which prefectures is a project, as its location is written?"""

from collections.abc import Mapping

_TOKYO, _KYOTO = "東京都", "京都府"


def prefectures_of(location: str, codes: Mapping[str, str]) -> list[str]:
    """The codes of the prefectures that the text names, in order; empty where it names none ("全国", "関東").

    `codes` are by full name ("北海道" to "沖縄県"). 東京都府中市 is not in 京都府. A name without 都, 道, 府 or 県 is
    a city's as often as a prefecture's (山口, 福岡, 広島): it is not read.
    """
    rest = location.replace(_TOKYO, " ")
    named = {code for name, code in codes.items() if name in (rest if name == _KYOTO else location)}
    return sorted(named)
