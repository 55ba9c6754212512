"""Places: the pooling area, the other areas of its region, and areas outside.

Area codes and names are public (GB/T 2260); the coordinates are rounded and only meant to give
plausible distances.
"""

from typing import Final

from msgspec import Struct


class City(Struct, frozen=True, kw_only=True):
    """A pooling area with the point its institutions lie around (degrees)."""

    admdvs: str
    name: str
    lat: float
    lng: float

    @property
    def region(self) -> str:
        """The province-level code, its first two digits."""
        return self.admdvs[:2]


_TABLE: Final = (
    ("640100", "银川市", 38.49, 106.23),
    ("640200", "石嘴山市", 39.02, 106.38),
    ("640300", "吴忠市", 37.99, 106.20),
    ("640400", "固原市", 36.01, 106.24),
    ("640500", "中卫市", 37.50, 105.20),
    ("510100", "成都市", 30.66, 104.06),
    ("510300", "自贡市", 29.34, 104.78),
    ("510600", "德阳市", 31.13, 104.40),
    ("510700", "绵阳市", 31.47, 104.68),
    ("511100", "乐山市", 29.55, 103.77),
    ("150400", "赤峰市", 42.26, 118.89),
    ("150100", "呼和浩特市", 40.84, 111.75),
    ("150500", "通辽市", 43.65, 122.24),
    ("152500", "锡林郭勒盟", 43.93, 116.05),
    ("610100", "西安市", 34.34, 108.94),
    ("620100", "兰州市", 36.06, 103.83),
    ("110100", "北京市", 39.90, 116.40),
    ("500100", "重庆市", 29.56, 106.55),
)
CITIES: Final = tuple(City(admdvs=c, name=n, lat=a, lng=o) for c, n, a, o in _TABLE)
_AREAS: Final = {"64": "640100", "51": "510100", "15": "150400"}


class Geography(Struct, frozen=True, kw_only=True):
    """The home city, the other cities of its region and cities of other regions."""

    home: City
    near: tuple[City, ...]
    far: tuple[City, ...]


def geography(area: str) -> Geography:
    """Places around a pooling area; raises ValueError for an area that is not known here."""
    homes = [city for city in CITIES if city.admdvs == area and city.region in _AREAS]
    if not homes:
        known = ", ".join(city.admdvs for city in CITIES if city.region in _AREAS)
        raise ValueError(f"area: found {area!r}, expected one of {known}")
    home = homes[0]
    return Geography(
        home=home,
        near=tuple(c for c in CITIES if c.region == home.region and c is not home),
        far=tuple(c for c in CITIES if c.region != home.region and c.region not in _AREAS),
    )
