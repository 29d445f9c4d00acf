"""Signing in with the city's own accounts: OpenID Connect by the device authorization flow. Backend layer."""
