"""The 311 backend: beside the terminal, importing the domain, the wire, the photo work and the settings only."""
