"""Photo work: any picture into a small, upright, anonymous JPEG, and a picture into terminal cells. Beside the store.

Bytes or a path come in, values go out: no store, no network, no screen. `prepared` holds the values, `darkroom` decodes
in a process of its own, and `intake` and `cells` do it here; these two load Pillow, the others never do.
"""
