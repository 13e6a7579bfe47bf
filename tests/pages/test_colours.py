"""Are the pages readable for weak eyes? WCAG 2.2, 1.4.3: 4.5 to 1, in the light and in the dark."""

import re

import pytest

from app.web.site import style_sheet

PAIRS = [
    *(("ink", "paper"), ("ink", "ground"), ("quiet", "paper"), ("quiet", "ground"), ("link", "paper")),
    *(("link", "ground"), ("valid", "valid-ground"), ("ink", "valid-ground"), ("unknown", "unknown-ground")),
    *(("ink", "unknown-ground"), ("demonstration", "demonstration-ground"), ("ink", "demonstration-ground")),
    *(("problem", "problem-ground"), ("problem", "paper"), ("quiet", "unknown-ground"), ("problem", "unknown-ground")),
    *(("valid", "paper"), ("quiet", "valid-ground"), ("paper", "link")),
    *(("demonstration", "demonstration-stripe"), ("ink", "demonstration-stripe"), ("paper", "ink")),
]


def palettes() -> list[dict[str, str]]:
    css = style_sheet().content.decode()
    light, dark = (
        re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part) for part in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    )
    return [dict(light), dict(dark)]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(("words", "behind"), PAIRS)
def test_every_pair_of_colours_has_enough_contrast(theme, words, behind):
    palette = palettes()[theme]
    darker, lighter = sorted(luminance(palette[name]) for name in (words, behind))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
