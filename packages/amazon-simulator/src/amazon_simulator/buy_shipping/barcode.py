"""Code 128, set B. Source: ISO/IEC 15417."""

WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
)  # fmt: skip
"""Bars and spaces of each symbol, in modules, beginning with a bar."""
START_B, STOP = 104, "2331112"
QUIET = 10
"""Modules of white before and after."""


def modules(text: str) -> list[tuple[int, int]]:
    """The bars of a text of printable ASCII: (where it begins, its width), in modules."""
    values = [START_B, *(ord(letter) - 32 for letter in text)]
    check = (START_B + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    bars, at = [], QUIET
    for symbol in [*(WIDTHS[value] for value in (*values, check)), STOP]:
        for place, width in enumerate(symbol):
            if place % 2 == 0:
                bars.append((at, int(width)))
            at += int(width)
    return bars


def width(text: str) -> int:
    """Modules of the whole, quiet zones included: eleven for each letter, start and check, thirteen for the stop."""
    return 11 * (len(text) + 2) + 13 + 2 * QUIET
