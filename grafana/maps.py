"""A map of points -> Grafana's options for it."""

from grafana_foundation_sdk.models import common, geomap

from grafana.tables import PLACE
from grafana.words import Language, Text

_LAYER = Text("Sites", "위치")
_CLOSEST = 15  # a single site must not fill the screen with one house


class View(geomap.MapViewConfig):
    """What all points fit into. The SDK adds a place and a zoom that "fit" does not take."""

    def to_json(self) -> dict[str, object]:
        return {"id": "fit", "allLayers": True, "padding": 10, "maxZoom": _CLOSEST}


def map_options(language: Language) -> geomap.Options:
    """Points by the labels in PLACE, coloured by `Value`; the base map is the one Grafana's administrator has set."""
    latitude, longitude = PLACE
    points = common.MapLayerOptions(
        type_val="markers",
        name=_LAYER.in_(language),
        location=common.FrameGeometrySource(
            mode=common.FrameGeometrySourceMode.COORDS, latitude=latitude, longitude=longitude
        ),
        config={
            "showLegend": True,
            "style": {
                "color": {"field": "Value", "fixed": "text"},
                "opacity": 0.9,
                "size": {"fixed": 7, "min": 2, "max": 15},
                "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
            },
        },
        tooltip=True,
    )
    return geomap.Options(
        view=View(),
        controls=geomap.ControlsOptions(show_zoom=True, mouse_wheel_zoom=True, show_attribution=True, show_scale=True),
        basemap=common.MapLayerOptions(type_val="default", name="Basemap"),
        layers=[points],
        tooltip=geomap.TooltipOptions(mode=geomap.TooltipMode.DETAILS),
    )
