"""Stations' cameras: asked over ONVIF, pointed at vessels, kept on them; stills and clips kept with the records."""
