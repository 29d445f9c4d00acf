"""The map's drawing code: a city's file of vector tiles, and what is known without one, as cells of a terminal.

Stands beside the store. Knows no Textual, no network and no work order: views, lines and pins come in, text comes out.
"""
