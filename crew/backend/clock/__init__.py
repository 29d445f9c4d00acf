"""The city's clock: what happens to orders because time goes by. Backend layer."""
