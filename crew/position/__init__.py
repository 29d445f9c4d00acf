"""Receivers that say where this device is: gpsd, or one on a serial port. An edge, beside the photo work.

One small interface (`receiver.py`); knows no store and no screen, sends a place to nobody, and asks no other machine
than this one unless the settings name it. `choice.py` reads the settings.
"""
